import fc from 'fast-check';

/** Written without the patterns of the schema: no code point of nginx conf syntax, no control or separator. */
export function isFitForConf(text: string): boolean {
  const syntax = [0x22, 0x24, 0x27, 0x3b, 0x5c, 0x60, 0x7b, 0x7d];
  return [...text].every((char) => {
    const code = char.codePointAt(0)!;
    return (
      code >= 0x20 &&
      !(code >= 0x7f && code <= 0x9f) &&
      code !== 0x2028 &&
      code !== 0x2029 &&
      !syntax.includes(code)
    );
  });
}

export function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}

const nasty = fc.constantFrom(
  '"',
  "'",
  ';',
  '{',
  '}',
  '$',
  '\\',
  '`',
  '\n',
  '\r',
  '\0',
  '\t',
  '\u007f',
  '\u0085',
  '\u2028',
  '#',
  ' ',
  '%0a',
  '|',
  ',',
  '=',
  '$host',
  '${x}',
  '$arg_a',
  '..',
  '/',
  '*',
  'ä',
  '😀',
);

/** Mostly a good value; else one with something nasty put in anywhere. */
export function near(...good: string[]): fc.Arbitrary<string> {
  const inserted = fc.oneof({ weight: 9, arbitrary: fc.constant('') }, { weight: 1, arbitrary: nasty });
  return fc.tuple(fc.constantFrom(...good), inserted, fc.nat(40)).map(([text, char, i]) => {
    const place = i % (text.length + 1);
    return text.slice(0, place) + char + text.slice(place);
  });
}

export const list = (item: fc.Arbitrary<string>, ...words: string[]) =>
  fc.oneof(item, fc.uniqueArray(item, { minLength: 1, maxLength: 3 }), fc.constantFrom('', ...words));
export const paths = list(near('/a', '/a/*', '/*', '/a b/c.mp4', '/'));
const types = list(near('mp4', '.flv', 'tar.gz'));

export const scope = fc.record(
  {
    file_types: types,
    paths,
    exclude_file_types: types,
    exclude_paths: paths,
    exclude_methods: list(near('GET')),
  },
  { requiredKeys: [] },
);

const controls = Array.from({ length: 33 }, (_, i) => String.fromCharCode(i < 32 ? i : 127 + i - 32));
export const characters = [...controls, ...Array.from('\u0085\u009f\u2028\u2029"\'`;{}\\$')];
const hostile = ['${x}', '$host', '"; deny all; #', '} location / {', '%0a', '%0d%0aX: y'];

/** A good text with something hostile put at its start, inside and at its end. */
export function spoiled(good: string): string[] {
  return [...characters, ...hostile].flatMap((bad) => [
    bad + good,
    good.slice(0, 1) + bad + good.slice(1),
    good + bad,
  ]);
}
