import fc from 'fast-check';
import { buildTarget, readArgument } from '../../../src/core/remote/target';

const runs = { numRuns: 3000 };
/** What nginx lets into a request target: no control character, no space. `#` begins a fragment. */
const targetUnit = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    '=',
    '&',
    '&',
    '?',
    '%',
    '%61',
    '%ff',
    '%2',
    '+',
    '<',
    '>',
    '"',
    '|',
    '$',
    '&a=',
    '&b=',
    '#',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter((char) => char > ' ' && char !== '\x7f'),
);
const query = fc.array(targetUnit, { maxLength: 15 }).map((units) => units.join(''));
const target = fc
  .tuple(fc.constantFrom('/', '/x', '/x/../y', ''), query)
  .map(([path, rest]) => `${path}?${rest}`);
const name = fc.constantFrom('a', 'b', 'c', 'token', 'a%2Fb', '%C3%A9', 'constructor', '__proto__');
const wellFormed = (text: string) => Buffer.from(text).toString();
const part = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((text) => encodeURIComponent(wellFormed(text))),
  fc.constantFrom('<arg_a>', '<arg_b>', '<http_x>', '<request_uri>'),
);
const addition = fc.tuple(name, fc.array(part, { maxLength: 3 }));
const added = fc.uniqueArray(addition, { maxLength: 3, selector: ([key]) => key });
const keepArgs = fc.oneof(
  fc.constantFrom('all', 'none'),
  fc.uniqueArray(name, { minLength: 1, maxLength: 3 }).map((names) => names.join(' ')),
);
const question = fc.record({
  keepArgs,
  added,
  path: fc.constantFrom('/', '/auth', '/auth/%2f//x'),
  target,
  variable: fc.string({ unit: 'binary' }),
});
type Question = typeof question extends fc.Arbitrary<infer T> ? T : never;

const ask = ({ keepArgs, added, path, target, variable }: Question): string => {
  const addArgs = added.map(([key, parts]) => `${key}=${parts.join('')}`).join('&');
  return buildTarget({ path, keepArgs, addArgs }, target, () => variable);
};
const pairsOf = (built: string, path: string): string[] =>
  built.length === path.length ? [] : built.slice(path.length + 1).split('&');
const rawPairs = (whole: string): string[] => (whole.split('#')[0] ?? '').replace(/^[^?]*\?/, '').split('&');
function nameOf(pair: string): string {
  const raw = pair.split('=', 1)[0] ?? '';
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
}

test('no text makes it throw', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(text, text, text, text, text, (path, keep, add, whole, value) => {
      expect(typeof buildTarget({ path, keepArgs: keep, addArgs: add }, whole, () => value)).toBe('string');
    }),
    runs,
  );
});

test('the target holds no control character, no space and no fragment, whatever client and variables say', () => {
  fc.assert(
    fc.property(question, (asked) => {
      // eslint-disable-next-line no-control-regex -- control characters are what is looked for
      expect(ask(asked)).not.toMatch(/[\x00-\x20\x7f#]/);
    }),
    runs,
  );
});

test('the target is the path of the rules, then nothing or a query', () => {
  fc.assert(
    fc.property(question, (asked) => {
      const built = ask(asked);
      expect(built.startsWith(asked.path)).toBe(true);
      expect(['', '?']).toContain(built.slice(asked.path.length, asked.path.length + 1));
    }),
    runs,
  );
});

test('kept arguments are those of the client that the rules keep, to the byte and in order', () => {
  fc.assert(
    fc.property(question, (asked) => {
      const pairs = pairsOf(ask(asked), asked.path);
      const kept = pairs.slice(0, pairs.length - asked.added.length);
      const isAdded = (pair: string) => asked.added.some(([key]) => nameOf(key) === nameOf(pair));
      const listed = asked.keepArgs.split(' ').map(nameOf);
      const isKept = (pair: string) =>
        asked.keepArgs === 'all' || (asked.keepArgs !== 'none' && listed.includes(nameOf(pair)));
      const expected = rawPairs(asked.target).filter((pair) => isKept(pair) && !isAdded(pair));
      expect(kept.join('&')).toBe(expected.join('&'));
    }),
    runs,
  );
});

test('an added name stands exactly once among the names', () => {
  fc.assert(
    fc.property(question, (asked) => {
      const names = pairsOf(ask(asked), asked.path).map(nameOf);
      for (const [key] of asked.added) {
        expect(names.filter((one) => one === decodeURIComponent(key))).toHaveLength(1);
      }
    }),
    runs,
  );
});

test('a well-formed argument is read as URLSearchParams reads it', () => {
  const word = fc.string({ unit: 'grapheme', maxLength: 4 }).map((text) => wellFormed(text));
  const key = fc.oneof(fc.constantFrom('a', 'b', 'token', 'é'), word);
  /** Escapes some characters that need no escape too. */
  const encoded = (text: string, everything: boolean) =>
    everything
      ? [...Buffer.from(text)].map((byte) => '%' + byte.toString(16).padStart(2, '0')).join('')
      : encodeURIComponent(text);
  const pair = fc.record({ key, value: word, isEscaped: fc.boolean(), hasValue: fc.boolean() });
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 5 }), key, (pairs, wanted) => {
      // URLSearchParams passes over empty pairs; this reader never asks for an empty name.
      fc.pre(wanted !== '');
      const text =
        '?' +
        pairs
          .map(
            (one) =>
              encoded(one.key, one.isEscaped) + (one.hasValue ? '=' + encoded(one.value, one.isEscaped) : ''),
          )
          .join('&');
      expect(decodeURIComponent(readArgument(text, wanted))).toBe(
        new URLSearchParams(text).get(wanted) ?? '',
      );
    }),
    runs,
  );
});
