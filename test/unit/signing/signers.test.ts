// The signers that README.md offers for other languages, run where the language is installed.
import { signUrl } from '../../../src/sign/sign';
import vectors from '../../vectors/url-signing.json';
import { absence, type Language, languages, readBlock, runSigner, type SignerCase } from './signers';

const KEY = 'key%s&of|ours=#1-2024';
const targets = [
  '/',
  '/video/a.mp4',
  '/%E8%A7%86%e9%a2%91/a%20b.mp4?name=%E5%90%8D&x=%26',
  "/it's/a+b;c=d,(1)!*~$x.mp4?a=1?b=2",
  '/100%25d%25s/a?%25s=%25d',
];
const ours = targets.flatMap((target): SignerCase[] => [
  { type: 'A', target, key: KEY, arg: 'auth_key', at: 1700000000, rand: '4f1c', uid: 'user7' },
  { type: 'C', target, key: KEY, arg: '', at: 1700000000, rand: '', uid: '' },
]);

/** The signers write md5, hexadecimal time in lower case, and a rand of their own where none is given. */
const vendors = vectors.filter(
  ({ type, form, hash, timestamp, rand, timestamp_format }) =>
    hash === 'md5' &&
    ((type === 'A' && timestamp_format === 'dec' && rand !== '') ||
      (type === 'C' && form === 'path' && timestamp === timestamp.toLowerCase())),
);
const cut = (url: string) => url.replace(/^https?:\/\/[^/]+/, '');
const ofVendors = vendors.map(({ type, url, key, sign_arg, timestamp, rand, uid }): SignerCase => {
  const at = type === 'A' ? Number(timestamp) : parseInt(timestamp, 16);
  return { type: type as 'A' | 'C', target: cut(url), key, arg: sign_arg, at, rand, uid };
});

const cases = [...ofVendors, ...ours];
const expected = [
  ...vendors.map(({ signed_url }) => cut(signed_url)),
  ...ours.map(({ type, target, key, at, rand, uid }) =>
    signUrl(target, { type, key, at, ...(type === 'A' ? { rand, uid } : {}) }),
  ),
];

test('both types are among the vendors’ examples', () => {
  expect(vendors.map(({ vendor, type }) => `${vendor} ${type}`)).toEqual(
    expect.arrayContaining(['alibaba A', 'tencent A', 'baidu A', 'tencent C']),
  );
});

const missing = languages.flatMap((language) => {
  const why = absence(language);
  return why === undefined ? [] : [[language.name, why] as const];
});
const here = languages.filter(({ name }) => !missing.some(([absent]) => absent === name));

test('the languages that are not installed are told', () => {
  for (const [name, why] of missing) console.warn(`signer in ${name} not run: ${why}`);
  expect(here.length + missing.length).toBe(5);
  expect(here.length).toBeGreaterThan(0);
});

test.each(here.map((language): [string, Language] => [language.name, language]))(
  'the %s signer makes the vendors’ URLs and the library’s',
  (_name, language) => {
    expect(runSigner(language, cases)).toEqual(expected);
  },
);

test.each(languages.map(({ name }) => name))('the %s signer is about ten lines a type', (name) => {
  expect(readBlock(name).trimEnd().split('\n').length).toBeLessThanOrEqual(20);
});
