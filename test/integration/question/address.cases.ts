// auth_server and auth_path.
import type { QuestionCase } from './question-case';

const none = { keep_headers: 'none' };
const append = { ...none, auth_path: 'append' };
const send = ['GET /v/a.mp4?t=1 HTTP/1.1'];
const host = 'Host: {auth}';

export const address: QuestionCase[] = [
  {
    name: 'asks the path of auth_server, without the path of the client',
    policy: { ...none },
    send,
    receives: ['GET /auth?t=1 HTTP/1.1', host],
  },
  {
    name: 'asks / of an auth_server without a path',
    policy: { ...none, auth_server: 'http://{auth}' },
    send,
    receives: ['GET /?t=1 HTTP/1.1', host],
  },
  {
    name: 'keeps the final slash of auth_server',
    policy: { ...none, auth_server: 'http://{auth}/auth/' },
    send,
    receives: ['GET /auth/?t=1 HTTP/1.1', host],
  },
  {
    name: 'keeps the encoding of the path of auth_server',
    policy: { ...none, auth_server: 'http://{auth}/a%20b/%e4%BD%a0%2F,x=1' },
    send,
    receives: ['GET /a%20b/%e4%BD%a0%2F,x=1?t=1 HTTP/1.1', host],
  },
  {
    name: 'asks an IPv4 address',
    policy: { ...none, auth_server: 'http://{ipv4}:{port}/auth' },
    send,
    receives: ['GET /auth?t=1 HTTP/1.1', 'Host: {ipv4}:{port}'],
  },
  {
    name: 'asks the first of a list, and names it in Host',
    policy: { ...none, auth_server: ['http://{auth}/auth', 'http://{ipv4}:{port}/auth'] },
    send,
    receives: ['GET /auth?t=1 HTTP/1.1', host],
  },
  {
    name: 'appends the path of the client to an auth_server without a path',
    policy: { ...append, auth_server: 'http://{auth}' },
    send,
    receives: ['GET /v/a.mp4?t=1 HTTP/1.1', host],
  },
  {
    name: 'appends the path of the client to a path',
    policy: { ...append },
    send,
    receives: ['GET /auth/v/a.mp4?t=1 HTTP/1.1', host],
  },
  {
    name: 'appends the path of the client to a path that ends in a slash, with one slash between',
    policy: { ...append, auth_server: 'http://{auth}/auth/' },
    send,
    receives: ['GET /auth/v/a.mp4?t=1 HTTP/1.1', host],
  },
  {
    name: 'appends the raw path, whatever its encoding',
    policy: { ...append },
    send: ["GET /%76/%e4%bd%a0/a%2Bb+c/~x'(1)!*;p=%41%00b HTTP/1.1".replace('%00', '%20')],
    receives: ["GET /auth/%76/%e4%bd%a0/a%2Bb+c/~x'(1)!*;p=%41%20b HTTP/1.1", host],
  },
  {
    name: 'appends the path that nginx serves where the raw one hides dot segments',
    policy: { ...append },
    send: ['GET /public/%2e%2e/private//a%2Fb/./c%20d?x=/../y HTTP/1.1'],
    receives: ['GET /auth/private/a/b/c%20d?x=/../y HTTP/1.1', host],
  },
  {
    name: 'appends / for the root',
    policy: { ...append },
    send: ['GET / HTTP/1.1'],
    receives: ['GET /auth/ HTTP/1.1', host],
  },
  {
    name: 'takes the path of an absolute-form target, and the host that nginx routes by',
    policy: { ...append, keep_headers: 'none', add_args: { host: '$http_host' } },
    send: ['GET http://{domain}/v?t=1 HTTP/1.1', 'Host: other.test'],
    receives: ['GET /auth/v?t=1&host={domain} HTTP/1.1', host],
  },
  {
    name: 'drops a fragment, as nginx does',
    policy: { ...append },
    send: ['GET /private?a=1#/public?b HTTP/1.1'],
    receives: ['GET /auth/private?a=1 HTTP/1.1', host],
  },
];
