import fc from 'fast-check';
import { formatIssue } from '../../../src/policy/policy';
import { parseKeyFile } from '../../../src/policy/signing-keys';
import { issuesOf, refuseSigning } from './reading';

/** A text that no message holds by chance, with what keys may and may not hold around it. */
const MARK = 'qZ7xW';
const around = fc.string({
  unit: fc.constantFrom(...'abc123"\'`;{}$\\ \t\n\u0000\u2028äé😀%#'),
  maxLength: 150,
});
const secret = fc.tuple(around, around).map(([before, after]) => before + MARK + after);

function linesOf(policy: unknown): string[] {
  return issuesOf(JSON.stringify(policy)).map(formatIssue);
}

function expectSilent(lines: string[]): void {
  for (const line of lines) if (line.includes(MARK)) throw new Error('printed: ' + line);
}

const spellings1 = fc.constantFrom('key1', 'auth_key1', 'SecretKey');
const spellings2 = fc.constantFrom('key2', 'auth_key2', 'BackupSecretKey', 'key1');
const wrap = (text: string): fc.Arbitrary<unknown> =>
  fc.constantFrom<unknown>(text, [text], { key1: text }, [[text]], { a: [text] });

test('no issue prints a key, whatever is wrong with it or with the rest', () => {
  let refused = 0;
  const policy = fc
    .record({
      type: fc.constantFrom('A', 'C', 'E', 'type_a', 7, undefined),
      names: fc.tuple(spellings1, spellings2),
      keys: fc.tuple(secret, secret).chain(([a, b]) => fc.tuple(wrap(a), wrap(b))),
      more: fc.constantFrom({}, { key_file: MARK }, { sign_arg: 5 }, { white_list: ['a'] }, { x: 1 }),
    })
    .map(({ type, names, keys, more }) => ({ type, [names[0]]: keys[0], [names[1]]: keys[1], ...more }));
  const place = fc.constantFrom<(fields: object) => unknown>(
    (fields) => ({ url_signing: fields }),
    (fields) => ({ url_signing: [fields] }),
    (fields) => ({ url_signing: Object.values(fields) as unknown }),
    (fields) => ({ url_signing: JSON.stringify(fields) }),
    (fields) => ({ remote_auth: [{ url_signing: fields }] }),
    (fields) => ({ remote_auth: { ...fields, scope: [fields] } }),
    (fields) => ({ enabled: { url_signing: fields } }),
    (fields) => ({ ...fields, enabled: true }),
    (fields) => [{ url_signing: fields }],
    (fields) => ({ requestAuth: fields }),
  );
  fc.assert(
    fc.property(policy, place, (fields, put) => {
      const lines = linesOf(put(fields));
      if (lines.length > 0) refused++;
      expectSilent(lines);
    }),
    { numRuns: 3000 },
  );
  // Else the property would hold because nothing is refused.
  expect(refused).toBeGreaterThan(2000);
});

test('a key that was written in the place of its file is not printed', () => {
  const lines = refuseSigning({ type: 'A', key_file: `${MARK};` });
  expect(lines).toHaveLength(1);
  expectSilent(lines);
});

test('no issue of a key file prints a line of it', () => {
  let refused = 0;
  const files = fc.array(secret, { maxLength: 4 }).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(files, (text) => {
      const lines: string[] = [];
      parseKeyFile(text, '/url_signing/key_file', (...words) => lines.push(words.join(' ')));
      if (lines.length > 0) refused++;
      expectSilent(lines);
    }),
    { numRuns: 1000 },
  );
  expect(refused).toBeGreaterThan(500);
});

test.each([
  ['a control character', 'abc\ndef'],
  ['a control character', 'abc\u0000 "def'],
  ['a control character', 'abc\u2028def'],
  ['a space', 'abc def'],
  ['a quote', 'abc"def'],
  ['a quote', "abc'def"],
  ['a quote', 'abc`def'],
  ['a backslash', 'abc\\def'],
  ['a dollar sign', 'abc$def'],
  ['a semicolon', 'abc;def'],
  ['a brace', 'abc{def'],
  ['a character beyond ASCII', 'abcädef'],
])('names %s in %j', (fault, key1) => {
  const expected =
    '6-128 visible ASCII characters without quotes, backslash, dollar sign, semicolon or brace';
  expect(refuseSigning({ type: 'A', key1 })).toEqual([
    `/url_signing/key1: expected ${expected}, received a text of ${key1.length} characters, one of them ${fault}`,
  ]);
});

test.each([
  [12345678, 'a number'],
  [true, 'a boolean'],
  [{ a: MARK }, 'an object'],
  [[MARK], 'a list'],
  ['abc', 'a text of 3 characters'],
])('says what stands in the place of a key: %j', (key1, received) => {
  expect(refuseSigning({ type: 'A', key1 })).toEqual([expect.stringMatching(`received ${received}$`)]);
});

test.each([
  ['a field', (text: string) => text],
  ['a list', (text: string) => [text, 'x']],
  ['a list of lists', (text: string) => [[text]]],
  ['an object', (text: string) => ({ any: text })],
])('a policy that was encoded twice is not printed out of %s in a wrong place', (_name, wrapped) => {
  const text = `../x${JSON.stringify({ type: 'A', key1: `${MARK}-key` })}`;
  const lines = linesOf({ enabled: wrapped(text), url_signing: { type: 'A', key1: 'a-key-1' } });
  expect(lines).toHaveLength(1);
  expectSilent(lines);
});
