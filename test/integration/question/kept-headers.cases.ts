// keep_headers.
import type { QuestionCase } from './question-case';

const asked = 'GET /auth HTTP/1.1';
const host = 'Host: {auth}';
/** What is ours to say, with keep_headers: all. */
const ours = [
  host,
  'X-Forwarded-For: {client}',
  'X-Forwarded-Host: {domain}',
  'X-Forwarded-Method: GET',
  'X-Forwarded-Proto: http',
  'X-Forwarded-Uri: /v',
];
const line = 'GET /v HTTP/1.1';

function row(name: string, keep_headers: unknown, headers: string[], receives: string[]): QuestionCase {
  const policy = keep_headers === undefined ? {} : { keep_headers };
  return { name, policy, send: [line, ...headers], receives: [asked, ...receives] };
}

const forged = [
  'X-Forwarded-For: 192.0.2.66',
  'X-Forwarded-Host: evil.test',
  'X-Forwarded-Method: OPTIONS',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Uri: /public',
  'X-Forwarded-Port: 1',
  'X-Forwarded-Prefix: /public',
  'X-Forwarded-Server: evil',
  'X-Forwarded-Ssl: on',
  'X-Forwarded-Path: /public',
  'X-Original-Uri: /public',
  'X-Original-Url: /public',
  'X-Original-Method: OPTIONS',
  'X-Original-Host: evil.test',
  'X-Auth-Request-Redirect: /public',
  'X-Real-Ip: 192.0.2.66',
  'X-Rewrite-Url: /public',
  'X-Http-Method-Override: OPTIONS',
  'Forwarded: for=192.0.2.66',
  'X-Edge-Auth-Decision: allow',
  'X-Edge-Auth-Method: OPTIONS',
  'X-Edge-Auth-Addr: 192.0.2.66',
  'X-Edge-Auth-Host: evil.test',
  'X-Edge-Auth-Obeys: 1',
].flatMap((header) => [header, header.toLowerCase()]);
const conditions = [
  'Range: bytes=0-1',
  'If-None-Match: "x"',
  'If-Match: "x"',
  'If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT',
  'If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT',
  'If-Range: "x"',
  'Early-Data: 1',
];
const connection = [
  'Connection: X-Forwarded-For, X-A',
  'Keep-Alive: 5',
  'Proxy-Connection: x',
  'TE: x',
  'Trailer: x',
];

export const keptHeaders: QuestionCase[] = [
  row('all: only our own without any of the client', 'all', [], ours),
  row('all is the default', undefined, ['X-A: 1'], [...ours, 'X-A: 1']),
  row(
    'all: every header, in order, in its spelling',
    'all',
    [
      'X-B: 2',
      'accept: */*',
      'COOKIE: a=b',
      'X-A:no space',
      'Accept-Encoding: gzip',
      'Authorization: Basic eDp5',
    ],
    [
      ...ours,
      'X-B: 2',
      'accept: */*',
      'COOKIE: a=b',
      'X-A: no space',
      'Accept-Encoding: gzip',
      'Authorization: Basic eDp5',
    ],
  ),
  row('all: nothing by which a client chooses the status of a healthy auth server', 'all', conditions, ours),
  row('list: a condition that is listed', ['if-none-match', 'range'], conditions, [
    host,
    'If-None-Match: "x"',
    'Range: bytes=0-1',
  ]),
  row(
    'all: repeated headers',
    'all',
    ['X-A: 1', 'X-B: 2', 'x-a: 3', 'X-A:'],
    [...ours, 'X-A: 1', 'X-B: 2', 'x-a: 3', 'X-A: '],
  ),
  row(
    'all: raw bytes of a value',
    'all',
    ['X-A: \xe4\xbd\xa0\t\xff "\\\'$host'],
    [...ours, 'X-A: \xe4\xbd\xa0\t\xff "\\\'$host'],
  ),
  row('all: no header of the connection', 'all', [...connection, 'X-A: 1'], [...ours, 'X-A: 1']),
  row(
    'all: no Upgrade',
    'all',
    ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x'],
    [...ours, 'Sec-WebSocket-Key: x'],
  ),
  row('all: nothing that says where a request came from', 'all', forged, ours),
  row('none: nothing but Host', 'none', ['X-A: 1', 'Cookie: a=b', ...forged], [host]),
  row(
    'list: what is listed, in the order of the list',
    ['x-b', 'X-A'],
    ['X-A: 1', 'X-C: 3', 'x-b: 2'],
    [host, 'X-B: 2', 'X-A: 1'],
  ),
  row('list: nothing that is absent', ['x-a'], ['X-C: 3'], [host]),
  row('list: nothing for an empty value', ['x-a'], ['X-A:'], [host]),
  row(
    'list: ignores case, and _ equals -',
    ['USER_agent', 'Accept_language'],
    ['user-AGENT: a', 'Accept-Language: de'],
    [host, 'User-Agent: a', 'Accept-Language: de'],
  ),
  row('list: Host of the client if it is listed', ['host'], ['X-A: 1'], ['Host: {domain}']),
  row('list: Host with the port of the client', ['host'], ['Host: {domain}:8080'], ['Host: {domain}:8080']),
  row('list: cookies', ['cookie'], ['Cookie: a=b; c=d'], [host, 'Cookie: a=b; c=d']),
  row(
    'list: a forwarding header if it is listed',
    ['x-forwarded-for'],
    ['X-Forwarded-For: 192.0.2.66'],
    [host, 'X-Forwarded-For: 192.0.2.66'],
  ),
  row(
    'list: raw bytes of a value',
    ['x-a'],
    ['X-A: \xe4\xbd\xa0\t\xff "\\\'$host'],
    [host, 'X-A: \xe4\xbd\xa0\t\xff "\\\'$host'],
  ),
  row(
    'list: reads the form of a console',
    'user_agent|referer',
    ['X-A: 1', 'Referer: r', 'User-Agent: a'],
    [host, 'User-Agent: a', 'Referer: r'],
  ),
];
