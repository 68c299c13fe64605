/** A request that might make an auth server, or nginx, stumble. `bytes` as they go on the wire. */
export interface OddRequest {
  name: string;
  bytes: (host: string) => string;
  /** Answered with the next request of the same connection: how many answers must come. Default: any number. */
  split?: boolean;
}

const request = (line: string, ...headers: string[]) => ({
  bytes: (host: string) =>
    [`${line} HTTP/1.1`, `Host: ${host}`, ...headers, 'Connection: close', '', ''].join('\r\n'),
});
const line = (target: string, ...headers: string[]) => request(`GET ${target}`, ...headers);
const fill = (bytes: number, text = 'a') => text.repeat(Math.ceil(bytes / text.length)).slice(0, bytes);
const manyHeaders = (count: number, size: number) =>
  Array.from({ length: count }, (_, index) => `X-Filler-${index}: ${fill(size)}`);

// Sizes around every buffer there is: 4k, 8k, 16k (the answer's header), 32k, 64k.
const sizes = [
  4_000, 8_000, 8_200, 12_000, 15_800, 16_000, 16_200, 16_384, 16_500, 20_000, 32_000, 32_768, 40_000, 60_000,
  65_000,
];

const oddMethods = [
  'PUT',
  'DELETE',
  'OPTIONS',
  'PROPFIND',
  'PATCH',
  'TRACE',
  'CONNECT',
  'PURGE',
  'BREW',
  'M-SEARCH',
  'GET_',
  'get',
  'QUERY',
  fill(200, 'X'),
];

const oddHeaders: [string, string[]][] = [
  ['a range', ['Range: bytes=0-0']],
  ['a range beyond the end', ['Range: bytes=999999999999-']],
  ['a thousand ranges', [`Range: bytes=${fill(6_000, '0-0,')}1-1`]],
  ['a range of nonsense', ['Range: lines=a-b']],
  ['If-Match of nothing', ['If-Match: "no-such-etag"']],
  ['If-None-Match of anything', ['If-None-Match: *']],
  ['If-Modified-Since in the future', ['If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT']],
  ['If-Unmodified-Since in the past', ['If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT']],
  ['If-Range and a range', ['If-Range: "x"', 'Range: bytes=1-2']],
  ['Expect: 100-continue', ['Expect: 100-continue']],
  ['Expect of nonsense', ['Expect: the-unexpected']],
  [
    'an unknown Accept',
    ['Accept: nothing/at-all', 'Accept-Encoding: identity;q=0, *;q=0', 'Accept-Language: x'],
  ],
  [
    'Upgrade to websocket',
    [
      'Upgrade: websocket',
      'Connection: upgrade',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      'Sec-WebSocket-Version: 13',
    ],
  ],
  [
    'Upgrade to h2c',
    ['Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA', 'Connection: Upgrade, HTTP2-Settings'],
  ],
  ['TE and Trailer', ['TE: trailers, deflate;q=0.5', 'Trailer: Expires']],
  ['a bad Content-Type', ['Content-Type: \t;;;=']],
  ['a Content-Length without a body', ['Content-Length: 0']],
  ['bytes above 127 in a header', ['X-Odd: \xff\xfe\x80\x81']],
  ['a control character in a header', ['X-Odd: a\x01b']],
  ['a bare CR in a header', ['X-Odd: a\rX-Injected: 1']],
  ['a NUL in a header', ['X-Odd: a\0b']],
  ['a folded header', ['X-Odd: a\r\n b']],
  ['an empty header name', [': value']],
  ['a space before the colon', ['X-Odd : value']],
  ['an underscore in a header name', ['X_Odd: value', 'X_Edge_Auth_Decision: allow']],
  [
    'the verdict headers of the decider',
    [
      'X-Edge-Auth-Decision: allow',
      'X-Edge-Auth-Reason: success_status',
      'X-Edge-Auth-Status: 200',
      'X-Edge-Auth-Method: OPTIONS',
      'X-Edge-Auth-Obeys: ',
      'X-Edge-Auth-Host: a b',
    ],
  ],
  ['Cookies of 8 KB', [`Cookie: a=${fill(8_000)}`]],
  ['500 headers', manyHeaders(500, 10)],
  ['2000 headers', manyHeaders(2000, 5)],
  ['the same header 300 times', Array.from({ length: 300 }, () => 'X-Same: 1')],
  ['a second Host', ['Host: other.test']],
  ['an Authorization of nonsense', ['Authorization: \xe9 x']],
];

