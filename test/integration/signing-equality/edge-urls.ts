// Signed URLs at the edges of what the fast path knows: seconds around its limits, and spellings of what it reads.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { signTarget } from '../../../src/core/signing/sign';
import { fastSites, type Site } from './sites';
import type { Url } from './urls';

const digest = (hash: string, text: string) => createHash(hash).update(text, 'latin1').digest('hex');

/** Unix seconds at which something changes, for one policy. */
function limits({ signing: { timeout, maxFuture } }: Site, now: number): number[] {
  const hundreds = timeout - (timeout % 100);
  const blocks = [2, 3, 4, 5, 6, 7].map((digits) => now - (now % 10 ** (10 - digits)));
  // Digits 6-8, and 3-5, of a time whose sum with the timeout takes one more.
  const carries = [100_000, 100_000_000].map((unit) => now - (now % unit) + unit - hundreds);
  return [now, now - timeout, now - hundreds, now + maxFuture, ...blocks, ...carries];
}

const bytes = (text: string) => Buffer.from(text).toString('latin1');
const paths = [
  '/v.mp4',
  '/a%20b',
  '/a%3Bb',
  '/a//b',
  '/a;b',
  '/%76',
  '/a.',
  '/.a',
  '/a%2e',
  bytes('/é'),
  '/a%C3%A9',
  '/\xff',
  '/',
];
const queries = [
  '',
  '?x=1',
  '?x',
  '?=',
  '?&',
  '?x=%20',
  '?%78=1',
  '?a=1&&b',
  `?x=${bytes('é')}`,
  '?x=\xff',
  '?a?b=/',
];

type Change = (target: string) => string;
const changes: Change[] = [
  (target) => target,
  (target) => target,
  (target) => target.replace(/[0-9a-f]{32}/, (hash) => hash.toUpperCase()),
  (target) => target.replace(/[0-9a-f]{32}/, (hash) => (hash.startsWith('0') ? '1' : '0') + hash.slice(1)),
  (target) => target.replace(/[0-9a-f]{32}/, (hash) => hash.slice(0, 31) + (hash.endsWith('0') ? '1' : '0')),
  (target) => target.replace(/[0-9a-f]{32}/, (hash) => hash.slice(0, 31)),
  (target) => target.replace(/[0-9a-f]{32}/, (hash) => `${hash}0`),
  (target) => target.replace(/[0-9]{10}/, (time) => `0${time}`),
  (target) => target.replace(/[0-9]{10}/, (time) => time.slice(1)),
  (target) => target.replace(/\?(.*)$/, '?$1&$1'),
  (target) => target.replace(/\?(.*)$/, '?$1&'),
  (target) => target.replace(/\?(.*)$/, '?&$1'),
  (target) => target.replace(/\?(.*)$/, '?$1&x=1'),
  (target) => target.replace(/\?(.)/, (_all, char: string) => `?%${char.charCodeAt(0).toString(16)}`),
  (target) => target.replace(/\?([^=]+)=/, '?$1=&$1='),
  (target) => target.replace(/\?(.*)&(.*)$/, '?$2&$1'),
  (target) => target.replace('-0-', '--'),
  (target) => `${target}#`,
  (target) => `${target}\x80`,
];

export function edgeUrl(now: number): fc.Arbitrary<Url> {
  return fc
    .record({
      site: fc.constantFrom(...fastSites),
      limit: fc.nat(20),
      second: fc.constantFrom(-2, -1, -1, 0, 0, 1, 1, 2, 99, -99, 100, -100, 5000),
      path: fc.constantFrom('/v.mp4', '/v.mp4', '/v.mp4', ...paths),
      query: fc.constantFrom('', '', ...queries),
      change: fc.constantFrom(...changes),
      key: fc.constantFrom(0, 0, 0, 1, 2),
      method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'OPTIONS', 'POST'),
      rand: fc.constantFrom('0', '', 'a1', '%2d', '\xff', 'x=y'),
    })
    .map(({ site, limit, second, path, query, change, key, method, rand }) => {
      const all = limits(site, now);
      const time = String((all[limit % all.length] ?? now) + second).padStart(10, '0');
      const choice = { time, rand, uid: '0', place: 'args' as const };
      const target = signTarget(
        site.signing,
        site.signing.keys[key] ?? 'a-wrong-key',
        path + query,
        choice,
        digest,
      );
      return { site, method, target: change(target), front: '' };
    });
}
