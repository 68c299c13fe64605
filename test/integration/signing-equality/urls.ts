// Signed URLs, signed URLs that somebody changed, and hostile ones. Text is one character a byte.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { placesOf, signTarget } from '../../../src/core/signing/sign';
import { writeTimestamp } from '../../../src/core/signing/timestamp';
import { type Site, sites } from './sites';

export interface Url {
  site: Site;
  method: string;
  /** In absolute form: the scheme and the host that stand in front of the target. */
  front: string;
  target: string;
}

/** UTF-8, one character a byte. */
const bytes = (text: string) => Buffer.from(text).toString('latin1');
const words = (text: string) => bytes(text).split(' ');

/** No UTF-8, U+FFFD itself, a character that ends lines in JavaScript alone. */
const rawBytes = ['\xff', '\xc0\xaf', '\xed\xa0\x80', '\xe2\x82', '\x80', ...words('\ufffd \u2028')];
const pathPieces = [
  ...words(`a video.mp4 x.png é 😀 %e9 %C3%A9 + ~ * = @ : , ' " %20 %2B %3F %23 - & 1721029907 5e577978`),
  ...words('/ / / // /. /.. /../ /./ /... %2e %2E%2e %2f %2F %5c \\ %00 %0a %7f %3b ; % %4 %zz %25 %252e #'),
  ...rawBytes,
];
const heads = words(
  '/ /v/ /v/free/ /open/ /V/ /exact /crossdomain.xml /é.txt /%76/ /a/ // /d41d8cd98f00b204e9800998ecf8427e/5e577978/',
);
const pairs = [
  ...words(
    '  a=1 b = a=b=c q=%26 x=é u=/v/../open a?b ? sign t=1 time=5e577978 KEY2=5e577978 # x=%00 x=% x=\\ x=;sign=1',
  ),
  ...words('auth_key= auth%5Fkey=x %73ign=1 si%67N=1 SIGN=1 sign[]=1 KEY1 %4bEY1='),
  ...rawBytes.map((piece) => `x=${piece}`),
];
const common = words('a b 1 . /');
const odd = [...words('/ . % # ? & = - ; \\ A f 0 9'), '\xe9', '\x01', ' ', '\x7f'];

const path = fc
  .tuple(
    fc.constantFrom(...heads),
    fc.array(fc.constantFrom(...common, ...common, ...pathPieces), { maxLength: 5 }),
  )
  .map(([head, pieces]) => head + pieces.join(''));
const calmPath = fc
  .tuple(
    fc.constantFrom('/', '/v/', '/v/free/', '/open/', '/exact', '/é/'),
    fc.array(fc.constantFrom('a', 'b.mp4', '%C3%A9', 'é', '+', '%20', '1', '-', '.png', '/c', ','), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([head, pieces]) => bytes(head + pieces.join('')));
const long = fc.constantFrom(
  'a'.repeat(3000),
  'x&'.repeat(1000),
  '&'.repeat(2000),
  '%41'.repeat(700),
  '/b'.repeat(800),
  'sign=1&'.repeat(300),
);
const query = fc.oneof(
  { weight: 15, arbitrary: fc.constant(undefined) },
  { weight: 15, arbitrary: fc.constantFrom('a=1', 'a=1&b=2', 'q', 'x=%C3%A9') },
  {
    weight: 15,
    arbitrary: fc.array(fc.constantFrom(...pairs), { maxLength: 5 }).map((all) => all.join('&')),
  },
  { weight: 1, arbitrary: long },
);

type Change = (target: string) => string;
/** `at`: 0-1, how far into the target. */
const placed = (change: (before: string, char: string, after: string) => string) =>
  fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }).map((at): Change => (target) => {
    const i = Math.floor(at * target.length);
    return change(target.slice(0, i), target.charAt(i), target.slice(i + 1));
  });
const flipped = (char: string) => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase());
const encoded = (char: string, isUpper: boolean) => {
  const hex = char.charCodeAt(0).toString(16).padStart(2, '0');
  return '%' + (isUpper ? hex.toUpperCase() : hex);
};
const byte = fc.oneof(
  fc.constantFrom(...odd),
  fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
);

/** Puts the query's pairs together anew. */
const onPairs =
  (change: (all: string[]) => string[]): Change =>
  (target) => {
    const mark = target.indexOf('?');
    if (mark < 0) return target;
    return target.slice(0, mark + 1) + change(target.slice(mark + 1).split('&')).join('&');
  };

