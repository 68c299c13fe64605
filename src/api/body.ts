import { parseJson } from '../policy/json';
import { type Answer, type Problem, problemsFound, refusal } from './answer';

/** Reads the body: JSON, of which no object may have a key twice. `text`: undefined where the bytes are not UTF-8. */
export function readBody(text: string | undefined): { value: unknown } | { refused: Answer } {
  if (text === undefined)
    return { refused: refusal(400, 'MalformedJSON', 'expected JSON in UTF-8, received other bytes') };
  const problems: Problem[] = [];
  const json = parseJson(text, function (pointer, expected, received) {
    problems.push({ pointer: pointer, expected: expected, received: received });
  });
  if (json === undefined) return { refused: problemsFound('MalformedJSON', problems) };
  if (problems.length > 0) return { refused: problemsFound('InappropriateJSON', problems) };
  return json;
}
