/** One problem in a policy file. `pointer` is a JSON pointer, '' for the whole file. */
export interface Issue {
  file: string;
  pointer: string;
  expected: string;
  received: string;
}

export type Report = (pointer: string, expected: string, received: string) => void;

const MAX_RECEIVED = 80;
const MAX_POINTER = 200;

/** `file: /json/pointer: expected …, received …`, always one line: what the file holds cannot forge a log line. */
export function formatIssue(issue: Issue): string {
  const place = issue.pointer === '' ? '' : `${cut(escapeInvisible(issue.pointer), MAX_POINTER)}: `;
  return `${escapeInvisible(issue.file)}: ${place}expected ${issue.expected}, received ${issue.received}`;
}

/** The value as JSON, cut at 80 characters (it may be a secret) and with nothing invisible left in it. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  return cut(escapeInvisible(JSON.stringify(value)), MAX_RECEIVED);
}

export function pointerTo(...keys: (string | number)[]): string {
  return keys.map((key) => '/' + String(key).replace(/~/g, '~0').replace(/\//g, '~1')).join('');
}

/** What a terminal would obey or hide, as \u{…}. */
export function escapeInvisible(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '') + '…';
}
