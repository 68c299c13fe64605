import path from 'node:path';
import { slow, startAuthServer, type AuthServer } from '../harness/auth-server';
import { send, sendHttp2 } from '../harness/client';
import { startEdge } from '../harness/edge';
import * as broken from '../harness/misbehaviour';
import { PROTECTED, readEcho, startOrigin, type Origin } from '../harness/origin';
import { OBJECT } from '../harness/origin-object';
import { exchange, sendRaw } from '../harness/raw-client';
import { runtimes } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';

const SCRIPT = 'export default { version: function (r) { r.return(200, njs.version); } };\n';

describe.each(runtimes)('the harness on $name', (runtime) => {
  let auth: AuthServer;
  let origin: Origin;
  let edge: Edge;
  const port = () => edge.port(8081);

  beforeAll(async () => {
    [auth, origin] = await Promise.all([startAuthServer(), startOrigin()]);
    edge = await startEdge({
      runtime,
      conf: path.join(__dirname, 'nginx.conf'),
      vars: { AUTH: auth.url, ORIGIN: origin.url },
      ports: [8080, 8081],
      files: { '/etc/nginx/smoke.js': SCRIPT },
    });
  });
  beforeEach(async () => {
    auth.answer({ status: 200 }).clear();
    origin.clear();
    await edge.mark();
  });
  afterAll(async () => {
    await edge?.stop();
    await Promise.all([auth.stop(), origin.stop()]);
  });

  test('runs the njs version that the set-up step found', async () => {
    expect((await send({ port: port(), path: '/njs' })).body).toBe(runtime.njsVersion);
  });

  test('lets an allowed request through to the origin, unchanged', async () => {
    const reply = await send({ port: port(), method: 'POST', path: '/a%2Fb?x=1', body: 'twelve bytes' });
    expect(reply.status).toBe(200);
    expect(readEcho(reply.body)).toMatchObject({ method: 'POST', url: '/a%2Fb?x=1', bodyLength: 12 });
    expect(auth.requests).toHaveLength(1);
    expect(auth.requests[0]?.rawHead).toMatch(
      /^GET \/auth HTTP\/1\.1\r\nX-Original-Uri: \/a%2Fb\?x=1\r\n[^]*\r\n\r\n$/,
    );
    expect(await edge.accessLog(1)).toEqual([{ uri: '/a%2Fb?x=1', status: '200' }]);
    expect(await edge.errors()).toEqual([]);
  });

  test('gives a denied client no byte of the origin', async () => {
    auth.answer({ status: 403 });
    const reply = await send({ port: port() });
    expect(reply.status).toBe(403);
    expect(reply.body).not.toContain(PROTECTED);
    expect(origin.requests).toEqual([]);
  });

  test.each([
    ['resets the connection', broken.reset(), /Connection reset by peer/],
    ['closes without a byte', broken.closeEarly(), /prematurely closed connection/],
    ['closes in the middle of a header', broken.closeMidHeader(), /prematurely closed connection/],
    ['sends a header without end', broken.endlessHeader(), /too big header/],
    ['sends bytes that are not HTTP', broken.garbage(), /no valid HTTP\/1.0 header/],
  ])('stays closed when the auth server %s', async (_, how, logged) => {
    auth.misbehave(how);
    const reply = await send({ port: port() });
    expect(reply.status).toBe(500);
    expect(reply.body).not.toContain(PROTECTED);
    expect(origin.requests).toEqual([]);
    expect((await edge.rawErrorLog()).match(logged)).not.toBeNull();
  });

  test('waits for an auth server that is silent, slow, or drips', async () => {
    auth.misbehave(broken.silent());
    await expect(sendRaw(port(), 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', { timeoutMs: 300 })).rejects.toThrow(
      'within 300 ms',
    );
    auth.misbehave(broken.drip('header', 10));
    const dripped = await send({ port: port() });
    expect(dripped.ms).toBeGreaterThan(350);
    auth.answer(slow(200, { status: 403 }));
    const late = await send({ port: port() });
    expect(late.status).toBe(403);
    expect(late.ms).toBeGreaterThan(199);
  });

  test('meets a refused port, and the auth server again after its restart', async () => {
    await auth.stop();
    expect((await send({ port: port() })).status).toBe(500);
    expect((await edge.errors()).join('\n')).toMatch(/Connection refused/);
    await auth.restart();
    expect((await send({ port: port() })).status).toBe(200);
  });

  test('speaks HTTP/2, over kept connections to the auth server', async () => {
    const reply = await sendHttp2({
      port: edge.port(8080),
      method: 'PUT',
      headers: { host: 'h2.test' },
      body: 'body',
    });
    expect(reply.status).toBe(200);
    expect(readEcho(reply.body)).toMatchObject({ method: 'PUT', bodyLength: 4 });
  });

  test('sends exact bytes, chunks and duplicate headers', async () => {
    const head = 'POST http://raw.test/%zz HTTP/1.1\r\nHost: raw.test\r\n';
    expect((await sendRaw(port(), `${head}\r\n`)).status).toBe(400);
    const reply = await sendRaw(
      port(),
      'POST /raw HTTP/1.1\r\nHost: raw.test\r\nX-Two: 1\r\nX-Two: 2\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    );
    expect(reply).toMatchObject({ status: 200, closed: false });
    expect(readEcho(reply.body)).toMatchObject({ url: '/raw', bodyLength: 3 });
    const twice = 'GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const { text, closed } = await exchange(port(), twice);
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(closed).toBe(true);
  });

  test('serves ranges and validators of the large object', async () => {
    const part = await send({ port: port(), path: OBJECT.path, headers: { range: 'bytes=10-19' } });
    expect(part.status).toBe(206);
    expect(part.bytes).toEqual(OBJECT.bytes.subarray(10, 20));
    const unchanged = await send({
      port: port(),
      path: OBJECT.path,
      headers: { 'if-none-match': OBJECT.etag },
    });
    expect(unchanged.status).toBe(304);
  });

  test('reloads onto new workers and goes on serving', async () => {
    const before = await edge.workerPids();
    await edge.reload();
    const after = await edge.workerPids();
    expect(after).toHaveLength(before.length);
    expect(after.filter((pid) => before.includes(pid))).toEqual([]);
    expect((await send({ port: port() })).status).toBe(200);
  });
});
