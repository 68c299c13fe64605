/** One problem in a policy file. `pointer` is a JSON pointer, '' for the whole file. */
export interface Issue {
  file: string;
  pointer: string;
  expected: string;
  received: string;
}

export type Report = (pointer: string, expected: string, received: string) => void;

/** What is wrong beyond so many problems, nobody reads; a body of 64 KiB must not buy seconds of describing. */
export const MAX_ISSUES = 100;

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
  if (typeof value === 'number') return describeNumber(value);
  // Cut before it is escaped, generously: a character is one or two units, and only grows.
  const text = JSON.stringify(typeof value === 'string' ? start(value) : value, (_key, part: unknown) =>
    typeof part === 'number' && !Number.isSafeInteger(part) ? describeNumber(part) : part,
  );
  return cut(escapeInvisible(start(text)), MAX_RECEIVED);
}

/** Up to six digits after the point, worked out here: engines do not print all fractions alike. */
function describeNumber(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  const millionths = Math.round(Math.abs(value) * 1e6);
  if (!Number.isSafeInteger(millionths)) return 'a number out of range';
  const whole = Math.floor(millionths / 1e6);
  const fraction = String(millionths - whole * 1e6)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return `${value < 0 ? '-' : ''}${whole}.${fraction || '0'}`;
}

export function pointerTo(...keys: (string | number)[]): string {
  return keys.map((key) => '/' + String(key).replace(/~/g, '~0').replace(/\//g, '~1')).join('');
}

/** By categories that do not change with the version of Unicode, and what is reserved for such characters. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u2065\ufff0-\ufff8\u{e0000}-\u{e0fff}]/gu;

/** What a terminal would obey or hide, as \u{…}. */
export function escapeInvisible(text: string): string {
  return text.replace(INVISIBLE, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}

function start(text: string): string {
  return text.slice(0, 4 * MAX_RECEIVED);
}

function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const characters = [...text];
  return characters.length <= length ? text : characters.slice(0, length - 1).join('') + '…';
}
