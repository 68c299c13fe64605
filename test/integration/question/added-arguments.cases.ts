// add_args. Variables mean the client's request; their values are percent-encoded.
import type { QuestionCase } from './question-case';

function row(
  name: string,
  add_args: unknown,
  send: string[],
  target: string,
  more: object = {},
): QuestionCase {
  return {
    name,
    policy: { keep_headers: 'none', add_args, ...more },
    send,
    receives: [`GET ${target} HTTP/1.1`, 'Host: {auth}'],
  };
}

const plain = ['GET /v HTTP/1.1'];
const query = (text: string, ...headers: string[]) => [`GET /v?${text} HTTP/1.1`, ...headers];
const none = { keep_args: 'none' };

export const addedArguments: QuestionCase[] = [
  row('adds an argument', { vendor: 'ali_cdn' }, plain, '/auth?vendor=ali_cdn'),
  row('adds behind what is kept', { vendor: 'ali_cdn' }, query('a=1'), '/auth?a=1&vendor=ali_cdn'),
  row('adds behind a listed argument', { v: '1' }, query('a=1&b=2'), '/auth?b=2&v=1', { keep_args: ['b'] }),
  row('adds alone', { v: '1' }, query('a=1&b=2'), '/auth?v=1', none),
  row('adds to an appended path', { v: '1' }, query('a=1'), '/auth/v?a=1&v=1', { auth_path: 'append' }),
  row('adds to a ? alone', { v: '1' }, query(''), '/auth?v=1'),
  row(
    'encodes literals',
    { l: 'a&b=c%d+e f/g?h#i"\'<>你é', empty: '' },
    plain,
    "/auth?l=a%26b%3Dc%25d%2Be%20f%2Fg%3Fh%23i%22'%3C%3E%E4%BD%A0%C3%A9&empty=",
  ),
  row(
    'encodes names once',
    { '%c3%a9': '1', 'a%20b': '2', 'x%27%28%29': '3' },
    plain,
    '/auth?%C3%A9=1&a%20b=2&x%27%28%29=3',
  ),
  row('mixes text and variables', { k: 'a-$arg_t.b$arg_t$arg_u' }, query('t=1&u=2'), '/auth?k=a-1.b12', none),
  ...(
    [
      ['http_host', '{domain}'],
      ['http_user_agent', 'Agent%2F1.0%20(x)'],
      ['http_referer', 'http%3A%2F%2Fr.test%2F%3Fa%3D1%26b'],
      ['http_content_type', 'text%2Fplain%3B%20charset%3Dx'],
      ['http_x_forward_for', '192.0.2.7%2C%20192.0.2.8'],
      ['http_x_forwarded_for', '192.0.2.7%2C%20192.0.2.8'],
      ['remote_addr', '{client}'],
      ['scheme', 'http'],
      ['server_protocol', 'HTTP%2F1.1'],
      ['uri', '%2Fv%2F%2541'],
      ['args', 't%3D%2520%2B1'],
      ['request_method', 'GET'],
      ['request_uri', '%2Fv%2F%2541%3Ft%3D%2520%2B1'],
      ['arg_t', '%20+1'],
      ['http_x_own_Header', 'a%3Db%26c'],
      ['cookie_sid', 's1%20%25'],
      ['arg_absent', ''],
      ['http_absent', ''],
      ['cookie_absent', ''],
    ] as const
  ).map(([name, value]) =>
    row(
      `knows $${name}`,
      { k: `$${name}` },
      [
        'GET /v/%41?t=%20+1 HTTP/1.1',
        'User-Agent: Agent/1.0 (x)',
        'Referer: http://r.test/?a=1&b',
        'Content-Type: text/plain; charset=x',
        'X-Forwarded-For: 192.0.2.7, 192.0.2.8',
        'X-Own-Header: a=b&c',
        'Cookie: a=b; sid=s1 %; sid2=no',
      ],
      `/auth?k=${value}`,
      none,
    ),
  ),
  row(
    '$http_host has the port that the client named',
    { k: '$http_host' },
    ['GET / HTTP/1.1', 'Host: {domain}:8080'],
    '/auth?k={domain}%3A8080',
  ),
  row(
    '$server_protocol is HTTP/1.0 for such a client',
    { k: '$server_protocol' },
    ['GET / HTTP/1.0'],
    '/auth?k=HTTP%2F1.0',
  ),
  {
    ...row(
      '$server_protocol is HTTP/2.0 for such a client',
      { k: '$server_protocol' },
      ['GET / HTTP/2'],
      '/auth?k=HTTP%2F2.0',
    ),
    http2: true,
  },
  row(
    '$request_method is the method of the client',
    { k: '$request_method' },
    ['DELETE / HTTP/1.1'],
    '/auth?k=DELETE',
  ),
  row('$arg_ is case-sensitive', { k: '$arg_T' }, query('t=1&T=2'), '/auth?k=2', none),
  row('$arg_ is the first of several', { k: '$arg_t' }, query('t=1&t=2'), '/auth?k=1', none),
  row('$arg_ finds an encoded name', { k: '$arg_t' }, query('%74=1'), '/auth?k=1', none),
  row('$arg_ of an argument that is not kept', { k: '$arg_t' }, query('t=1&u=2'), '/auth?u=2&k=1', {
    keep_args: ['u'],
  }),
  row(
    '$arg_ cannot end its own argument',
    { k: '$arg_t', z: '1' },
    query('t=%26z=2'),
    '/auth?k=%26z=2&z=1',
    none,
  ),
  row('$arg_ without = is empty', { k: '$arg_t' }, query('t'), '/auth?k=', none),
  row(
    'a client cannot forge an added argument',
    { v: 'cdn' },
    query('v=evil&a=1&%76=evil&v'),
    '/auth?a=1&v=cdn',
  ),
  row(
    'a client cannot forge an added argument that is listed',
    { v: 'cdn' },
    query('v=evil&a=1'),
    '/auth?v=cdn',
    { keep_args: ['v'] },
  ),
  row('a client may use another case of an added name', { v: 'cdn' }, query('V=1'), '/auth?V=1&v=cdn'),
  row('no variable of a variable', { k: '$arg_t' }, query('t=$remote_addr'), '/auth?k=$remote_addr', none),
  row(
    'no template of a variable',
    { k: '$http_x' },
    ['GET / HTTP/1.1', 'X: <remote_addr>$arg_t&`'],
    '/auth?k=%3Cremote_addr%3E%24arg_t%26%60',
    none,
  ),
  row('literals are no template', { k: '<remote_addr>' }, plain, '/auth?k=%3Cremote_addr%3E'),
  row(
    'reads the form of a console',
    'token=$arg_token|vendor=ali_cdn',
    query('token=t1&x=2'),
    '/auth?x=2&token=t1&vendor=ali_cdn',
  ),
];
