// What must not get out of a value: line breaks, NUL, and bytes that an engine cannot read.
import type { QuestionCase } from './question-case';

const asked = (query: string, ...headers: string[]) => [
  `GET /auth${query} HTTP/1.1`,
  'Host: {auth}',
  ...headers,
];
const all = {
  keep_headers: 'none',
  keep_args: 'none',
  add_headers: { 'X-K': '$arg_t', 'X-U': '$uri', 'X-C': '$cookie_c', 'X-H': '$http_x' },
};
const args = {
  keep_headers: 'none',
  keep_args: 'none',
  add_args: { k: '$http_x', a: '$arg_t', u: '$uri', c: '$cookie_c' },
};
const highBytes = Buffer.from(Array.from({ length: 128 }, (_, i) => 128 + i)).toString('latin1');
const get = (target: string, ...headers: string[]) => [`GET ${target} HTTP/1.1`, ...headers];

export const hostileValues: QuestionCase[] = [
  {
    name: 'encoded line breaks stay encoded in headers',
    policy: all,
    send: get(
      '/a%0d%0aX-Evil:%201?t=1%0D%0AX-Evil:%201%00',
      'Cookie: c=%0d%0aX-Evil: 1',
      'X: %0d%0aX-Evil: 1',
    ),
    receives: asked(
      '',
      'X-K: 1%0D%0AX-Evil:%201%00',
      'X-U: /a%0d%0aX-Evil:%201',
      'X-C: %0d%0aX-Evil: 1',
      'X-H: %0d%0aX-Evil: 1',
    ),
  },
  {
    name: 'encoded line breaks stay encoded in arguments, or are encoded again',
    policy: args,
    send: get('/a%0d%0a?t=1%0D%0AX%00', 'Cookie: c=%0d%0a', 'X: %0d%0a%00'),
    receives: asked('?k=%250d%250a%2500&a=1%0D%0AX%00&u=%2Fa%250d%250a&c=%250d%250a'),
  },
  {
    name: 'a hidden dot segment decodes no line break of the path',
    policy: { ...all, auth_path: 'append' },
    send: get('/x/../a%0d%0aX-Evil:%201%00'.replace('%00', '')),
    receives: ['GET /auth/a%0d%0aX-Evil:%201 HTTP/1.1', 'Host: {auth}', 'X-U: /a%0d%0aX-Evil:%201'],
  },
  ...[
    ['NUL in a header', '\0'],
    ['CR in a header', '\rX-Evil: 1'],
  ].map(([name, bytes]): QuestionCase => ({
    name: `${name} is refused by nginx before anybody is asked`,
    policy: all,
    send: get('/', `X: a${bytes}b`),
    receives: null,
    status: 400,
  })),
  {
    name: 'NUL in an encoded path is refused by nginx',
    policy: all,
    send: get('/a%00b'),
    receives: null,
    status: 400,
  },
  {
    name: 'a header folded over two lines is refused by nginx',
    policy: all,
    send: get('/', 'X: a', ' X-Evil: 1', '\tX-H: 1'),
    receives: null,
    status: 400,
  },
  {
    name: 'bytes of UTF-8 in a header are percent-encoded',
    policy: args,
    send: get('/', 'X: \xe4\xbd\xa0 \xf0\x9f\x92\xa1', 'Cookie: c=\xc3\xa9'),
    receives: asked('?k=%E4%BD%A0%20%F0%9F%92%A1&a=&u=%2F&c=%C3%A9'),
  },
  ...(
    [
      ['one byte', '\xff'],
      ['all bytes from 0x80 to 0xff', highBytes],
      ['a surrogate', '\xed\xa0\x80'],
      ['an overlong slash', '\xc0\xaf'],
      ['a cut sequence', '\xe4\xbd'],
    ] as const
  ).map(([name, bytes]): QuestionCase => ({
    name: `${name} of no UTF-8 in a header is percent-encoded`,
    policy: { ...args, add_args: { k: '$http_x', c: '$cookie_c' } },
    send: get('/', `X: a${bytes}b`, `Cookie: c=a${bytes}b; d=1`),
    receives: asked('?k=a{octets}b&c=a{octets}b'),
    isUnreadable: true,
  })),
];
