// A denied request gets the policy's status, whatever its size, and is not invited to send its body first.
import { startAuthServer, type AuthServer } from '../harness/auth-server';
import { send, sendHttp2, type ClientReply } from '../harness/client';
import { denialBody, ofNginx } from '../harness/denial';
import { PROTECTED, startOrigin, type Origin } from '../harness/origin';
import { exchange } from '../harness/raw-client';
import { hostOf, kinds, startDenyingEdge, statuses, type DenyingEdge } from './edges';

const SIZE = 3 * 1024 * 1024;
const body = Buffer.alloc(SIZE, 'x');

async function* inPieces(): AsyncGenerator<Buffer> {
  for (let i = 0; i < SIZE; i += 100_000) yield await Promise.resolve(body.subarray(i, i + 100_000));
}

describe.each(kinds)('a denied request on $name', (kind) => {
  let auth: AuthServer;
  let origin: Origin;
  let started: DenyingEdge;

  beforeAll(async () => {
    [auth, origin] = await Promise.all([startAuthServer(), startOrigin()]);
    started = await startDenyingEdge(kind, auth, origin);
  });
  beforeEach(() => {
    auth.answer({ status: 403, body: PROTECTED }).clear();
    origin.clear();
  });
  afterAll(async () => {
    await started?.stop();
    await Promise.all([auth?.stop(), origin?.stop()]);
  });

  type Way = 'GET' | 'HEAD' | 'POST with a length' | 'PUT chunked' | 'POST over HTTP/2';
  const ways: Way[] = ['GET', 'HEAD', 'POST with a length', 'PUT chunked', 'POST over HTTP/2'];
  function ask(host: string, way: Way, path = '/x'): Promise<ClientReply> {
    const request = { port: started.port, path, headers: { host } };
    if (way === 'GET' || way === 'HEAD') return send({ ...request, method: way });
    if (way === 'POST with a length') return send({ ...request, method: 'POST', body });
    if (way === 'PUT chunked') return send({ ...request, method: 'PUT', body: inPieces() });
    return sendHttp2({ ...request, port: started.http2Port, method: 'POST', body });
  }
  const head = (host: string, method: string, ...lines: string[]) =>
    [`${method} /x HTTP/1.1`, `Host: ${host}`, 'Expect: 100-continue', ...lines, '', ''].join('\r\n');

  describe.each(['remote', 'signed'] as const)('%s', (half) => {
    const asked = half === 'remote' ? 1 : 0;
    // 401 leads to the page of the test's conf, see below.
    test.each(statuses.filter((status) => status !== 401))('%d, in every way of asking', async (status) => {
      for (const way of ways) {
        auth.clear();
        const reply = await ask(hostOf(half, status), way);
        const expected = way === 'HEAD' ? '' : denialBody(status);
        expect({ way, status: reply.status, body: reply.body }).toEqual({ way, status, body: expected });
        expect(auth.requests.map((request) => request.body.length)).toEqual(Array(asked).fill(0));
        expect(origin.requests).toEqual([]);
      }
    });

    test.each(statuses.filter((status) => status !== 401 && !ofNginx.includes(status)))(
      '%d comes at once where the client waits for 100 Continue, and instead of it',
      async (status) => {
        for (const line of [`Content-Length: ${SIZE}`, 'Transfer-Encoding: chunked'])
          for (const method of ['POST', 'PUT']) {
            const { text } = await exchange(started.port, head(hostOf(half, status), method, line), {
              idleMs: 100,
            });
            expect(text.slice(0, 13)).toBe(`HTTP/1.1 ${status} `);
            expect(text).not.toContain('100 Continue');
          }
        expect(origin.requests).toEqual([]);
      },
    );

    test('444 closes the connection without a byte', async () => {
      const host = hostOf(half, 444);
      const asks = [
        `GET /x HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
        head(host, 'POST', `Content-Length: ${SIZE}`),
      ];
      for (const bytes of asks)
        expect(await exchange(started.port, bytes)).toMatchObject({ text: '', closed: true });
      await expect(ask(host, 'POST over HTTP/2')).rejects.toThrow();
      expect(origin.requests).toEqual([]);
    });
  });

  test("the operator's headers are on a denial with 403 by the auth server, as with plain auth_request", async () => {
    const reply = await ask(hostOf('remote', 403), 'GET', '/cors/x');
    expect(reply).toMatchObject({ status: 403, headers: { 'access-control-allow-origin': '*' } });
    expect(reply.headers).not.toHaveProperty('x-server-level');
  });

  test.each([
    ['remote', 401],
    ['signed', 401],
  ] as const)(
    "%s, %d: the operator's error_page of the server leads to the login where it is recursive",
    async (half, status) => {
      const reply = await ask(hostOf(half, status), 'GET', '/x');
      expect([reply.status, reply.headers['location']]).toEqual([302, 'https://login.example.net/?rd=/x']);
    },
  );

  test("an error_page of the operator's location has a denial with 403", async () => {
    const reply = await ask(hostOf('remote', 403), 'GET', '/own-page/x');
    expect([reply.status, reply.body]).toEqual([200, 'the page of deny failure_status']);
  });

  test.each([403, 451])(
    "a 403 that is the origin's own stays what it is where denials are %d",
    async (status) => {
      auth.answer({ status: 200 });
      const reply = await ask(hostOf('remote', status), 'GET', '/folder/');
      expect([reply.status, reply.body]).toEqual([404, expect.stringContaining('404 Not Found')]);
    },
  );

  test('nothing else is in the error log', async () => {
    const expected = /open\(\) "|is not found|"\/var\/empty\/folder\/(?:index\.html)?" /;
    const errors = (await started.edge.errors()).filter((line) => !expected.test(line));
    expect(errors).toEqual([]);
  });
});
