import type { Fields } from './reading';
import { accept, refuse } from './reading';

const AT = '/remote_auth/cache';
const plain: Fields = { keep_headers: 'none', keep_args: 'none' };
const ttl = { allow_ttl: 60 };
const cacheOf = (fields: Fields) => accept(fields).cache;

const keepAll =
  '/remote_auth/keep_headers: expected a list of headers or "none" beside cache, because a client may send a credential in any header that is kept, and the key has to hold it ("shared": true in cache says that the answer depends on none), received "all"';
const missing = (part: string, key: string[]) =>
  `${AT}/key: expected "${part}" in the list, because the auth server is told it and may let a client in for it (else do not tell it, or say "shared": true), received ${JSON.stringify(key)}`;
const entry =
  "method, path, args, client_ip, or arg:, header: or cookie: and a name of letters, digits, _ and - (an argument's also . and ~, a cookie's also .)";

describe('what is said of it', () => {
  test('its defaults', () => {
    expect(cacheOf({ ...plain, cache: ttl })).toEqual({
      allowTtl: 60,
      denyTtl: 0,
      staleIfError: 0,
      key: [],
      respectCacheControl: true,
      lockTimeoutMs: undefined,
    });
    expect(cacheOf({ ...plain, timeout_ms: 70, cache: { deny_ttl: 1 } })).toMatchObject({
      allowTtl: 0,
      denyTtl: 1,
      lockTimeoutMs: undefined,
    });
    expect(cacheOf(plain)).toBeUndefined();
  });

  test.each<[string, unknown, string, unknown]>([
    ['allow_ttl', 0, 'allowTtl', 0],
    ['allow_ttl', 86400, 'allowTtl', 86400],
    ['deny_ttl', 0, 'denyTtl', 0],
    ['deny_ttl', 86400, 'denyTtl', 86400],
    ['stale_if_error', 0, 'staleIfError', 0],
    ['stale_if_error', 86400, 'staleIfError', 86400],
    ['respect_cache_control', false, 'respectCacheControl', false],
    ['lock_timeout_ms', 0, 'lockTimeoutMs', 0],
    ['lock_timeout_ms', 30000, 'lockTimeoutMs', 30000],
    ['key', ['path'], 'key', ['path']],
    ['key', 'path', 'key', ['path']],
    ['key', ' path | arg:A.b~c-d_1 |cookie:A.b-_1', 'key', ['path', 'arg:A.b~c-d_1', 'cookie:A.b-_1']],
    ['key', ['header:X_Y-1Z', 'header:HOST'], 'key', ['header:x-y-1z', 'header:host']],
    ['key', ['arg:a', 'arg:A', 'args', 'cookie:a', 'header:cookie'], 'key', expect.any(Array)],
    [
      'key',
      [`arg:${'a'.repeat(128)}`, `header:${'B'.repeat(128)}`, `cookie:${'c'.repeat(128)}`],
      'key',
      expect.arrayContaining([`header:${'b'.repeat(128)}`]),
    ],
    ['key', Array.from({ length: 100 }, (_, i) => `arg:a${i}`), 'key', expect.any(Array)],
    ['version', 0, 'allowTtl', 60],
    ['version', 999999999, 'allowTtl', 60],
    ['shared', false, 'allowTtl', 60],
  ])('%s: %j', (field, value, name, result) => {
    expect(cacheOf({ ...plain, cache: { ...ttl, [field]: value } })).toMatchObject({ [name]: result });
  });

  test.each<[string, unknown, string]>([
    ['', 60, 'an object such as { "allow_ttl": 60 }, received 60'],
    ['', null, 'an object such as { "allow_ttl": 60 }, received null'],
    ['', {}, 'an object such as { "allow_ttl": 60 }, received {}'],
    ['/allow_ttl', -1, 'a whole number of seconds, 0-86400, received -1'],
    ['/allow_ttl', 86401, 'a whole number of seconds, 0-86400, received 86401'],
    ['/allow_ttl', '60', 'a whole number of seconds, 0-86400, received "60"'],
    ['/deny_ttl', 86401, 'a whole number of seconds, 0-86400, received 86401'],
    ['/deny_ttl', 0.5, 'a whole number of seconds, 0-86400, received 0.5'],
    ['/stale_if_error', 86401, 'a whole number of seconds, 0-86400, received 86401'],
    ['/stale_if_error', null, 'a whole number of seconds, 0-86400, received null'],
    ['/respect_cache_control', 'yes', 'true or false, received "yes"'],
    ['/shared', 1, 'true or false, received 1'],
    ['/lock_timeout_ms', 30001, 'a whole number of milliseconds, 0-30000, received 30001'],
    ['/lock_timeout_ms', -1, 'a whole number of milliseconds, 0-30000, received -1'],
    ['/version', 1e9, 'a whole number, 0-999999999, received 1000000000'],
    ['/version', -1, 'a whole number, 0-999999999, received -1'],
    ['/alow_ttl', 1, 'a known field (did you mean "allow_ttl"?), received "alow_ttl"'],
    ['/key', [], 'a list of method, path, args, arg:NAME, header:NAME, cookie:NAME, client_ip, received []'],
    ['/key', 5, 'a list of method, path, args, arg:NAME, header:NAME, cookie:NAME, client_ip, received 5'],
    ['/key', '', `${entry}, received ""`],
    ['/key', 'path|', `${entry}, received ""`],
    ['/key', 'path|path', 'each entry once, received "path" again'],
    ['/key/1', ['path', 'path'], 'each entry once, received "path" again'],
    ['/key/1', ['header:X_A', 'header:x-a'], 'each entry once, received "header:x-a" again'],
    [
      '/key/0',
      ['header:Transfer_Encoding'],
      'a header other than those of connection and framing and X-Edge-Auth-*, received "header:Transfer_Encoding"',
    ],
    [
      '/key/0',
      ['header:x_edge_auth_host'],
      'a header other than those of connection and framing and X-Edge-Auth-*, received "header:x_edge_auth_host"',
    ],
    ...[
      'Path',
      'query',
      'arg:',
      'arg:a b',
      'arg:a%20b',
      'arg:a;b',
      'arg:$a',
      'arg:a{1}',
      'arg:é',
      'cookie:a~',
      'cookie:a=b',
      'cookie:a"',
      'header:X A',
      'header:X:A',
      'header:x.y',
      'header:a\nb',
      'Header:a',
      'path ',
      `arg:${'a'.repeat(129)}`,
      `header:${'a'.repeat(129)}`,
      `cookie:${'a'.repeat(129)}`,
    ].map((part): [string, unknown, string] => ['/key/0', [part], entry]),
  ])('%s may not be %j', (place, value, message) => {
    const cache = place === '' ? value : { ...ttl, [place.split('/')[1]!]: value };
    const found = refuse({ ...plain, keep_headers: ['X-Secret'], cache: cache });
    expect(found).toEqual([expect.stringContaining(`${AT}${place}: expected ${message}`)]);
  });

  test('101 parts are too many', () => {
    const key = Array.from({ length: 101 }, (_, i) => `arg:a${i}`);
    expect(refuse({ ...plain, cache: { ...ttl, key } })).toEqual([expect.stringContaining(`${AT}/key: `)]);
  });
});

