// A signature opens the path and the time that it was made for. Where they are hashed without a separator, a character that moves from
// one to the other leaves the text, and so the hash, as it was.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { matchForm } from '../../../../src/core/signing/form';
import { hashedText, verifyUrl } from '../../../../src/core/signing/verify';
import { digest, isDigest } from '../../../../src/sign/digest';
import { kinds, now, signed, times, type Kind } from './rules';

const KEY = 'primary-key-4f1d08';
const verdict = ({ rules }: Kind, keys: string[], target: string) =>
  verifyUrl(rules, keys, 'GET', target, now, isDigest).reason;

/** A target that carries this hash, whatever it was made for. */
function carrying({ rules, place }: Kind, path: string, time: string, hash: string): string {
  if (rules.type === 'A') return `${path}?${rules.signArg}=${time}-0-0-${hash}`;
  if (rules.type === 'B') return `/${time}/${hash}${path}`;
  return place === 'path'
    ? `/${hash}/${time}${path}`
    : `${path}?${rules.signArg}=${hash}&${rules.timeArg}=${time}`;
}

const tail = fc.array(fc.constantFrom(...'0123456789abcdefAF-/1721029907'.split(''), '/seg', '-0-0'), {
  maxLength: 14,
});
const path = tail.map((parts) => `/p${parts.join('')}`.replace(/\/{2,}/g, '/'));

describe.each(kinds)('$name', (kind) => {
  const time = times[kind.rules.timestampFormat];

  test('a hash opens no other split of the text that it was made of', () => {
    fc.assert(
      fc.property(path, (own) => {
        const parts = { path: own, time, rand: '0', uid: '0', hash: '' };
        const hash = digest(kind.rules.hash, hashedText(kind.rules.type, parts, KEY));
        const text = kind.rules.type === 'B' ? time + own : own + time;
        for (let i = 1; i < text.length; i++) {
          const [left, right] = [text.slice(0, i), text.slice(i)];
          const [otherPath, otherTime] = kind.rules.type === 'B' ? [right, left] : [left, right];
          const isSame = otherPath === own && otherTime === time;
          const reason = verdict(kind, [KEY], carrying(kind, otherPath, otherTime, hash));
          expect({ otherPath, otherTime, isOpen: reason === 'signed' }).toEqual({
            otherPath,
            otherTime,
            isOpen: isSame,
          });
        }
      }),
      { numRuns: 25 },
    );
  });
});

/** Times that are the beginning or the end of one another, and paths that end in some of their digits. */
const near: Record<string, string[]> = {
  dec: ['1721029907', '7210299071', '1172102990', '0172102990', '1721029901'],
  hex: ['5e577978', 'a5e57797', '5e57797a', '5E577978', '05e57797'],
  yyyyMMDDhhmm: ['202407150751', '120240715075', '202407150752', '202407150701'],
};
const paths = [
  '/seg',
  '/seg1',
  '/seg11',
  '/seg1721029907',
  '/foo',
  '/fooa',
  '/fooa5',
  '/foo0',
  '/seg/1',
  '/seg-1',
  '/2',
  '/20',
];
const pairs = [
  ['primary-key-4f1d08', 'secondary-key-9c2b'],
  ['key/seg-a', 'key/seg1-a'],
  ['abcdef1', 'abcdef2'],
  ['1-key-key', '2-key-key'],
];

test.each(kinds.filter(({ rules }) => rules.hash === 'md5'))(
  '$name: among paths, times and keys that overlap, each hash opens one',
  (kind) => {
    const spelled = near[kind.rules.timestampFormat] ?? [];
    const all = paths.flatMap((one) => spelled.map((time) => ({ path: one, time })));
    for (const keys of pairs) {
      const owners = new Map<string, string>();
      for (const key of keys)
        for (const { path: own, time } of all) {
          // What verifies is decided by the text: two of them with one text would be one signature for both.
          const text = hashedText(kind.rules.type, { path: own, time, rand: '0', uid: '0', hash: '' }, key);
          const hash = createHash('md5').update(text).digest('hex');
          expect(owners.get(hash) ?? `${own} at ${time}`).toBe(`${own} at ${time}`);
          owners.set(hash, `${own} at ${time}`);
          expect(matchForm(kind.rules, carrying(kind, own, time, hash)).outcome).toBe('signed');
        }
    }
  },
);

test.each([
  ['/seg1', '1721029907', '/seg', '11721029907', 'C'],
  ['/fooa', '5e577978', '/foo', 'a5e577978', 'C'],
  ['/seg', '1721029907', '/seg1', '721029907', 'D'],
  ['/foo', 'a5e57797', '/fooa', '5e57797', 'F'],
] as const)('the signature of %s at %s is none of %s at %s', (own, time, other, otherTime, type) => {
  const format = time.length === 10 ? 'dec' : 'hex';
  const found = kinds.filter(({ rules }) => rules.type === type && rules.timestampFormat === format);
  expect(found.length).toBeGreaterThan(0);
  for (const kind of found) {
    const hash = digest(kind.rules.hash, KEY + own + time);
    expect(hash).toBe(digest(kind.rules.hash, KEY + other + otherTime));
    expect(['malformed', 'no_signature']).toContain(
      verdict(kind, [KEY], carrying(kind, other, otherTime, hash)),
    );
  }
});

const replacements = [...'0aAf/%&=?.-#;~ '];

test.each(kinds)('$name: any other character in any place closes it', (kind) => {
  const target = signed(kind, KEY, '/v/a.mp4');
  expect(verdict(kind, [KEY], target)).toBe('signed');
  const opened: string[] = [];
  for (let i = 0; i < target.length; i++) {
    const own = target.charAt(i);
    const flipped = own === own.toLowerCase() ? own.toUpperCase() : own.toLowerCase();
    const next = String.fromCharCode(own.charCodeAt(0) + 1);
    const encoded = '%' + own.charCodeAt(0).toString(16);
    for (const other of [...replacements, flipped, next, encoded, '', own + own]) {
      const changed = target.slice(0, i) + other + target.slice(i + 1);
      // Two separators in a row enclose an empty argument, which is signed no more than any other.
      if (other === own || (own === '&' && other === '&&')) continue;
      if (verdict(kind, [KEY], changed) === 'signed') opened.push(changed);
    }
  }
  expect(opened).toEqual([]);
});
