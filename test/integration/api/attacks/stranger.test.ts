// Who has no token: on this host, or by a page in an operator's browser.
import { createHash } from 'node:crypto';
import net from 'node:net';
import { sendRaw } from '../../harness/raw-client';
import { send } from '../../harness/client';
import { type ApiEdge, HOST, READ, startApiEdge, WRITE } from '../contract/api-edge';
import { expectQuiet, json, KEY, onAble, policies } from './attack-edge';

const digest = createHash('sha256').update(WRITE).digest('hex');

const authorizations: [string, string][] = [
  ['nothing', ''],
  ['the scheme alone', 'Bearer'],
  ['the beginning of a token', `Bearer ${WRITE.slice(0, -1)}`],
  ['a token and more', `Bearer ${WRITE}0`],
  ['a token in capitals', `Bearer ${WRITE.toUpperCase()}`],
  ['the digest that the conf holds', `Bearer ${digest}`],
  ['the digest with its role', `Bearer write:${digest}`],
  ['two tokens in one', `Bearer ${READ} ${WRITE}`],
  ['a list', `Bearer ${READ}, Bearer ${WRITE}`],
  ['Basic', `Basic ${Buffer.from(`admin:${WRITE}`).toString('base64')}`],
  // CVE-2020-13945, and what else ships with such APIs.
  ["a peer's default key", 'Bearer edd1c9f034335f136f87ad84b625c8f1'],
  ['a common password', 'Bearer changemechangeme'],
  ['a token of the longest length', `Bearer ${'a'.repeat(256)}`],
  ['8,000 characters', `Bearer ${'a'.repeat(8000)}`],
];

