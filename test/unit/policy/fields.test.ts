import type { Fields } from './reading';
import { accept, issuesOf, pointersOf, refuse, textWith } from './reading';

const at = (pointer: string) => `/remote_auth${pointer}`;
const https = { auth_server: 'https://auth.example.com' };

describe('accepted', () => {
  test.each<[string, Fields, Fields]>([
    ['timeout_ms 1', { timeout_ms: 1 }, { timeoutMs: 1 }],
    ['timeout_ms 30000', { timeout_ms: 30000 }, { timeoutMs: 30000 }],
    ['deny 400', { failure_action: { deny: 400 } }, { failureAction: { deny: 400 } }],
    ['deny 599', { failure_action: { deny: 599 } }, { failureAction: { deny: 599 } }],
    ['throttle 1', { failure_action: { throttle: '1' } }, { failureAction: { throttle: '1' } }],
    ['throttle 64k', { failure_action: { throttle: '64k' } }, { failureAction: { throttle: '64k' } }],
    ['throttle 1024M', { failure_action: { throttle: '1024M' } }, { failureAction: { throttle: '1024M' } }],
    [
      'throttle 1 GiB in bytes',
      { failure_action: { throttle: '1073741824' } },
      { failureAction: { throttle: '1073741824' } },
    ],
    [
      'throttle 1 GiB in k',
      { failure_action: { throttle: '1048576K' } },
      { failureAction: { throttle: '1048576K' } },
    ],
    ['status 100 and 599', { success_status: [100, 599] }, { successStatus: ['100', '599'] }],
    ['status classes', { failure_status: ['1xx', '5xx'] }, { failureStatus: ['1xx', '5xx'] }],
    ['a code beside its class', { failure_status: ['204', '4xx'] }, { failureStatus: ['204', '4xx'] }],
    ['keep_args all', { keep_args: 'all' }, { keepArgs: 'all' }],
    ['keep_args by case', { keep_args: ['key', 'KEY'] }, { keepArgs: ['key', 'KEY'] }],
    [
      'keep_args in one encoding',
      { keep_args: ['%74oken', 'a%5b%5d', '%27'] },
      { keepArgs: ['token', 'a%5B%5D', '%27'] },
    ],
    ['keep_headers host', { keep_headers: ['Host'] }, { keepHeaders: ['host'] }],
    ['keep_headers by _', { keep_headers: ['User_Agent'] }, { keepHeaders: ['user-agent'] }],
    [
      'add_headers Host',
      { add_headers: { Host: 'a.example' } },
      { addHeaders: [{ name: 'host', value: [{ literal: 'a.example' }] }] },
    ],
    ['a path /*', { scope: { paths: ['/*'] } }, { scope: { paths: ['/*'] } }],
    ['the path /', { scope: { paths: ['/'] } }, { scope: { paths: ['/'] } }],
    ['hidden folders', { scope: { paths: ['/.well-known/*'] } }, { scope: { paths: ['/.well-known/*'] } }],
    [
      'paths beyond ASCII, with a space',
      { scope: { paths: ['/vidéo/电影 1.mp4'] } },
      { scope: { paths: ['/vidéo/电影 1.mp4'] } },
    ],
    [
      'empty exclusions',
      { scope: { exclude_paths: [], exclude_methods: [] } },
      { scope: { excludePaths: [] } },
    ],
    ['tls off', { ...https, tls: { verify: false } }, { tls: { verify: false } }],
    [
      'a CA file',
      { ...https, tls: { ca_file: '/etc/ssl/ca-1.pem' } },
      { tls: { caFile: '/etc/ssl/ca-1.pem' } },
    ],
    ['a relative file', { ...https, tls: { ca_file: '../ca.pem' } }, { tls: { caFile: '../ca.pem' } }],
    ['a server name', { ...https, tls: { server_name: 'A.example' } }, { tls: { serverName: 'a.example' } }],
    [
      'a client certificate with its key',
      { ...https, tls: { client_certificate: 'c.pem', client_key: 'k.pem' } },
      { tls: { clientCertificate: 'c.pem', clientKey: 'k.pem' } },
    ],
    ['an empty tls beside http', { tls: {} }, { tls: { verify: true } }],
  ])('%s', (_name, fields, result) => {
    expect(accept(fields)).toMatchObject(result);
  });

  test.each(['GET', 'HEAD', 'POST', 'follow'])('request_method %s', (request_method) => {
    expect(accept({ request_method }).requestMethod).toBe(request_method);
  });
});

