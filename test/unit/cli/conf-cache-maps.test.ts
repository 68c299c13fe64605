/**
 * What the maps of arg:NAME and cookie:NAME make of a request. Whoever reads the request must read the same of any two requests that
 * have one key: of "=v" what it reads of `NAME=v` alone, of "" what it reads of nothing. Else the key is the whole text.
 */
import fc from 'fast-check';
import { cacheOf } from '../../../src/conf/cache/cache';
import type { RenderOptions } from '../../../src/conf/options';
import { parsePolicy } from '../../../src/policy/policy';
import { parseConf } from './conf-tokens';
import { regexpOf } from './pcre-regexp';

const options: RenderOptions = {
  wiring: 'hop',
  decider: 'unix:/run/edge-auth.sock',
  prefix: '/etc/nginx/edge-auth',
  njsVersion: [1, 0, 2],
  cache: { path: '/run/edge-auth-cache', size: '64m' },
};

/** The map of one part as a function, as nginx reads it: an exact entry first, then the patterns in order. */
function mapOf(part: string): (source: string) => string {
  const text = JSON.stringify({
    remote_auth: {
      auth_server: 'http://auth.example.com',
      keep_headers: 'none',
      keep_args: 'none',
      cache: { allow_ttl: 1, key: [part] },
    },
  });
  const { policy } = parsePolicy(text, 'a.example.com.json');
  const { conf } = cacheOf(policy!, policy!.remoteAuth!, text, options)!.maps[0]!;
  const [map] = parseConf(conf);
  const variable = map!.words[1]!;
  const entries = map!.block!.map(({ words }) => [words[0]!.replace(/\\(["\\])/g, '$1'), words[1]!] as const);
  const exact = new Map(entries.filter(([key]) => !key.startsWith('~')));
  const patterns = entries
    .filter(([key]) => key.startsWith('~'))
    .map(([key, value]) => [regexpOf(key.slice(1)), value] as const);
  return (source) => {
    const fill = (value: string, captured = '') =>
      value.replaceAll('$edge_auth_k', () => captured).replaceAll(variable, () => source);
    const found = exact.get(source);
    if (source !== 'default' && found !== undefined) return fill(found);
    for (const [pattern, value] of patterns) {
      const match = pattern.exec(source);
      if (match) return fill(value, match.groups!['edge_auth_k']);
    }
    return fill(exact.get('default')!);
  };
}

/** A server's way to read one value out of a query or a Cookie header. */
type Parser = (text: string, name: string) => string | undefined;
type Pairs = (text: string) => [name: string, value: string][];
const choices: Record<
  string,
  (pairs: [string, string][], isNamed: (name: string) => boolean) => string | undefined
> = {
  first: (pairs, isNamed) => pairs.find(([name]) => isNamed(name))?.[1],
  last: (pairs, isNamed) => pairs.findLast(([name]) => isNamed(name))?.[1],
  joined: (pairs, isNamed) =>
    pairs
      .filter(([name]) => isNamed(name))
      .map(([, value]) => value)
      .join(',') || undefined,
};
/** PHP: leading spaces go, and what no variable may have in its name becomes `_`; `a[b]` is a list. */
const mangled = (name: string) => name.replace(/^ +/, '').replace(/\[.*$/s, '').replace(/[ .[]/g, '_');
const sameNames: Record<string, (name: string) => string> = {
  exactly: (name) => name,
  'in any case': (name) => name.toLowerCase(),
  'as PHP does': mangled,
  'as PHP does, in any case': (name) => mangled(name).toLowerCase(),
  'without a list': (name) => name.replace(/\[.*$/s, ''),
  trimmed: (name) => name.trim(),
};
function parsersOf(readers: Record<string, Pairs>): [string, Parser][] {
  return Object.entries(readers).flatMap(([reader, pairs]) =>
    Object.entries(choices).flatMap(([choice, choose]) =>
      Object.entries(sameNames).map(([same, normal]): [string, Parser] => [
        `${reader}, ${choice}, names ${same}`,
        (text, name) => choose(pairs(text), (other) => normal(other) === normal(name)),
      ]),
    ),
  );
}

function decoded(text: string): string {
  return text
    .replace(/\+/g, ' ')
    .replace(/%[0-9A-Fa-f]{2}/g, (hex) => String.fromCharCode(parseInt(hex.slice(1), 16)));
}
const pairOf = (text: string, decode: (text: string) => string): [string, string] => {
  const at = text.indexOf('=');
  return at < 0 ? [decode(text), ''] : [decode(text.slice(0, at)), decode(text.slice(at + 1))];
};
const split = (query: string, separator: RegExp) => query.replace(/^\?/, '').split(separator).filter(Boolean);
const queryReaders: Record<string, Pairs> = {
  'split at &': (query) => split(query, /&/).map((one) => pairOf(one, decoded)),
  'split at & and ;': (query) => split(query, /[&;]/).map((one) => pairOf(one, decoded)),
  'values as they are': (query) =>
    split(query, /&/).map((one) => [pairOf(one, decoded)[0], pairOf(one, String)[1]]),
  URLSearchParams: (query) => [...new URLSearchParams(query)],
};
const cookieReaders: Record<string, Pairs> = {
  'split at ;': (header) => header.split(';').map((one) => pairOf(one.trim(), (text) => text.trim())),
  'split at ; and ,': (header) =>
    header.split(/[;,]/).map((one) => pairOf(one.trim(), (text) => text.trim())),
  'quoted values hold anything': (header) =>
    [...header.matchAll(/\s*([^=;,]*?)\s*(?:=\s*("(?:\\.|[^"\\])*"|[^;,]*))?\s*(?:[;,]|$)/gs)].map(
      ([, name, value = '']): [string, string] => [
        name!,
        value.replace(/^"(.*)"$/s, '$1').replace(/\\(.)/gs, '$1'),
      ],
    ),
  'names and values decoded': (header) => header.split(';').map((one) => pairOf(one.trim(), decoded)),
  'ended by whitespace, too': (header) => header.split(/[;,\s]+/).map((one) => pairOf(one, String)),
  'found anywhere a name may begin': (header) =>
    [...header.matchAll(/([\w.~-]+)=([^;,\s"\\]*)/g)].map(([, name, value]): [string, string] => [
      name!,
      value!,
    ]),
};

/** Throws where some server would read of `text` anything but what it reads of the plain form of the key. */
function check(
  parsers: [string, Parser][],
  name: string,
  key: string,
  text: string,
  whole: string,
  plain: string,
) {
  if (key === whole) return;
  expect(key === '' || key.startsWith('=')).toBe(true);
  const alone = key === '' ? '' : plain + key;
  for (const [how, parse] of parsers) {
    const [read, expected] = [parse(text, name), parse(alone, name)];
    if (read !== expected) throw new Error(`${how}: ${JSON.stringify({ text, key, read, expected })}`);
  }
}
const queryParsers = parsersOf(queryReaders);
const cookieParsers = parsersOf(cookieReaders);

describe('arg:tok_n', () => {
  const key = mapOf('arg:tok_n');
  test.each<[string, string]>([
    ['', ''],
    ['?', ''],
    ['?a', ''],
    ['?a=1&b=2&&c', ''],
    ['?tok_n=v', '=v'],
    ['?tok_n=', '='],
    ['?tok_n=a=b', '=a=b'],
    ['?tok_n=%26', '=%26'],
    ['?a=1&tok_n=v&b=2', '=v'],
    ['?&&tok_n=v&', '=v'],
    ['?%74ok%5fn=v', '?%74ok%5fn=v'],
    ['?%74%6F%6b%5Fn=v', '?%74%6F%6b%5Fn=v'],
    ['?tok_n2=1&xtok_n=2&tok_n=v', '=v'],
    ['?tok-n=1', ''],
  ])('%j: %j', (query, value) => {
    expect(key(query)).toBe(value);
  });

  test.each([
    '?tok_n',
    '?a&tok_n',
    '?tok_n=a&tok_n=b',
    '?tok_n=a&tok_n=a',
    '?tok_n=a&tok_n',
    '?tok_n=a&TOK_N=b',
    '?Tok_n=b',
    '?tok.n=b',
    '?tok_n=a&tok.N=b',
    '?tok%2en=b',
    '?tok_n=a&tok+n=b',
    '?tok_n=a&tok%20n=b',
    '?tok_n=a&+tok_n=b',
    '?tok_n=a&tok[n=b',
    '?tok_n=a&tok_n[]=b',
    '?tok_n=a&%54ok_n=b',
    '?tok_n=a;tok_n=b',
    '?a=1;tok_n=b',
    '?tok_n=a;b',
    '?tok_n=a&tok_n%00=b',
    '?tok_n=a&%=b',
    '?tok_n=a&\u00e9=b',
    '?tok_n=a& tok_n=b',
  ])('%j is taken whole', (query) => {
    expect(key(query)).toBe(query);
  });
});

describe('cookie:sid', () => {
  const key = mapOf('cookie:sid');
  test.each<[string, string]>([
    ['', ''],
    ['a=1', ''],
    ['a=1; b=2', ''],
    ['sid=v', '=v'],
    ['sid=', '='],
    ['sid=v;', '=v'],
    ['sid=v; ', '=v'],
    ['a=1; sid=v; b=2', '=v'],
    ['a=1;sid=v;b=2', '=v'],
    ['sid=a=b:c/d', '=a=b:c/d'],
    ['sid2=1; xsid=2; sid=v', '=v'],
  ])('%j: %j', (header, value) => {
    expect(key(header)).toBe(value);
  });

  test.each([
    'sid',
    'sid=a; sid=b',
    'sid=a; SID=b',
    'SID=a',
    'sid=a, sid=b',
    'sid="a"',
    'a="; sid=b"',
    'a="; sid=b; c="',
    'sid=a b',
    'sid =a',
    'sid= a',
    ' sid=a',
    'sid=a;  b=1',
    'sid=a;;',
    'sid=a ',
    '; sid=a',
    'a; sid=b',
    '=sid=b',
    's%69d=b',
    '$Version=1; sid=a',
    'a=\\; sid=b',
    'a=1\tsid=b',
    'a=1; \u00a0sid=b',
    'sid[]=a',
  ])('%j is taken whole', (header) => {
    expect(key(header)).toBe(`?${header}`);
  });

  test.each(['a_b', 'a.b'])('cookie:%s is one with the other spelling', (name) => {
    expect(mapOf(`cookie:${name}`)('a.b=1; a_b=2')).toBe('?a.b=1; a_b=2');
    expect(mapOf(`cookie:${name}`)(`${name}=1`)).toBe('=1');
  });
});

const nameUnit = fc.constantFrom(
  't',
  'k',
  'T',
  'K',
  '_',
  '.',
  '-',
  '%74',
  '%54',
  '%5f',
  '+',
  '[',
  ']',
  ' ',
  '%20',
  '\u00e9',
  '%',
);
const near = fc.constantFrom(
  't_k',
  'T_K',
  't.k',
  't%5fk',
  '%74_k',
  't+k',
  't[k',
  't_k[]',
  't-k',
  'a',
  '',
  ' t_k',
);
const oddName = fc.oneof(
  near,
  fc.array(nameUnit, { maxLength: 4 }).map((units) => units.join('')),
);
const valueUnit = fc.constantFrom(
  'v',
  'w',
  '1',
  '=',
  '"',
  '\\',
  ',',
  ' ',
  '%',
  '%26',
  '%3B',
  '%22',
  '+',
  ':',
  '\u00a0',
  '\t',
  '?',
  't_k=x',
);
const oddValue = fc.array(valueUnit, { maxLength: 3 }).map((units) => units.join(''));
const pair = fc
  .tuple(oddName, oddValue, fc.integer({ min: 0, max: 5 }))
  .map(([name, value, form]) => (form === 0 ? name : `${name}=${value}`));
const plainPair = fc
  .tuple(fc.constantFrom('a', 'b', 't_k', 't-k'), fc.constantFrom('v', 'w', ''))
  .map((both) => both.join('='));
const joinedBy = (separators: string[]) =>
  fc
    .array(fc.tuple(fc.oneof(pair, plainPair), fc.constantFrom(...separators)), { maxLength: 4 })
    .map((parts) => parts.flat().join(''));
const runs = { numRuns: 3000 };
const names = ['t_k', 't.k', 't-k'];

test.each(names)('arg:%s: one key is read in one way, whoever reads it', (name) => {
  const key = mapOf(`arg:${name}`);
  let plain = 0;
  fc.assert(
    fc.property(joinedBy(['&', '&', '&', ';', '', '&&']), (query) => {
      const text = `?${query}`;
      if (key(text) !== text) plain++;
      check(queryParsers, name, key(text), text, text, `?${name}`);
    }),
    runs,
  );
  expect(plain).toBeGreaterThan(100);
});

test.each(names)('cookie:%s: one key is read in one way, whoever reads it', (name) => {
  const key = mapOf(`cookie:${name}`);
  let plain = 0;
  fc.assert(
    fc.property(joinedBy(['; ', '; ', ';', ', ', ' ', '']), (header) => {
      if (key(header) !== `?${header}`) plain++;
      check(cookieParsers, name, key(header), header, `?${header}`, name);
    }),
    runs,
  );
  expect(plain).toBeGreaterThan(100);
});