describe('what the question carries is the key, and has to be in one that is written', () => {
  test.each<[string, Fields, string[], string[]]>([
    // What of it is carried; what a key that names nothing of it is refused for.
    ['nothing', {}, [], []],
    ['auth_path append', { auth_path: 'append' }, ['path'], []],
    ['request_method follow', { request_method: 'follow' }, ['method'], []],
    ['request_method POST', { request_method: 'POST' }, [], []],
    ['all arguments', { keep_args: 'all' }, ['args'], ['args']],
    ['arguments', { keep_args: ['a', 'B'] }, ['arg:a', 'arg:B'], ['arg:a', 'arg:B']],
    ['arguments in vendor form', { keep_args: 'a|%62' }, ['arg:a', 'arg:b'], ['arg:a', 'arg:b']],
    ['an argument beyond a plain name', { keep_args: ['a', 'b%5B%5D'] }, ['args'], ['args']],
    ['an argument with a long name', { keep_args: ['a'.repeat(129)] }, ['args'], ['args']],
    ['a header', { keep_headers: ['X_Token'] }, ['header:x-token'], ['header:x-token']],
    [
      'headers in vendor form',
      { keep_headers: 'authorization|user_agent|cookies' },
      ['header:authorization', 'header:user-agent', 'header:cookies'],
      ['header:authorization', 'header:cookies'],
    ],
    ['the cookies', { keep_headers: ['Cookie'] }, ['header:cookie'], ['header:cookie']],
    ['the referer', { keep_headers: ['Referer'] }, ['header:referer'], ['header:referer']],
    ['the origin', { keep_headers: ['Origin'] }, ['header:origin'], ['header:origin']],
    [
      'X-Forwarded-For',
      { keep_headers: ['X-Forwarded-For'] },
      ['header:x-forwarded-for'],
      ['header:x-forwarded-for'],
    ],
    ['If, which is no If-*', { keep_headers: ['If'] }, ['header:if'], ['header:if']],
    ['a name that only begins so', { keep_headers: ['Hostess'] }, ['header:hostess'], ['header:hostess']],
    ...[
      'Accept',
      'Accept-Language',
      'Cache-Control',
      'Content-Type',
      'DNT',
      'Host',
      'If-None-Match',
      'Pragma',
      'Range',
      'Traceparent',
      'Tracestate',
      'User-Agent',
      'Via',
      'X-Request-Id',
    ].map((name): [string, Fields, string[], string[]] => [
      `${name}, for which nobody is let in`,
      { keep_headers: [name] },
      [`header:${name.toLowerCase()}`],
      [],
    ]),
    ...(
      [
        ['$http_x_token', ['header:x-token'], ['header:x-token']],
        ['$http_authorization', ['header:authorization'], ['header:authorization']],
        ['$http_cookie', ['header:cookie'], ['header:cookie']],
        ['$http_host', ['header:host'], []],
        ['$http_user_agent', ['header:user-agent'], []],
        ['$http_content_type', ['header:content-type'], []],
        ['$http_referer', ['header:referer'], ['header:referer']],
        ['$http_x_forward_for', ['header:x-forwarded-for'], ['header:x-forwarded-for']],
        ['$http_x_forwarded_for', ['header:x-forwarded-for'], ['header:x-forwarded-for']],
        ['$remote_addr', ['client_ip'], ['client_ip']],
        ['$scheme', [], []],
        ['$server_protocol', [], []],
        ['$uri', ['path'], []],
        ['$args', ['args'], ['args']],
        ['$request_uri', ['path', 'args'], ['args']],
        ['$request_method', ['method'], []],
        ['$arg_token', ['arg:token'], ['arg:token']],
        ['$arg_Token_1', ['arg:Token_1'], ['arg:Token_1']],
        ['$cookie_sid', ['cookie:sid'], ['cookie:sid']],
        ['a $arg_b/$cookie_c', ['arg:b', 'cookie:c'], ['arg:b', 'cookie:c']],
        ['vendor', [], []],
      ] as [string, string[], string[]][]
    ).flatMap(([value, carried, refused]): [string, Fields, string[], string[]][] => [
      [`the added header ${value}`, { add_headers: { 'X-Added': value } }, carried, refused],
      [`the added argument ${value}`, { add_args: { added: value } }, carried, refused],
      [`the added argument ${value}, in vendor form`, { add_args: `added=${value}` }, carried, refused],
    ]),
    [
      'preset tencent',
      { preset: 'tencent', keep_headers: ['Cookie'], keep_args: 'all' },
      ['method', 'path', 'args', 'header:cookie'],
      ['args', 'header:cookie'],
    ],
    ['preset alibaba', { preset: 'alibaba', keep_args: 'all' }, ['args'], ['args']],
  ])('%s', (_name, fields, carried, refused) => {
    const auth = { ...plain, ...fields };
    expect(cacheOf({ ...auth, cache: ttl })?.key).toEqual(carried);
    const key = ['cookie:unrelated'];
    const isNamed = (part: string) => part === 'header:cookie';
    expect(refuse({ ...auth, cache: { ...ttl, key: ['arg:unrelated'] } })).toEqual(
      refused.map((part) => missing(part, ['arg:unrelated'])),
    );
    expect(refuse({ ...auth, cache: { ...ttl, key } })).toEqual(
      refused.filter((part) => !isNamed(part)).map((part) => missing(part, key)),
    );
    expect(cacheOf({ ...auth, cache: { ...ttl, key, shared: true } })?.key).toEqual(key);
    if (carried.length > 0)
      expect(cacheOf({ ...auth, cache: { ...ttl, key: [...carried].reverse() } })?.key).toEqual(
        [...carried].reverse(),
      );
  });

  test.each<[Fields, string]>([
    [{ keep_args: 'none', keep_headers: [] }, 'keep_headers'],
    [{ keep_args: 'none', keep_headers: 5 }, 'keep_headers'],
    [{ keep_headers: 'none', keep_args: [] }, 'keep_args'],
  ])('%j is reported once: what it carries nobody knows', (fields, name) => {
    const found = refuse({ ...fields, cache: { ...ttl, key: ['path'] } });
    expect(found.map((one) => one.slice(0, one.indexOf(':')))).toEqual([`/remote_auth/${name}`]);
  });

  test.each<[string, Fields]>([
    ['written', { keep_headers: 'all' }],
    ['by default', { keep_headers: undefined }],
    ['by preset tencent', { keep_headers: undefined, preset: 'tencent' }],
    ['by preset alibaba', { keep_headers: undefined, preset: 'alibaba' }],
  ])('all headers (%s) are refused, whatever the key', (_name, fields) => {
    const auth = { ...plain, ...fields };
    expect(refuse({ ...auth, cache: ttl })).toEqual([keepAll]);
    const key = ['path', 'method', 'args', 'header:authorization', 'header:cookie', 'client_ip'];
    expect(refuse({ ...auth, cache: { ...ttl, key } })).toEqual([keepAll]);
    expect(refuse({ ...auth, cache: { ...ttl, key, shared: false } })).toEqual([keepAll]);
  });

  test('all headers under shared: the key is what they tell of the target, and the two usual credentials', () => {
    expect(cacheOf({ ...plain, keep_headers: 'all', cache: { ...ttl, shared: true } })?.key).toEqual([
      'method',
      'path',
      'args',
      'header:authorization',
      'header:cookie',
    ]);
  });

  test.each<[string, Fields, string[]]>([
    ['one cookie for all of them', { keep_headers: ['Cookie'] }, ['cookie:sid']],
    ['all cookies for one', { add_headers: { a: '$cookie_sid' } }, ['header:cookie']],
    ['all arguments for one', { keep_args: ['a'] }, ['args']],
  ])('names %s', (_name, fields, key) => {
    expect(cacheOf({ ...plain, ...fields, cache: { ...ttl, key } })?.key).toEqual(key);
  });

  test.each<[string, Fields, string[], string]>([
    ['one argument for all of them', { keep_args: 'all' }, ['arg:a'], 'args'],
    ['one argument for another', { keep_args: ['a'] }, ['arg:A'], 'arg:a'],
    ['a cookie for another', { add_args: { a: '$cookie_sid' } }, ['cookie:SID'], 'cookie:sid'],
    ['a header for an argument', { keep_args: ['a'] }, ['header:a'], 'arg:a'],
  ])('does not name %s', (_name, fields, key, part) => {
    expect(refuse({ ...plain, ...fields, cache: { ...ttl, key } })).toEqual([missing(part, key)]);
  });
});
