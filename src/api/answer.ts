/** What the API answers, before it has a request id and becomes JSON. */

/** `pointer`: a JSON pointer into the request's body, '' for all of it. */
export interface Problem {
  pointer: string;
  expected: string;
  received: string;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** The JSON body; undefined for none (304). */
  value: unknown;
  /** In place of `value`: the vendor's form, which the request id completes. */
  error: { code: string; message: string; problems: Problem[] } | undefined;
}

export function answer(status: number, value: unknown, headers: Record<string, string>): Answer {
  return { status: status, headers: headers, value: value, error: undefined };
}

export function refusal(status: number, code: string, message: string): Answer {
  const error = { code: code, message: message, problems: [] };
  return { status: status, headers: {}, value: undefined, error: error };
}

/** 400 with a list; its message tells the first of `problems`, of which there is at least one. */
export function problemsFound(code: string, problems: Problem[]): Answer {
  const refused = refusal(400, code, sentenceOf(problems[0] as Problem));
  (refused.error as { problems: Problem[] }).problems = problems.map(plainProblem);
  return refused;
}

/** A pointer repeats names of the body, which may be as long as the body is. */
const maxPointer = 300;

/** Pointer, expected and received only: an issue also names a file of the edge. */
function plainProblem(problem: Problem): Problem {
  return { pointer: cut(problem.pointer), expected: problem.expected, received: problem.received };
}

function cut(pointer: string): string {
  if (pointer.length <= maxPointer) return pointer;
  return pointer.slice(0, maxPointer).replace(/[\uD800-\uDBFF]$/u, '') + '…';
}

export function sentenceOf(problem: Problem): string {
  const place = problem.pointer === '' ? '' : cut(problem.pointer) + ': ';
  return place + 'expected ' + problem.expected + ', received ' + problem.received;
}

/** The JSON body. An error's `problems` are left out where there are none. */
export function bodyOf(given: Answer, requestId: string): string {
  if (given.error === undefined) return given.value === undefined ? '' : JSON.stringify(given.value);
  const error: Record<string, unknown> = {
    code: given.error.code,
    message: given.error.message,
    requestId: requestId,
  };
  if (given.error.problems.length > 0) error.problems = given.error.problems;
  return JSON.stringify(error);
}