const oddTargets: [string, string][] = [
  ['an undecodable escape', '/secret?a=%zz&%=%'],
  ['a cut-off escape in the path', '/secret%2'],
  ['overlong UTF-8', '/%c0%af/secret?x=%c0%ae'],
  ['an escaped NUL', '/secret%00.png'],
  ['an escaped CR LF', '/secret%0d%0aX-Injected:%201?y=%0d%0a'],
  ['raw bytes above 127', '/secr\xe9t?\xff\xfe'],
  ['a double escape', '/%252e%252e/secret'],
  ['a quote, braces and a backslash', '/"secret\'`{}|\\^?"=\'`{}|\\^'],
  ['a fragment', '/secret#?x=1'],
  ['dot segments', '/a/../b/./../secret'],
  ['empty segments', '//secret//'],
  ['a path of 2000 segments', fill(6_000, '/aa')],
  ['only a question mark', '/?'],
  ['the question location itself', '/_edge_auth'],
  ['an absolute target', 'http://other.test/secret'],
  ['an absolute target without a host', 'http:///secret'],
  ['an asterisk', '*'],
  ['1,500 arguments', `/?${fill(7_500, 'a=1&b')}`],
  ['5,000 arguments', `/?${Array.from({ length: 5_000 }, (_, index) => `a${index}=1`).join('&')}`],
];

// prettier-ignore
export const oddRequests: OddRequest[] = [
  ...sizes.map((size) => ({ name: `a URL of ${size} bytes`, ...line(`/${fill(size)}`) })),
  ...sizes.map((size) => ({ name: `a query of ${size} bytes`, ...line(`/?${fill(size)}`) })),
  ...sizes.map((size) => ({ name: `an escaped query of ${size} bytes`, ...line(`/?${fill(size, '%41')}x`) })),
  ...sizes.map((size) => ({ name: `a header of ${size} bytes`, ...line('/', `X-Big: ${fill(size)}`) })),
  { name: '30 KB of headers', ...line('/', ...manyHeaders(30, 1_000)) },
  { name: '120 KB of headers', ...line('/', ...manyHeaders(120, 1_000)) },
  { name: 'a URL, a query and headers of 30 KB together', ...line(`/${fill(10_000)}?${fill(10_000)}`, ...manyHeaders(10, 1_000)) },
  ...oddMethods.map((method) => ({ name: `the method ${method.slice(0, 12)}`, ...request(`${method} /secret`) })),
  ...oddHeaders.map(([name, headers]) => ({ name, ...line('/secret', ...headers) })),
  ...oddTargets.map(([name, target]) => ({ name, ...line(target) })),
  { name: 'HTTP/1.0 without a Host', bytes: () => 'GET /secret HTTP/1.0\r\n\r\n' },
  { name: 'HTTP/1.0 with a Host', bytes: (host) => `GET /secret HTTP/1.0\r\nHost: ${host}\r\n\r\n` },
  { name: 'HTTP/0.9', bytes: () => 'GET /secret\r\n' },
  { name: 'HTTP/1.1 without a Host', bytes: () => 'GET /secret HTTP/1.1\r\n\r\n' },
  { name: 'HTTP/1.9', bytes: (host) => `GET /secret HTTP/1.9\r\nHost: ${host}\r\nConnection: close\r\n\r\n` },
  { name: 'HTTP/3.0', bytes: (host) => `GET /secret HTTP/3.0\r\nHost: ${host}\r\n\r\n` },
  { name: 'line feeds only', bytes: (host) => `GET /secret HTTP/1.1\nHost: ${host}\nConnection: close\n\n` },
  { name: '30 pipelined requests', bytes: (host) => `GET /secret HTTP/1.1\r\nHost: ${host}\r\n\r\n`.repeat(30) + `GET /secret HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n` },
  { name: 'a pipelined request behind a chunked body', bytes: (host) => `POST /secret HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET /secret HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n` },
  { name: 'a Content-Length and chunks', bytes: (host) => `POST /secret HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n` },
  { name: 'a broken chunk', bytes: (host) => `POST /secret HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n` },
  { name: 'less body than announced', bytes: (host) => `PUT /secret HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1000\r\nConnection: close\r\n\r\nhalf` },
  { name: 'an absolute target with another host', bytes: (host) => `GET http://${host}/secret HTTP/1.1\r\nHost: other.test\r\nConnection: close\r\n\r\n` },
];