const change: fc.Arbitrary<Change> = fc.oneof(
  byte.chain((to) => placed((before, _char, after) => before + to + after)),
  byte.chain((added) => placed((before, char, after) => before + added + char + after)),
  placed((before, _char, after) => before + after),
  placed((before, char, after) => before + flipped(char) + after),
  fc
    .boolean()
    .chain((isUpper) => placed((before, char, after) => before + (char && encoded(char, isUpper)) + after)),
  placed((before) => before),
  fc.nat(5).map((i) => onPairs((all) => [...all, all[i % all.length] ?? ''])),
  fc.nat(5).map((i) => onPairs((all) => [all[i % all.length] ?? '', ...all])),
  fc.constant(onPairs((all) => [...all].reverse())),
  fc.nat(3).map((i) => onPairs((all) => all.filter((_pair, k) => k !== i))),
  fc.constantFrom('', 'x', '=', '#').map((pair) => onPairs((all) => [pair, ...all, pair])),
  // A prefix twice, one of them without the other, and arguments that are doubled in another spelling.
  fc.constant<Change>((target) => (/^\/[^/]+\/[^/]+(?=\/)/.exec(target)?.[0] ?? '') + target),
  fc.constant<Change>((target) => target.replace(/^(\/[^/]+)(\/[^/]+)(?=\/)/, '$2$1')),
  fc.constant<Change>((target) => target.replace(/^\/[^/]+/, '')),
  fc.constant(
    onPairs((all) => [...all, ...all.map((pair) => pair.replace(/^./, (char) => encoded(char, false)))]),
  ),
);

const ages = ['valid', 'valid', 'valid', 'ahead', 'expired', 'too far ahead'] as const;

/** Unix seconds, ten minutes or more from any boundary. */
function timeOf({ signing: { timeout, maxFuture } }: Site, age: (typeof ages)[number], now: number): number {
  if (age === 'expired') return now - timeout - 3600;
  if (age === 'too far ahead') return now + maxFuture + 7200;
  return age === 'ahead' && maxFuture > 3600 ? now + 1800 : now - Math.floor(timeout / 2);
}

interface Recipe {
  site: Site;
  path: string;
  query: string | undefined;
  age: (typeof ages)[number];
  key: number;
  place: number;
  rand: string;
  uid: string;
}

const digest = (hash: string, text: string) => createHash(hash).update(text, 'latin1').digest('hex');

function signed(recipe: Recipe, now: number): string {
  const { site, path, query, age, key, place, rand, uid } = recipe;
  const { signing } = site;
  const time = writeTimestamp(timeOf(site, age, now), signing.timestampFormat, signing.timeZone);
  const places = placesOf(signing.type);
  const choice = { time, rand, uid, place: places[place % places.length] ?? 'args' };
  const target = path + (query === undefined ? '' : `?${query}`);
  return signTarget(signing, signing.keys[key] ?? 'a-wrong-key', target, choice, digest);
}

const recipe = (
  among: Site[],
  paths: fc.Arbitrary<string>,
  queries: fc.Arbitrary<string | undefined>,
): fc.Arbitrary<Recipe> =>
  fc.record({
    site: fc.constantFrom(...among),
    path: paths,
    query: queries,
    age: fc.constantFrom(...ages),
    key: fc.constantFrom(0, 0, 0, 1, 1, 2),
    place: fc.nat(1),
    rand: fc.constantFrom('0', '', 'a1', '%2d', bytes('é'), '\xff', 'x=y'),
    uid: fc.constantFrom('0', '0', '', 'u?1'),
  });
const calmQuery = fc.constantFrom(undefined, undefined, 'a=1', 'a=1&b=2&', '&', 'x=%C3%A9');

/** `now`: unix seconds. */
export function anyUrl(now: number, among: Site[] = sites): fc.Arbitrary<Url> {
  const calm = recipe(among, calmPath, calmQuery).map((one) => ({
    site: one.site,
    target: signed(one, now),
  }));
  const hostile = recipe(among, path, query).map((one) => ({ site: one.site, target: signed(one, now) }));
  const unsigned = recipe(among, path, query).map((one) => ({
    site: one.site,
    target: one.path + (one.query === undefined ? '' : `?${one.query}`),
  }));
  const changed = fc
    .tuple(
      fc.oneof({ weight: 4, arbitrary: calm }, { weight: 1, arbitrary: hostile }),
      fc.array(change, { minLength: 1, maxLength: 2 }),
    )
    .map(([{ site, target }, changes]) => ({
      site,
      target: changes.reduce((text, one) => one(text), target),
    }));
  const target = fc.oneof(
    { weight: 3, arbitrary: calm },
    { weight: 4, arbitrary: changed },
    { weight: 3, arbitrary: hostile },
    { weight: 2, arbitrary: unsigned },
  );
  const method = fc.constantFrom('GET', 'GET', 'GET', 'GET', 'HEAD', 'OPTIONS', 'POST', 'DELETE');
  return fc.tuple(target, method, fc.nat(20)).map(([url, verb, n]) => ({
    site: url.site,
    method: verb,
    // Spaces around a target are no part of it.
    target: url.target.replace(/^ +| +$/g, ''),
    front: n === 0 && url.target.startsWith('/') ? `http://${url.site.domain}` : '',
  }));
}
