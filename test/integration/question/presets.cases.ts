// The presets, on the worked examples of the vendors' own pages.
import type { QuestionCase } from './question-case';

const ours = (method: string, uri: string) => [
  'X-Forwarded-For: {client}',
  'X-Forwarded-Host: {domain}',
  `X-Forwarded-Method: ${method}`,
  'X-Forwarded-Proto: http',
  `X-Forwarded-Uri: ${uri}`,
];
// Tencent Cloud CDN, Remote Authentication.
const tencentTarget =
  '/v001/test.txt?token=Gf6Gq04ymjdSTXusvTmh8yalO82YsuKUQb63ToXOFc&e=1467565695283&sign=854124740723b575a7cfa4fc40f0be30';
const tencent = { preset: 'tencent', auth_server: 'http://{auth}' };
// Alibaba Cloud CDN, Configure remote authentication.
const alibaba = { preset: 'alibaba' };

export const presets: QuestionCase[] = [
  {
    name: "Tencent's example: the path and the arguments of the client, to the byte",
    policy: { ...tencent, timeout_ms: 1500, timeout_action: 'deny' },
    send: [`GET ${tencentTarget} HTTP/1.1`],
    receives: [`GET ${tencentTarget} HTTP/1.1`, 'Host: {auth}', ...ours('GET', tencentTarget)],
  },
  ...['HEAD', 'POST', 'OPTIONS'].map((method): QuestionCase => ({
    name: `tencent: follows a ${method}`,
    policy: tencent,
    send: [`${method} /a HTTP/1.1`, 'Range: bytes=0-9'],
    receives: [
      `${method} /a HTTP/1.1`,
      'Host: {auth}',
      ...(method === 'POST' ? ['Content-Length: 0'] : []),
      ...ours(method, '/a'),
    ],
  })),
  {
    name: 'tencent: a field beside the preset overrides it',
    policy: { ...tencent, request_method: 'HEAD', auth_path: 'fixed' },
    send: ['GET /a HTTP/1.1'],
    receives: ['HEAD / HTTP/1.1', 'Host: {auth}', ...ours('GET', '/a')],
  },
  {
    name: "Alibaba's example: the address's own path, all arguments and headers, but not Host",
    policy: alibaba,
    send: ['GET /123/test.txt?key=xxxxxxxxxx HTTP/1.1', 'test: 123'],
    receives: [
      'GET /auth?key=xxxxxxxxxx HTTP/1.1',
      'Host: {auth}',
      ...ours('GET', '/123/test.txt?key=xxxxxxxxxx'),
      'test: 123',
    ],
  },
  {
    name: 'alibaba: asks with GET about a POST',
    policy: alibaba,
    send: ['POST /a HTTP/1.1', 'Content-Length: 5'],
    body: 'hello',
    receives: ['GET /auth HTTP/1.1', 'Host: {auth}', ...ours('POST', '/a')],
  },
  {
    name: 'alibaba: every field in the form that the console writes',
    policy: {
      preset: 'alibaba',
      scope: { file_types: 'mp4|flv' },
      keep_args: 'user|token',
      add_args: 'token=$arg_token|vendor=ali_cdn|host=$http_host',
      keep_headers: 'user_agent|referer|cookie',
      add_headers: 'X-Agent=$http_user_agent|vendor=ali_cdn',
      success_status: '200,206',
      failure_status: '400,403',
    },
    send: ['GET /a.flv?user=u&token=t&x=1 HTTP/1.1', 'User-Agent: a', 'Cookie: c=1', 'X: y'],
    receives: [
      'GET /auth?user=u&token=t&vendor=ali_cdn&host={domain} HTTP/1.1',
      'Host: {auth}',
      'User-Agent: a',
      'Cookie: c=1',
      'X-Agent: a',
      'Vendor: ali_cdn',
    ],
  },
];