describe('refused, once and at its place', () => {
  test.each<[string, Fields, string]>([
    ['preset of another vendor', { preset: 'aws' }, '/preset'],
    ['auth_path', { auth_path: 'prefix' }, '/auth_path'],
    ['request_method in small letters', { request_method: 'get' }, '/request_method'],
    ['request_method PUT', { request_method: 'PUT' }, '/request_method'],
    ['timeout_ms 0', { timeout_ms: 0 }, '/timeout_ms'],
    ['timeout_ms 30001', { timeout_ms: 30001 }, '/timeout_ms'],
    ['timeout_ms with a fraction', { timeout_ms: 1.5 }, '/timeout_ms'],
    ['timeout_ms as a string', { timeout_ms: '1000' }, '/timeout_ms'],
    ['timeout_ms null', { timeout_ms: null }, '/timeout_ms'],
    ['timeout_action block', { timeout_action: 'block' }, '/timeout_action'],
    ['other_status true', { other_status: true }, '/other_status'],
    ['deny 399', { failure_action: { deny: 399 } }, '/failure_action/deny'],
    ['deny 600', { failure_action: { deny: 600 } }, '/failure_action/deny'],
    ['deny as a string', { failure_action: { deny: '403' } }, '/failure_action/deny'],
    ['deny and throttle', { failure_action: { deny: 403, throttle: '1k' } }, '/failure_action'],
    ['an empty failure_action', { failure_action: {} }, '/failure_action'],
    ['failure_action as a word', { failure_action: 'deny' }, '/failure_action'],
    [
      'an unknown failure_action',
      { failure_action: { deny: 403, redirect: 302 } },
      '/failure_action/redirect',
    ],
    ['throttle 0', { failure_action: { throttle: '0' } }, '/failure_action/throttle'],
    ['throttle as a number', { failure_action: { throttle: 65536 } }, '/failure_action/throttle'],
    ['throttle in g', { failure_action: { throttle: '1g' } }, '/failure_action/throttle'],
    ['throttle 1025m', { failure_action: { throttle: '1025m' } }, '/failure_action/throttle'],
    [
      'throttle of a byte too many',
      { failure_action: { throttle: '1073741825' } },
      '/failure_action/throttle',
    ],
    ['throttle with conf', { failure_action: { throttle: '1k;' } }, '/failure_action/throttle'],
    ['an empty success_status', { success_status: [] }, '/success_status'],
    ['an empty failure_status', { failure_status: [] }, '/failure_status'],
    ['status 99', { success_status: [99] }, '/success_status/0'],
    ['status 600', { success_status: [200, 600] }, '/success_status/1'],
    ['status 200.5', { success_status: [200.5] }, '/success_status/0'],
    ['status class 6xx', { success_status: ['6xx'] }, '/success_status/0'],
    ['status class 2XX', { success_status: ['2XX'] }, '/success_status/0'],
    ['a status twice', { success_status: [200, '200'] }, '/success_status/1'],
    ['a status on both sides', { success_status: [200, 403] }, '/success_status'],
    ['a class on both sides', { failure_status: ['2xx'] }, '/failure_status'],
    ['a status of the preset on both sides', { preset: 'tencent', failure_status: [304] }, '/failure_status'],
    ['keep_args []', { keep_args: [] }, '/keep_args'],
    ['keep_args with the word in a list', { keep_args: ['all'] }, '/keep_args/0'],
    ['keep_args with the word encoded', { keep_args: ['%61ll'] }, '/keep_args/0'],
    ['keep_args pasted with the word', { keep_args: 'token|none' }, '/keep_args'],
    ['an argument name with conf', { keep_args: ['a;b'] }, '/keep_args/0'],
    ['an argument name with brackets', { keep_args: ['a[]'] }, '/keep_args/0'],
    ['an argument name of half an encoding', { keep_args: ['a%4'] }, '/keep_args/0'],
    ['an argument name not in UTF-8', { keep_args: ['%ff'] }, '/keep_args/0'],
    ['an argument twice by encoding', { keep_args: ['token', '%74oken'] }, '/keep_args/1'],
    [
      'an added argument twice by encoding',
      { add_args: { token: 'a', '%74oken': 'b' } },
      '/add_args/%74oken',
    ],
    ['an added argument without a name', { add_args: { '': 'a' } }, '/add_args/'],
    ['an added argument as a number', { add_args: { a: 5 } }, '/add_args/a'],
    ['a newline in an added argument', { add_args: { a: 'x\ny' } }, '/add_args/a'],
    ['a lone surrogate in an added argument', { add_args: { a: '\ud800' } }, '/add_args/a'],
    ['a direction mark in an added argument', { add_args: { a: '\u202e' } }, '/add_args/a'],
    ['a list of added arguments', { add_args: [] }, '/add_args'],
    ['keep_headers []', { keep_headers: [] }, '/keep_headers'],
    ['keep_headers with the word in a list', { keep_headers: ['None'] }, '/keep_headers/0'],
    ['a header name with a space', { keep_headers: ['a b'] }, '/keep_headers/0'],
    ['a header name with a colon', { keep_headers: ['a:'] }, '/keep_headers/0'],
    ['a header twice by spelling', { keep_headers: ['user_agent', 'User-Agent'] }, '/keep_headers/1'],
    [
      'an added header twice',
      { add_headers: { user_agent: 'a', 'User-Agent': 'b' } },
      '/add_headers/User-Agent',
    ],
    ['an empty added header', { add_headers: { a: '' } }, '/add_headers/a'],
    ['a space at the end of a header', { add_headers: { a: 'x ' } }, '/add_headers/a'],
    ['an empty list of file types', { scope: { file_types: [] } }, '/scope/file_types'],
    ['an empty list of paths', { scope: { paths: [] } }, '/scope/paths'],
    ['a file type with a star', { scope: { file_types: ['*.mp4'] } }, '/scope/file_types/0'],
    ['a file type twice by its dot', { scope: { file_types: ['mp4', '.mp4'] } }, '/scope/file_types/1'],
    ['a path without a slash', { scope: { paths: ['a'] } }, '/scope/paths/0'],
    ['a star inside a path', { scope: { paths: ['/*/a'] } }, '/scope/paths/0'],
    ['a star in a file name', { scope: { paths: ['/a*'] } }, '/scope/paths/0'],
    ['a climbing path', { scope: { exclude_paths: ['/a/../b'] } }, '/scope/exclude_paths/0'],
    ['an empty segment', { scope: { exclude_paths: ['/a//b'] } }, '/scope/exclude_paths/0'],
    ['a dot segment', { scope: { paths: ['/a/./b'] } }, '/scope/paths/0'],
    ['a final dot', { scope: { paths: ['/a.'] } }, '/scope/paths/0'],
    ['a final space', { scope: { paths: ['/a '] } }, '/scope/paths/0'],
    ['a query in a path', { scope: { paths: ['/a?b'] } }, '/scope/paths/0'],
    ['a fragment in a path', { scope: { paths: ['/a#b'] } }, '/scope/paths/0'],
    ['an encoded path', { scope: { paths: ['/a%20b'] } }, '/scope/paths/0'],
    ['a path twice', { scope: { paths: '/a|/a' } }, '/scope/paths'],
    ['a method in small letters', { scope: { exclude_methods: ['get'] } }, '/scope/exclude_methods/0'],
    ['scope as a word', { scope: 'all' }, '/scope'],
    ['case_sensitive as a word', { scope: { case_sensitive: 'yes' } }, '/scope/case_sensitive'],
    ['an unknown field of scope', { scope: { filetypes: 'mp4' } }, '/scope/filetypes'],
    ['tls beside http', { tls: { verify: true } }, '/tls'],
    ['a certificate without its key', { ...https, tls: { client_certificate: 'c' } }, '/tls/client_key'],
    ['a key without its certificate', { ...https, tls: { client_key: 'k' } }, '/tls/client_certificate'],
    ['a file with a space', { ...https, tls: { ca_file: '/a b' } }, '/tls/ca_file'],
    ['a file with conf', { ...https, tls: { ca_file: '/a;' } }, '/tls/ca_file'],
    ['a file from an engine', { ...https, tls: { ca_file: 'engine:a:b' } }, '/tls/ca_file'],
    ['an empty file', { ...https, tls: { ca_file: '' } }, '/tls/ca_file'],
    ['a folder', { ...https, tls: { ca_file: '/etc/' } }, '/tls/ca_file'],
    ['a server name with a variable', { ...https, tls: { server_name: '$host' } }, '/tls/server_name'],
    ['a server name with a wildcard', { ...https, tls: { server_name: '*.a' } }, '/tls/server_name'],
    ['tls verify as a word', { ...https, tls: { verify: 'off' } }, '/tls/verify'],
    ['an unknown field of tls', { ...https, tls: { verfy: false } }, '/tls/verfy'],
  ])('%s', (_name, fields, pointer) => {
    expect(pointersOf(fields)).toEqual([at(pointer)]);
  });

  const long = (n: number) => 'a'.repeat(n);
  test.each<[string, number, (text: string) => Fields]>([
    ['a file type', 64, (text) => ({ scope: { file_types: [text] } })],
    ['a method', 32, (text) => ({ scope: { exclude_methods: [text.toUpperCase()] } })],
    ['a path', 1024, (text) => ({ scope: { paths: ['/' + text.slice(1)] } })],
    ['an argument name', 256, (text) => ({ keep_args: [text] })],
    ['an added argument', 256, (text) => ({ add_args: { [text]: 'x' } })],
    ["an added argument's value", 2048, (text) => ({ add_args: { a: text } })],
    ['a header name', 64, (text) => ({ keep_headers: [text] })],
    ["an added header's value", 2048, (text) => ({ add_headers: { a: text } })],
    ['a file path', 1024, (text) => ({ ...https, tls: { ca_file: text } })],
  ])('%s has at most %i characters', (_name, limit, fields) => {
    expect(pointersOf(fields(long(limit)))).toEqual([]);
    expect(pointersOf(fields(long(limit + 1)))).toHaveLength(1);
  });

  const names = (n: number) => Array.from({ length: n }, (_, i) => `a${i}`);
  const map = (n: number) => Object.fromEntries(names(n).map((name) => [name, 'x']));
  const codes = (n: number) => Array.from({ length: n }, (_, i) => 100 + i);
  test.each<[string, number, (n: number) => Fields]>([
    ['file_types', 1000, (n) => ({ scope: { file_types: names(n) } })],
    ['paths', 1000, (n) => ({ scope: { paths: names(n).map((name) => '/' + name) } })],
    [
      'exclude_methods',
      50,
      (n) => ({
        scope: { exclude_methods: names(n).map((_, i) => 'A'.repeat(i % 32) + 'BCD'[Math.floor(i / 32)]!) },
      }),
    ],
    ['keep_args', 200, (n) => ({ keep_args: names(n) })],
    ['keep_headers', 200, (n) => ({ keep_headers: names(n) })],
    ['add_args', 100, (n) => ({ add_args: map(n) })],
    ['add_headers', 100, (n) => ({ add_headers: map(n) })],
    ['success_status', 500, (n) => ({ success_status: codes(n), failure_status: ['5xx'] })],
  ])('%s has at most %i entries', (name, limit, fields) => {
    expect(pointersOf(fields(limit))).toEqual([]);
    if (name !== 'success_status') expect(pointersOf(fields(limit + 1))).toHaveLength(1);
  });
});

