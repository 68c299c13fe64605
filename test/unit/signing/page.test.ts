// What docs/signing.md prints is true.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parsePolicy } from '../../../src/policy/policy';
import { verifyUrl } from '../../../src/core/signing/verify';
import { isDigest } from '../../../src/sign/digest';
import { signUrl } from '../../../src/sign/sign';

const page = readFileSync(resolve(__dirname, '../../../docs/signing.md'), 'utf8');
const KEY = 'aliyuncdnexp1234';
const AT = 1700000000;
const rows = [...page.matchAll(/^\| ([A-F])(?:, arguments)? +\| `([^`]+)` +\| `([^`]+)` +\|$/gm)].map(
  ([, type, text, url]): [string, string, string] => [type!, text!, url!],
);

test('the table has each type and place', () => {
  expect(rows.map(([type]) => type).join('')).toBe('ABCCDF');
});

test.each(rows)('type %s: %s is hashed in %s, which opens', (type, text, url) => {
  expect(url).toContain(createHash('md5').update(text).digest('hex'));
  const policy = JSON.stringify({ url_signing: { type, key1: KEY } });
  const signing = parsePolicy(policy, 'www.example.com.json').policy!.urlSigning!;
  expect(verifyUrl(signing, signing.keys, 'GET', url, AT, isDigest)).toMatchObject({
    reason: 'signed',
    cleanTarget: '/video/a.mp4',
  });
});

test('the example of edge-auth sign is what the signer makes', () => {
  const [, written, signed] = /--at 1700000000 --rand 0 (\S+)\n(\S+)\n/.exec(page)!;
  expect(signUrl(written!, { type: 'A', key: KEY, at: AT, rand: '0' })).toBe(signed);
});
