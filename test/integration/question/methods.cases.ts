// request_method. A body never reaches the auth server; neither does a length of one.
import type { QuestionCase } from './question-case';

const policyOf = (request_method: string) => ({ keep_headers: 'none', request_method });
const asked = (method: string, ...more: string[]) => [`${method} /auth HTTP/1.1`, 'Host: {auth}', ...more];
const noContent = 'Content-Length: 0';
/** Methods whose content has a meaning say that there is none. */
const withoutContent = (method: string) => (['POST', 'PUT', 'PATCH'].includes(method) ? [noContent] : []);

const fixed = ['GET', 'HEAD', 'POST'].flatMap((method): QuestionCase[] => [
  ...['GET', 'HEAD', 'OPTIONS', 'DELETE'].map((client) => ({
    name: `asks with ${method} about a ${client}`,
    policy: policyOf(method),
    send: [`${client} / HTTP/1.1`],
    receives: asked(method, ...withoutContent(method)),
  })),
  {
    name: `asks with ${method} about a POST of 5 bytes, without them`,
    policy: policyOf(method),
    send: ['POST / HTTP/1.1', 'Content-Length: 5'],
    body: 'hello',
    receives: asked(method, ...withoutContent(method)),
  },
]);

const follow = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'].map(
  (method): QuestionCase => ({
    name: `follows a ${method}`,
    policy: policyOf('follow'),
    send: [`${method} / HTTP/1.1`],
    receives: asked(method, ...withoutContent(method)),
  }),
);

const bodies = ['POST', 'PUT', 'DELETE'].flatMap((method): QuestionCase[] => [
  {
    name: `follows a ${method} with a body, without the body`,
    policy: policyOf('follow'),
    send: [`${method} / HTTP/1.1`, 'Content-Length: 5', 'Content-Type: text/plain'],
    body: 'hello',
    receives: asked(method, ...withoutContent(method)),
  },
  {
    name: `follows a chunked ${method}, without the body and the chunks`,
    policy: policyOf('follow'),
    send: [`${method} / HTTP/1.1`, 'Transfer-Encoding: chunked'],
    body: '5\r\nhello\r\n0\r\n\r\n',
    receives: asked(method, ...withoutContent(method)),
  },
]);

export const methods: QuestionCase[] = [
  ...fixed,
  ...follow,
  ...bodies,
  {
    name: 'tells the headers of a body only as far as they say what it is',
    policy: { keep_headers: 'all', request_method: 'follow' },
    send: [
      'POST / HTTP/1.1',
      'Content-Length: 5',
      'Content-Type: text/plain',
      'Expect: 100-continue',
      'TE: trailers',
    ],
    body: 'hello',
    receives: [
      'POST /auth HTTP/1.1',
      'Host: {auth}',
      'Content-Length: 0',
      'X-Forwarded-For: {client}',
      'X-Forwarded-Host: {domain}',
      'X-Forwarded-Method: POST',
      'X-Forwarded-Proto: http',
      'X-Forwarded-Uri: /',
      'Content-Type: text/plain',
    ],
  },
  {
    name: 'follows a POST over HTTP/2, without its body',
    policy: policyOf('follow'),
    send: ['POST / HTTP/2'],
    body: 'hello',
    http2: true,
    receives: asked('POST', noContent),
  },
];