describe('headers of connection and framing', () => {
  const framing = [
    'Connection',
    'Content-Length',
    'Transfer-Encoding',
    'TE',
    'Upgrade',
    'Keep-Alive',
    'Trailer',
    'Expect',
  ];
  test.each([
    ...framing,
    'Proxy-Connection',
    'transfer_encoding',
    'X-Edge-Auth-Decision',
    'x_edge_auth_status',
    'X-Edge-Auth',
  ])('%s is neither added nor kept', (name) => {
    expect(pointersOf({ add_headers: { [name]: 'x' } })).toEqual([at(`/add_headers/${name}`)]);
    expect(pointersOf({ keep_headers: [name] })).toEqual([at('/keep_headers/0')]);
  });

  test.each(['X-Edge-Authority', 'Content-Type', 'Cookie', 'Range'])('%s is', (name) => {
    expect(pointersOf({ add_headers: { [name]: 'x' }, keep_headers: [name] })).toEqual([]);
  });
});

describe('unknown fields', () => {
  test.each([
    ['auth_sever', '(did you mean "auth_server"?)'],
    ['server', '(did you mean "auth_server"?)'],
    ['authPath', '(did you mean "auth_path"?)'],
    ['TIMEOUT_MS', '(did you mean "timeout_ms"?)'],
    ['file_types', '(did you mean "/remote_auth/scope/file_types"?)'],
    ['verify', '(did you mean "/remote_auth/tls/verify"?)'],
    ['enabled', '(did you mean "/enabled"?)'],
  ])('%s names the nearest known one', (field, hint) => {
    expect(refuse({ [field]: 1 })).toEqual([
      `/remote_auth/${field}: expected a known field ${hint}, received "${field}"`,
    ]);
  });

  test('preset at the top belongs under remote_auth', () => {
    const text = JSON.stringify({ ...(JSON.parse(textWith({})) as Fields), preset: 'tencent' });
    expect(issuesOf(text)).toMatchObject([
      { pointer: '/preset', expected: 'a known field (did you mean "/remote_auth/preset"?)' },
    ]);
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s is one', (name) => {
    const text = `{"enabled":false,"${name}":{"x":1}}`;
    expect(issuesOf(text)).toMatchObject([{ pointer: `/${name}` }]);
  });
});

test('every problem is reported at once', () => {
  const pointers = pointersOf({
    auth_server: ['http://a/x', 'http://127.1/x', 'nonsense'],
    sope: {},
    timeout_ms: 0,
    keep_args: ['a b', 'all'],
    add_args: { a: '$nope', b: '${x}' },
    add_headers: { te: 'x', ok: ';' },
    success_status: [200, 99, 200],
    tls: { verify: true, client_key: ' ' },
  });
  const fields = ['/sope', '/auth_server/2', '/auth_server/1', '/timeout_ms', '/keep_args/0', '/keep_args/1'];
  const more = ['/add_args/a', '/add_args/b', '/add_headers/te', '/add_headers/ok', '/success_status/1'];
  const last = ['/success_status/2', '/tls/client_key', '/tls/client_certificate', '/tls'];
  expect([...pointers].sort()).toEqual([...fields, ...more, ...last].map(at).sort());
});
