// What signing opens, any change closes: on the pure function. test/integration asks nginx the same.
import fc from 'fast-check';
import type { SigningType } from '../../../src/core/signing/form';
import { encodeTarget, placesOf, signingFault } from '../../../src/core/signing/sign';
import type { TimestampFormat } from '../../../src/core/signing/timestamp';
import { type SigningPolicy, verifyUrl } from '../../../src/core/signing/verify';
import { buildSigned } from '../../../src/sign/build-signed';
import { isDigest } from '../../../src/sign/digest';
import { EAST } from './vector';

const KEY = 'aKeyThatNobodyKnows';
const NOW = 1700000040;
const policy = (type: SigningType, hash: 'md5' | 'sha256', format: TimestampFormat): SigningPolicy => ({
  type,
  hash,
  timestampFormat: format,
  signArg: type === 'B' ? '' : 'sign',
  timeArg: type === 'A' || type === 'B' ? '' : 't',
  timeZone: EAST,
  timeout: 1800,
  maxFuture: 86400,
  scope: undefined,
  whiteList: [],
  methods: ['GET'],
});

const combinations = (['A', 'B', 'C', 'D', 'F'] as const).flatMap((type) =>
  (['md5', 'sha256'] as const).flatMap((hash) =>
    (['dec', 'hex', 'yyyyMMDDhhmm'] as const)
      .filter((format) => type === 'B' || format !== 'yyyyMMDDhhmm')
      .flatMap((format) =>
        placesOf(type).map((place) => ({ rules: policy(type, hash, format), type, hash, format, place })),
      ),
  ),
);
const judge = (rules: SigningPolicy, target: string) => verifyUrl(rules, [KEY], 'GET', target, NOW, isDigest);

const character = fc.oneof(
  fc.constantFrom(...'aZ09-._~!$&\'()*+,;=:@ %|^[]<>"{}`', '%E8', '%e8', '视', 'é', '𝒳', '%25', '\u00a0'),
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 1 })
    .filter((text) => !/[#?/\\\p{C}\ufffd]/u.test(text)),
);
const text = fc.array(character, { maxLength: 8 }).map((parts) => parts.join(''));
const segment = text.filter((part) => !/^(?:\.|%2e){0,2}$/i.test(part));
const path = fc
  .tuple(fc.array(segment, { maxLength: 4 }), fc.boolean())
  .map(([segments, isFolder]) => '/' + segments.join('/') + (isFolder && segments.length > 0 ? '/' : ''));
const query = fc.option(
  fc
    .array(fc.oneof(text, fc.constantFrom('a=1', 'sig=2', 'T=3', 'Sign=4', '=', 'sign', '')), {
      minLength: 1,
      maxLength: 4,
    })
    .map((pairs) => pairs.filter((pair) => !/^(?:sign|t)(?:[=&]|$)/.test(pair)).join('&')),
);
const url = fc
  .tuple(path, query)
  .map(([of, args]) => of + (args === null || args === '' ? '' : '?' + args))
  // A pair may begin behind an ampersand of its own.
  .filter((whole) => !/[?&](?:sign|t)(?:[=&]|$)/.test(whole));

describe.each(combinations)('type $type, $hash, $format, $place', ({ rules, place }) => {
  const random = rules.type === 'A' ? { rand: '4f1c', uid: '7' } : { rand: undefined, uid: undefined };
  const sign = (target: string): string =>
    buildSigned(target, { form: rules, timeZone: EAST, key: KEY, at: NOW, place, ...random }).target;

  test('what is signed opens, and its clean URL is what was signed', () => {
    fc.assert(
      fc.property(url, (target) => {
        fc.pre(signingFault(rules, encodeTarget(target), place) === undefined);
        expect(judge(rules, sign(target))).toMatchObject({
          decision: 'allow',
          reason: 'signed',
          cleanTarget: encodeTarget(target),
        });
      }),
      { numRuns: 300 },
    );
  });

  test('a changed character in path, time, rand, uid, hash or name closes it', () => {
    const query_ = '?a=1&b=2';
    const other = fc.oneof(
      fc.constantFrom(...'abf019-/.%&=?AF #'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    );
    const edit = fc.record({ at: fc.nat(), put: other, how: fc.constantFrom('replace', 'insert', 'remove') });
    fc.assert(
      fc.property(path, fc.boolean(), edit, (of, hasQuery, { at, put, how }) => {
        const target = of + (hasQuery ? query_ : '');
        fc.pre(signingFault(rules, encodeTarget(target), place) === undefined);
        const signed = sign(target);
        expect(judge(rules, signed).reason).toBe('signed');
        // Other arguments are not covered: the change falls outside them, and adds no empty one where they are set apart.
        const free = signed.indexOf(query_);
        const isFree = (n: number) => free >= 0 && n >= free && n < free + query_.length;
        const isApart = (n: number) => how === 'insert' && /[?&]/.test(signed.slice(n - 1, n + 1));
        const places = [...signed].flatMap((_char, n) => (isFree(n) || isApart(n) ? [] : [n]));
        const i = places[at % places.length]!;
        const end = how === 'insert' ? i : i + 1;
        const changed = signed.slice(0, i) + (how === 'remove' ? '' : put) + signed.slice(end);
        fc.pre(changed !== signed);
        expect([changed, judge(rules, changed).decision]).toEqual([changed, 'deny']);
      }),
      { numRuns: 600 },
    );
  });

  test('each character of the signature counts', () => {
    const signed = sign('/video/a.mp4');
    for (let i = 0; i < signed.length; i++) {
      for (const put of ['0', '1', 'a', 'f', '-', 'A', '']) {
        const changed = signed.slice(0, i) + put + signed.slice(i + 1);
        if (changed === signed) continue;
        expect([changed, judge(rules, changed).decision]).toEqual([changed, 'deny']);
      }
    }
  });
});

test('encoding an encoded target changes nothing, and leaves nothing that clients encode', () => {
  fc.assert(
    fc.property(url, (target) => {
      const encoded = encodeTarget(target);
      expect(encodeTarget(encoded)).toBe(encoded);
      expect(encoded).toMatch(/^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*$/);
      expect(new URL(encoded, 'http://a').pathname).toBe(encoded.split('?')[0]);
    }),
    { numRuns: 3000 },
  );
});