/** Where other APIs look as well. */
const elsewhere: [string, Record<string, string>, string][] = [
  ['X-API-KEY', { 'x-api-key': WRITE }, ''],
  ['a cookie', { cookie: `token=${WRITE}; Authorization=Bearer ${WRITE}` }, ''],
  ['Proxy-Authorization', { 'proxy-authorization': `Bearer ${WRITE}` }, ''],
  ['X-Authorization', { 'x-authorization': `Bearer ${WRITE}` }, ''],
  ['Authorization_', { authorization_: `Bearer ${WRITE}` }, ''],
  ['X-Forwarded-For of this host', { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1' }, ''],
  ['the query', {}, `?token=${WRITE}&access_token=${WRITE}`],
];

/** Names that a page can have for 127.0.0.1, or spell so. */
const hosts = [
  'evil.test',
  'evil.test:9181',
  `${HOST}.`,
  `${HOST}:80`,
  `${HOST}:9181`,
  `${HOST}.evil.test`,
  `evil.${HOST}`,
  'localhost',
  'localhost.',
  'localhost.evil.test:9181',
  '127.0.0.1',
  '127.0.0.2:9181',
  '127.0.0.1.nip.io:9181',
  '[::1]:9181',
  '0',
  `${HOST}@evil.test`,
  `${HOST} evil.test`,
  `${HOST},evil.test`,
  '',
];

/** What a page can send without asking first (Fetch: CORS-safelisted). */
const simple = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain; application/json',
];

onAble('a stranger and the API on $name, which needs njs 0.8.0', (runtime) => {
  let api: ApiEdge;
  let files: string[];
  let workers: number[];

  beforeAll(async () => {
    ({ api } = await startApiEdge(runtime, policies));
    [files, workers] = [await api.files(), await api.edge.workerPids()];
  });
  afterAll(() => api?.stop());
  afterEach(async () => expect(await api.files()).toEqual(files));

  const targets = ['/v1/policies', '/v1/policies/signed.test', '/v1/policies/unknown.test', '/nowhere'];

  test.each(authorizations)('with %s for a token learns nothing', async (_name, authorization) => {
    const replies = await Promise.all(
      targets.map((target) => api.ask('GET', target, { headers: { authorization } })),
    );
    const bodies = replies.map(({ status, body }) => [status, body.replace(/"requestId":"[^"]+"/, '')]);
    expect(new Set(bodies.map(String)).size).toBe(1);
    expect(bodies[0]![0]).toBe(401);
    expect(await api.ask('DELETE', '/v1/policies/signed.test', { headers: { authorization } })).toMatchObject(
      { status: 401 },
    );
  });

  test.each(elsewhere)('is not known by %s', async (_name, headers, query) => {
    const reply = await send({
      port: api.apiPort,
      path: `/v1/policies${query}`,
      headers: { host: HOST, ...headers },
    });
    expect(reply.status).toBe(401);
  });

  test.each(hosts)('under the Host "%s" gets nothing, whatever token there is', async (host) => {
    const head = `GET /v1/policies HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${WRITE}\r\n\r\n`;
    const reply = await sendRaw(api.apiPort, head);
    expect([400, 403]).toContain(reply.status);
    expect(reply.body).not.toContain('signed.test');
  });

  test.each(simple)(
    'a page of a browser that sends %s changes nothing, and is told of no other way',
    async (type) => {
      const origin = { origin: 'http://evil.test', 'content-type': type };
      const body = JSON.stringify({ url_signing: false });
      const cross = { headers: { ...origin, authorization: '' }, body };
      expect(await api.ask('POST', '/v1/policies/signed.test', cross)).toMatchObject({ status: 401 });
      // Had the page a token, it would still have to ask first.
      const reply = await api.ask('PUT', '/v1/policies/signed.test', { headers: origin, body });
      expect(reply.status).toBe(415);
      expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    },
  );

  test('a preflight is refused', async () => {
    const headers = { origin: 'http://evil.test', 'access-control-request-method': 'PUT', authorization: '' };
    const reply = await api.ask('OPTIONS', '/v1/policies/signed.test', { headers });
    expect(reply.status).toBe(401);
    expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('a request inside the body of another is none', async () => {
    const inner = `DELETE /v1/policies/signed.test HTTP/1.1\r\nHost: ${HOST}\r\nAuthorization: Bearer ${WRITE}\r\n\r\n`;
    const outer = `GET /v1/policies HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`;
    expect(await sendRaw(api.apiPort, outer)).toMatchObject({ status: 401 });
    const chunk = `GET /v1/policies HTTP/1.1\r\nHost: ${HOST}\r\nTransfer-Encoding: chunked\r\n\r\n${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`;
    expect(await sendRaw(api.apiPort, chunk)).toMatchObject({ status: 401 });
  });

  test('the ways to the files of the API lead nowhere on a protected site', async () => {
    for (const target of [
      '/v1/policies',
      '/v1/policies/signed.test',
      '/_edge_auth_api_refused',
      '/.live/signed.test',
    ]) {
      const headers = { host: HOST, authorization: `Bearer ${WRITE}` };
      const reply = await send({ port: api.edge.port(), path: target, headers });
      expect(reply).toMatchObject({ status: 403 });
      expect(reply.body).not.toContain(KEY);
    }
  });

  test('hundreds of connections that send bodies drop by drop do not keep the operator out', async () => {
    const head = `PUT /v1/policies/signed.test HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 60000\r\n\r\n`;
    const sockets = Array.from({ length: 300 }, () => net.connect(api.apiPort, 'localhost'));
    try {
      await Promise.all(
        sockets.map(
          (socket) => new Promise((resolve) => socket.on('error', resolve).once('connect', resolve)),
        ),
      );
      sockets.forEach((socket) => socket.write(head + '{'));
      for (let i = 0; i < 3; i++) {
        sockets.forEach((socket) => socket.write(' '.repeat(1000)));
        expect(await api.ask('GET', '/v1/policies')).toMatchObject({ status: 200 });
        expect(await api.site('/')).toMatchObject({ status: 403 });
      }
    } finally {
      sockets.forEach((socket) => socket.destroy());
    }
  });

  test('the right token comes in, in any case of the scheme', async () => {
    const headers = { authorization: `bEARER  ${READ}`, ...json };
    expect(await api.ask('GET', '/v1/policies', { headers })).toMatchObject({ status: 200 });
  });

  test('nothing of it is an error of the edge', () => expectQuiet(api, workers));
});
