import type { Report } from './issue';
import schema from './policy.schema.json';
import validate from './schema-validate';

/** What is wrong with a key, or what it is, in words that give nothing of it away but its length. */
export function describeKey(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'string') return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
  const fault = FAULTS.find(([pattern]) => pattern.test(value));
  const length = `a text of ${[...value].length} characters`;
  return fault === undefined ? length : `${length}, one of them ${fault[1]}`;
}

const FAULTS: [RegExp, string][] = [
  [/[\p{Cc}\p{Zl}\p{Zp}]/u, 'a control character'],
  [/[^ -~]/, 'a character beyond ASCII'],
  [/ /, 'a space'],
  [/["'`]/, 'a quote'],
  [/\\/, 'a backslash'],
  [/\$/, 'a dollar sign'],
  [/;/, 'a semicolon'],
  [/[{}]/, 'a brace'],
];

const fields = schema.properties.url_signing.properties;
const key = fields.key1;

/** Fields whose value is never printed, under any vendor's spelling. */
const SECRET = new Set(
  ['url_signing', 'key_file'].concat(
    ...[fields.key1, fields.key2].map((field) => Object.values(field['x-spellings']).flat()),
    ['key1', 'key2'],
  ),
);

/** For an object or a list that stands in the wrong place: its keys are not printed with it, nor a text in it that holds JSON. */
export function withoutKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const text = JSON.stringify(value, (name, part: unknown) =>
    SECRET.has(name) || holdsJson(part) ? '…' : part,
  );
  return JSON.parse(text);
}

/** A policy that was encoded twice is such a text. */
export function holdsJson(value: unknown): boolean {
  return typeof value === 'string' && /\{\s*"/.test(value);
}

function isKey(text: string): boolean {
  return validate({ url_signing: { type: 'A', key1: text } });
}

/** Key and path are hashed with nothing between them: with the keys `secret` and `secret/a`, a signature for /b would be one for /a/b. */
export function checkPair(keys: readonly string[], pointer: string, report: Report): void {
  const [first, second] = keys;
  if (first === undefined || second === undefined) return;
  const [short, long] = first.length < second.length ? [first, second] : [second, first];
  if (!long.startsWith(short) && !long.endsWith(short)) return;
  const received = first === second ? 'the same key twice' : 'one that does';
  report(pointer, 'two keys of which neither begins or ends with the other', received);
}

/** Reads the text of a key file: key1 in the first line, key2 perhaps in the second; a final newline is no third. */
export function parseKeyFile(text: string, pointer: string, report: Report): string[] {
  const lines = text.replace(/\n$/, '').split('\n');
  if (lines.length > 2) {
    report(pointer, 'a file of one line with key1, or two with key1 and key2', `${lines.length} lines`);
    return [];
  }
  lines.forEach((line, i) => {
    if (!isKey(line)) report(pointer, `${key['x-expected']} in line ${i + 1}`, describeKey(line));
  });
  if (lines.every(isKey)) checkPair(lines, pointer, report);
  return lines;
}
