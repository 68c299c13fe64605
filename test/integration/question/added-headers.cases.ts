// add_headers. They stand in place of the client's.
import type { QuestionCase } from './question-case';

const host = 'Host: {auth}';

function row(
  name: string,
  add_headers: unknown,
  send: string[],
  receives: string[],
  more: object = {},
): QuestionCase {
  const policy = { keep_headers: 'none', add_headers, ...more };
  return { name, policy, send, receives: ['GET /auth HTTP/1.1', ...receives] };
}

const none = { keep_args: 'none' };
const plain = ['GET /v HTTP/1.1'];

export const addedHeaders: QuestionCase[] = [
  row('adds a header', { vendor: 'ali_cdn' }, plain, [host, 'Vendor: ali_cdn']),
  row('adds text to the byte', { 'X-L': '!#%&()*+,-./:<=>?@[]^_|~ 1' }, plain, [
    host,
    'X-L: !#%&()*+,-./:<=>?@[]^_|~ 1',
  ]),
  row(
    'overrides a header of the client',
    { 'X-A': 'cdn' },
    [...plain, 'x-a: evil', 'X-A: evil'],
    [host, 'X-A: cdn'],
    { keep_headers: ['x-b'] },
  ),
  row(
    'overrides a kept header of the client',
    { 'X-A': 'cdn' },
    [...plain, 'X-A: evil', 'X-B: b'],
    [host, 'X-A: cdn', 'X-B: b'],
    { keep_headers: ['x-a', 'x-b'] },
  ),
  row('sets Host', { host: 'auth.test' }, plain, ['Host: auth.test']),
  row('sets Host to the one of the client', { Host: '$http_host' }, plain, ['Host: {domain}']),
  row(
    'mixes text and variables',
    { 'X-A': 'a-$arg_t.b$arg_t$arg_u' },
    ['GET /v?t=1&u=2 HTTP/1.1'],
    [host, 'X-A: a-1.b12'],
    none,
  ),
  ...(
    [
      ['http_host', '{domain}'],
      ['http_user_agent', 'Agent/1.0 (x)'],
      ['http_referer', 'http://r.test/?a=1&b'],
      ['http_content_type', 'text/plain; charset=x'],
      ['http_x_forward_for', '192.0.2.7, 192.0.2.8'],
      ['http_x_forwarded_for', '192.0.2.7, 192.0.2.8'],
      ['remote_addr', '{client}'],
      ['scheme', 'http'],
      ['server_protocol', 'HTTP/1.1'],
      ['uri', '/v/%41'],
      ['args', 't=%20+1'],
      ['request_method', 'GET'],
      ['request_uri', '/v/%41?t=%20+1'],
      ['arg_t', '%20+1'],
      ['http_x_own_Header', 'a=b&c'],
      ['cookie_sid', 's1 %'],
    ] as const
  ).map(([name, value]) =>
    row(
      `knows $${name}`,
      { 'X-K': `$${name}` },
      [
        'GET /v/%41?t=%20+1 HTTP/1.1',
        'User-Agent: Agent/1.0 (x)',
        'Referer: http://r.test/?a=1&b',
        'Content-Type: text/plain; charset=x',
        'X-Forwarded-For: 192.0.2.7, 192.0.2.8',
        'X-Own-Header: a=b&c',
        'Cookie: a=b; sid=s1 %; sid2=no',
      ],
      [host, `X-K: ${value}`],
      none,
    ),
  ),
  ...['arg_absent', 'http_absent', 'cookie_absent', 'http_referer', 'args'].map((name) =>
    row(`no header for an empty $${name}`, { 'X-K': `$${name}` }, plain, [host], none),
  ),
  row(
    'an empty value keeps out the header of the client',
    { 'X-A': '$arg_absent' },
    [...plain, 'X-A: evil'],
    [
      host,
      'X-Forwarded-For: {client}',
      'X-Forwarded-Host: {domain}',
      'X-Forwarded-Method: GET',
      'X-Forwarded-Proto: http',
      'X-Forwarded-Uri: /v',
    ],
    { keep_headers: 'all' },
  ),
  row(
    '$request_method is the method of the client',
    { 'X-K': '$request_method' },
    ['DELETE / HTTP/1.1'],
    [host, 'X-K: DELETE'],
  ),
  row(
    '$uri and $request_uri are what nginx serves',
    { 'X-K': '$uri', 'X-R': '$request_uri' },
    ['GET /public/../private?x=1 HTTP/1.1'],
    [host, 'X-K: /private', 'X-R: /private?x=1'],
    none,
  ),
  row('$arg_ is case-sensitive', { 'X-K': '$arg_T' }, ['GET /?t=1&T=2 HTTP/1.1'], [host, 'X-K: 2'], none),
  row(
    '$arg_ is the first of several',
    { 'X-K': '$arg_t' },
    ['GET /?t=1&t=2 HTTP/1.1'],
    [host, 'X-K: 1'],
    none,
  ),
  row('$arg_ finds an encoded name', { 'X-K': '$arg_t' }, ['GET /?%74=1 HTTP/1.1'], [host, 'X-K: 1'], none),
  row(
    '$arg_ without = is empty, though another follows',
    { 'X-K': '$arg_t' },
    ['GET /?t&t=2 HTTP/1.1'],
    [host],
    none,
  ),
  row(
    '$arg_ of a name whose end is another name',
    { 'X-K': '$arg_t' },
    ['GET /?at=1&t=2 HTTP/1.1'],
    [host, 'X-K: 2'],
    none,
  ),
  row(
    'adds X-Forwarded-For of its own',
    { 'X-Forwarded-For': '$http_x_forwarded_for' },
    [...plain, 'X-Forwarded-For: 192.0.2.66'],
    [host, 'X-Forwarded-For: 192.0.2.66'],
  ),
  row(
    'reads the form of a console',
    'User-Agent=$http_user_agent|vendor=ali_cdn',
    [...plain, 'User-Agent: a'],
    [host, 'User-Agent: a', 'Vendor: ali_cdn'],
  ),
];
