import net, { type Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAuthServer, type AuthServer } from '../harness/auth-server';
import { send } from '../harness/client';
import { startEdge } from '../harness/edge';
import { listen } from '../harness/listening';
import { PROTECTED, startOrigin, type Origin } from '../harness/origin';
import { runtimes } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import { TEST_HOST } from '../harness/test-host';
import { load, type Seen } from './load';
import { serversOf } from './servers';

const DENIED = 451;
const cases = runtimes.flatMap((runtime) =>
  (['hop', 'inline'] as const).map((wiring) => ({ name: runtime.name, runtime, wiring })),
);
/** By which ways an auth server that is being restarted gives no answer. */
const unanswered = /^(?:unreachable|closed|timeout|invalid_answer|decider_error)$/;
const isProtected = ({ body }: Seen) => body.includes(PROTECTED);

describe.each(cases)('an edge under way, $wiring, on $name', ({ runtime, wiring }) => {
  let auth: AuthServer;
  let origin: Origin;
  let edge: Edge;
  let policies: Record<string, object>;
  const held = new Set<Socket>();
  const holding = net.createServer((socket) => {
    held.add(socket);
    socket
      .on('error', () => {})
      .on('close', () => held.delete(socket))
      .resume();
  });
  const get = (host: string) => send({ port: edge.port(), path: '/x', headers: { host } });

  beforeAll(async () => {
    [auth, origin] = await Promise.all([startAuthServer(), startOrigin()]);
    auth.answer(({ url }) => ({
      status: url.startsWith('/yes') ? 200 : 403,
      headers: { 'content-length': 0 },
    }));
    const remote = (authServer: string, more: object = {}) => ({
      remote_auth: { auth_server: authServer, timeout_ms: 5_000, failure_action: { deny: DENIED }, ...more },
    });
    policies = {
      'yes.test': remote(`${auth.url}/yes`),
      'no.test': remote(`${auth.url}/no`),
      'open.test': remote(`${auth.url}/no`, { timeout_action: 'allow' }),
      'silent.test': remote(`http://${TEST_HOST}:${await listen(holding)}`, { timeout_ms: 500 }),
    };
    const vars = { SERVERS: serversOf(Object.keys(policies), origin.url) };
    edge = await startEdge({ runtime, wiring, conf: path.join(__dirname, 'nginx.conf'), policies, vars });
  });
  beforeEach(async () => {
    auth.clear();
    origin.clear();
    await edge.mark();
  });
  afterEach(async () => {
    expect(await edge.rawErrorLog()).not.toMatch(/\[(?:alert|emerg)\]|exited on signal/);
  });
  afterAll(async () => {
    await edge?.stop();
    for (const socket of held) socket.destroy();
    holding.close();
    await Promise.all([auth?.stop(), origin?.stop()]);
  });

  test('a client that leaves while the question is pending leaves nothing behind', async () => {
    const head = 'GET /x HTTP/1.1\r\nHost: silent.test\r\n\r\n';
    for (let i = 0; i < 20; i++) {
      const socket = net.connect(edge.port(), 'localhost').on('error', () => {});
      socket.write(head);
      await sleep(5 + i);
      if (i % 2) socket.resetAndDestroy();
      else socket.destroy();
    }
    for (const end = Date.now() + 10_000; held.size > 0 && Date.now() < end;) await sleep(20);
    expect(held.size).toBe(0);
    expect(origin.requests).toEqual([]);
    expect((await get('yes.test')).status).toBe(200);
    // A port mapping may hide a departure from nginx; then the deadline ends the question, and nginx says so.
    expect((await edge.errors()).filter((line) => !/upstream timed out/.test(line))).toEqual([]);
  });

  test('reloads fail no request and open no door', async () => {
    const seen: (Seen & { failed?: string })[] = [];
    let isOver = false;
    const lane = async (host: string) => {
      while (!isOver) {
        const reply = await get(host).catch((error: Error) => ({
          status: 0,
          body: '',
          failed: error.message,
        }));
        seen.push({ host, ...reply });
      }
    };
    const lanes = ['yes.test', 'no.test', 'open.test', 'yes.test'].map(lane);
    for (let i = 0; i < 4; i++) await edge.reload();
    isOver = true;
    await Promise.all(lanes);
    expect(seen.length).toBeGreaterThan(40);
    expect(seen.filter(({ host, status }) => status !== (host === 'yes.test' ? 200 : DENIED))).toEqual([]);
    expect(seen.filter((one) => isProtected(one) !== (one.host === 'yes.test'))).toEqual([]);
    // A worker that ends closes its idle connections of the hop; nginx says so where one was just being reused, and takes another.
    const reused =
      /(?:recv\(\) failed|prematurely closed connection|writev\(\) failed).* upstream: "http:\/\/unix:\/run\/edge-auth\.sock/;
    expect((await edge.errors()).filter((line) => !reused.test(line))).toEqual([]);
  });

  test('a restart of the auth server under load opens only what timeout_action says', async () => {
    const hosts = ['yes.test', 'no.test', 'open.test'];
    const running = load({ port: edge.port(), hosts, requests: 2_000, concurrency: 12 });
    for (let i = 0; i < 3; i++) {
      await sleep(100);
      await auth.stop();
      await sleep(60);
      await auth.restart();
    }
    const seen = await running;
    const log = await edge.accessLog(2_000);
    expect(log).toHaveLength(2_000);
    expect(seen.filter(({ status }) => status !== 200 && status !== DENIED)).toEqual([]);
    expect(seen.filter((one) => isProtected(one) !== (one.status === 200))).toEqual([]);
    expect(seen.filter(({ host, status }) => host === 'no.test' && status === 200)).toEqual([]);
    const wrong = log.filter(({ host, decision, reason = '' }) => {
      const normal = host === 'yes.test' ? 'allow success_status' : 'deny failure_status';
      const failing = host === 'open.test' && reason !== 'decider_error' ? 'allow' : 'deny';
      return `${decision} ${reason}` !== normal && !(decision === failing && unanswered.test(reason));
    });
    expect(wrong).toEqual([]);
    expect(log.some(({ reason = '' }) => unanswered.test(reason))).toBe(true);
    for (const host of hosts) expect((await get(host)).status).toBe(host === 'yes.test' ? 200 : DENIED);
  });

  test('a policy that changed takes effect with the next reload', async () => {
    await edge.reload({
      ...policies,
      'yes.test': { remote_auth: { auth_server: `${auth.url}/no`, failure_action: { deny: 499 } } },
    });
    expect((await get('yes.test')).status).toBe(499);
    await edge.reload(policies);
    expect((await get('yes.test')).status).toBe(200);
  });

  test('memory does not grow with the requests', async () => {
    const rss = async () => {
      const [pid] = await edge.workerPids();
      return Number((await edge.exec(`grep VmRSS /proc/${pid}/status`)).stdout.replace(/\D/g, ''));
    };
    const body = Buffer.alloc(4_096, 'x');
    const send = (requests: number) =>
      load({ port: edge.port(), hosts: ['yes.test', 'no.test'], requests, concurrency: 8, body });
    await send(1_000);
    const before = await rss();
    const seen = await send(5_000);
    expect(seen.filter((one) => isProtected(one) !== (one.host === 'yes.test'))).toEqual([]);
    expect((await rss()) - before).toBeLessThan(4_096);
    expect(await edge.errors()).toEqual([]);
  }, 180_000);
});
