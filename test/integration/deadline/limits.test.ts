import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { denial } from '../harness/denial';
import { startAuthServer, type AuthServer } from '../harness/auth-server';
import { send } from '../harness/client';
import { startEdge } from '../harness/edge';
import { leastMs } from '../harness/in-time';
import { silent } from '../harness/misbehaviour';
import { PROTECTED, startOrigin, type Origin } from '../harness/origin';
import { runtimes } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import { TEST_HOST } from '../harness/test-host';
import { serversOf } from './servers';
import { startStoppedListener, type StoppedListener } from './stopped-listener';

const cases = runtimes.flatMap((runtime) =>
  (['hop', 'inline'] as const).map((wiring) => ({ name: runtime.name, runtime, wiring })),
);

describe.each(cases)('the limits of a deadline, $wiring, on $name', ({ runtime, wiring }) => {
  let origin: Origin;
  let quick: AuthServer;
  let mute: AuthServer;
  let full: StoppedListener;
  let edge: Edge;
  const ask = (domain: string) => send({ port: edge.port(), path: '/x', headers: { host: domain } });

  beforeAll(async () => {
    [origin, quick, mute] = await Promise.all([startOrigin(), startAuthServer(), startAuthServer()]);
    mute.misbehave(silent());
    quick.answer({ status: 403, headers: { 'content-length': 0 } });
    full = await startStoppedListener({ isFull: true });
    const remote = (auth_server: string, more: object) => ({ remote_auth: { auth_server, ...more } });
    const policies: Record<string, object> = {
      'ms1.test': remote(mute.url, { timeout_ms: 1 }),
      'ms5.test': remote(mute.url, { timeout_ms: 5 }),
      'ms5-open.test': remote(mute.url, { timeout_ms: 5, timeout_action: 'allow' }),
      'ms30000.test': remote(quick.url, { timeout_ms: 30_000 }),
      'throttle.test': remote(mute.url, { timeout_ms: 50, failure_action: { throttle: '64k' } }),
      'connect.test': remote(`http://${TEST_HOST}:${full.port}`, { timeout_ms: 1_500 }),
      'flood.test': remote(quick.url, { timeout_ms: 30_000, timeout_action: 'allow', other_status: 'allow' }),
    };
    const conf = path.join(__dirname, 'nginx.conf');
    const vars = { SERVERS: serversOf(Object.keys(policies), origin.url) };
    edge = await startEdge({ runtime, wiring, conf, policies, vars });
    await ask('ms30000.test');
  });
  beforeEach(async () => {
    origin.clear();
    await edge.mark();
  });
  afterAll(async () => {
    await edge?.stop();
    full?.stop();
    await Promise.all([origin?.stop(), quick?.stop(), mute?.stop()]);
  });

  test.each([
    ['ms1.test', 403, 'deny'],
    ['ms5.test', 403, 'deny'],
    ['ms5-open.test', 200, 'allow'],
    ['throttle.test', 403, 'deny'],
  ])('%s answers %i after its timeout', async (domain, status, decision) => {
    const reply = await ask(domain);
    expect(reply.status).toBe(status);
    expect(reply.body.includes(PROTECTED)).toBe(decision === 'allow');
    expect(await edge.accessLog(1)).toMatchObject([{ decision, reason: 'timeout' }]);
    expect(origin.requests).toHaveLength(decision === 'allow' ? 1 : 0);
    expect((await edge.errors()).filter((line) => !/upstream timed out/.test(line))).toEqual([]);
    expect(await leastMs(250, reply, () => ask(domain))).toBeLessThan(250);
  });

  test('a timeout of 30 s waits for nobody who answers at once', async () => {
    expect((await ask('ms30000.test')).status).toBe(403);
    const { stdout } = await edge.exec(
      'cat /etc/nginx/edge-auth/http.conf /etc/nginx/edge-auth/*/ms30000.test.conf',
    );
    expect(stdout.match(/proxy_(?:connect|send|read)_timeout +30000ms;/g)?.length).toBeGreaterThanOrEqual(3);
    // The edge waits longer, so that the decider says it.
    expect(stdout.match(/proxy_(?:connect|send|read)_timeout +30250ms;/g) ?? []).toHaveLength(
      wiring === 'hop' ? 3 : 0,
    );
    expect(await edge.errors()).toEqual([]);
  });

  // A connection that the backlog dropped is tried again by the kernel after 1 s.
  test('connecting counts: whole at the edge of the hop, apart in the decider and in the inline wiring', async () => {
    const asked = ask('connect.test');
    await sleep(500);
    full.resume();
    const reply = await asked;
    expect(reply).toMatchObject(denial());
    const [line] = await edge.accessLog(1);
    expect(line).toMatchObject({ decision: 'deny' });
    // A decider that has connected meanwhile waits again, longer than the edge.
    expect(wiring === 'hop' ? ['timeout', 'decider_error'] : ['timeout']).toContain(line?.['reason']);
    expect(reply.ms).toBeGreaterThan(1_450);
    expect(reply.ms).toBeLessThan(wiring === 'hop' ? 2_200 : 3_300);
  });

  test('nine hundred questions at the same moment open nothing', async () => {
    const count = 900;
    const head = 'GET /x HTTP/1.1\r\nHost: flood.test\r\nConnection: close\r\n\r\n';
    const sockets = Array.from({ length: count }, () => net.connect(edge.port(), 'localhost'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const texts = sockets.map(async (socket) => {
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
      // One that nginx has no connection left for is closed: that is no answer, and no leak.
      await new Promise((resolve) => socket.on('error', () => {}).on('close', resolve));
      return text;
    });
    // The worker sleeps until all have come, so that it meets them at once: more than nginx's default queue of 511 holds.
    const [pid] = await edge.workerPids();
    await sleep(200);
    await edge.exec(`kill -STOP ${pid}`);
    for (const socket of sockets) socket.write(head);
    await sleep(200);
    await edge.exec(`kill -CONT ${pid}`);
    const answers = await Promise.all(texts);

    const lines = await edge.accessLog(count);
    const allowed = lines.filter(({ decision }) => decision !== 'deny' && decision !== '');
    expect([...new Set(allowed.map(({ decision, reason }) => `${decision} ${reason}`))]).toEqual([]);
    expect(answers.some((text) => text.includes(PROTECTED))).toBe(false);
    expect(answers.filter((text) => text.startsWith('HTTP/1.1 403 ')).length).toBeGreaterThan(100);
    expect(origin.requests).toEqual([]);
  });
});
