import path from 'node:path';
import { startAuthServer, type AuthServer } from '../harness/auth-server';
import { send } from '../harness/client';
import { startEdge } from '../harness/edge';
import { garbage, rawBytes, closeEarly } from '../harness/misbehaviour';
import { PROTECTED, startOrigin, type Origin } from '../harness/origin';
import { EDGE_PREFIX } from '../harness/render';
import { runtimes } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import { TEST_HOST } from '../harness/test-host';
import { serversOf } from './servers';

const cases = runtimes.flatMap((runtime) =>
  (['hop', 'inline'] as const).map((wiring) => ({ name: runtime.name, runtime, wiring })),
);
const conf = path.join(__dirname, 'nginx.conf');
const denying = ({ url }: AuthServer, more: object = {}) => ({
  remote_auth: { auth_server: url, timeout_ms: 1_000, failure_action: { deny: 451 }, ...more },
});
const opening = (auth: AuthServer) => denying(auth, { timeout_action: 'allow', other_status: 'allow' });

/** Changes a rendered file. */
async function editFile(edge: Edge, file: string, expression: string): Promise<void> {
  const { exitCode, output } = await edge.exec(['sed', '-i', expression, `${EDGE_PREFIX}/${file}`]);
  if (exitCode !== 0) throw new Error(output);
}

describe.each(cases)('broken parts, $wiring, on $name', ({ runtime, wiring }) => {
  let auth: AuthServer;
  let decider: AuthServer;
  let origin: Origin;
  let edge: Edge;
  const get = (host: string) => send({ port: edge.port(), path: '/x', headers: { host } });
  const log = async () => (await edge.accessLog(1)).map(({ decision, reason }) => `${decision} ${reason}`);

  beforeAll(async () => {
    [auth, decider, origin] = await Promise.all([startAuthServer(), startAuthServer(), startOrigin()]);
    const policies: Record<string, object> = {
      'deny.test': denying(auth),
      'allow.test': opening(auth),
      'built.test': denying(auth, { keep_args: ['token'] }),
    };
    const vars = { SERVERS: serversOf(Object.keys(policies), origin.url) };
    edge = await startEdge({ runtime, wiring, conf, policies, vars });
    await edge.exec(`cp -a ${EDGE_PREFIX} /root/rendered`);
  });
  beforeEach(async () => {
    auth.answer({ status: 200 }).clear();
    origin.clear();
    await edge.mark();
  });
  /** Puts back what was rendered; the edge reads it at the next reload. */
  const restore = () => edge.exec(`rm -rf ${EDGE_PREFIX}; cp -a /root/rendered ${EDGE_PREFIX}`);
  afterEach(async () => {
    await restore();
    expect(await edge.rawErrorLog()).not.toMatch(/exited on signal/);
  });
  afterAll(async () => {
    await edge?.stop();
    await Promise.all([auth?.stop(), decider?.stop(), origin?.stop()]);
  });

  const edit = (file: string, expression: string): Promise<void> => editFile(edge, file, expression);

  test('a policy that is removed makes nginx refuse its conf, and the edge goes on', async () => {
    await edge.exec(`rm ${EDGE_PREFIX}/servers/deny.test.conf`);
    const { exitCode, output } = await edge.exec('nginx -t');
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/\[emerg\] .*deny\.test\.conf/);
    auth.answer({ status: 403 });
    expect((await get('deny.test')).status).toBe(451);
  });

  test.each([
    ['is missing', 'rm'],
    ['is half-written', 'truncate -s 700'],
  ])('a bundle that %s makes nginx refuse its conf, and the edge goes on', async (_, command) => {
    await edge.exec(`${command} ${EDGE_PREFIX}/edge_auth.js`);
    expect((await edge.exec('nginx -t')).exitCode).not.toBe(0);
    const before = await edge.workerPids();
    await edge.exec('nginx -s reload');
    expect((await get('deny.test')).status).toBe(200);
    auth.answer({ status: 403 });
    expect((await get('deny.test')).status).toBe(451);
    expect(await edge.workerPids()).toEqual(before);
  });

  test('a bundle that is empty is refused, or opens nothing where QuickJS takes it', async () => {
    await edge.exec(`truncate -s 0 ${EDGE_PREFIX}/edge_auth.js`);
    const { exitCode } = await edge.exec('nginx -t');
    expect(exitCode === 0).toBe(runtime.engine === 'qjs');
    if (exitCode === 0) {
      await edge.reloadAsItIs();
      for (const status of [200, 403, 404]) {
        auth.answer({ status });
        for (const host of ['deny.test', 'allow.test', 'built.test']) {
          // Closing the connection without a word is a denial, too.
          const reply = await get(host).catch(() => ({ status: 500, body: '' }));
          // What nginx itself judges needs no bundle; what JavaScript has a part in denies.
          const isAllowed =
            host !== 'built.test' && (status === 200 || (status === 404 && host === 'allow.test'));
          expect([host, status, reply.status < 400]).toEqual([host, status, isAllowed]);
          expect(reply.body.includes(PROTECTED)).toBe(isAllowed);
        }
      }
      await restore();
      await edge.reloadAsItIs();
    }
    auth.answer({ status: 200 });
    expect((await get('deny.test')).status).toBe(200);
  });

  if (wiring === 'inline') return;

  test('a decider that nobody is denies, whatever timeout_action says: it is a part of the edge', async () => {
    await edit('http.conf', '/upstream edge_auth_decider/,/}/s|unix:[^;]*|unix:/run/nobody.sock|');
    await edge.reloadAsItIs();
    await edge.mark();
    expect((await get('deny.test')).status).toBe(451);
    expect((await get('allow.test')).status).toBe(451);
    expect((await edge.accessLog(2)).map(({ decision, reason }) => `${decision} ${reason}`)).toEqual([
      'deny decider_error',
      'deny decider_error',
    ]);
    expect(auth.requests).toEqual([]);
    expect(
      (await edge.errors()).filter((line) => !/connect\(\) to unix:\/run\/nobody\.sock failed/.test(line)),
    ).toEqual([]);
  });

  let isStranger = false;
  async function pointAtStranger(): Promise<void> {
    if (isStranger) return;
    isStranger = true;
    await edit('http.conf', `/upstream edge_auth_decider/,/}/s|unix:[^;]*|${TEST_HOST}:${decider.port}|`);
    await edge.reloadAsItIs();
  }

  // A 200 is taken at its word: whoever can listen at the decider's socket is trusted.
  test.each([
    ['says 404', { status: 404 }],
    ['says 500', { status: 500 }],
    ['says 302', { status: 302, headers: { location: '/x' } }],
    ['says 502', { status: 502 }],
    ['says 504', { status: 504 }],
    ['closes without a byte', closeEarly()],
    ['sends garbage', garbage()],
    ['sends a status that is none', rawBytes('HTTP/1.1 999999 X\r\n\r\n')],
  ])('a decider that %s opens nothing', async (_, answer) => {
    decider.answer(() => answer);
    await pointAtStranger();
    await edge.mark();
    for (const host of ['deny.test', 'allow.test']) {
      const reply = await get(host);
      expect(reply.status).toBeGreaterThanOrEqual(400);
      expect(reply.body).not.toContain(PROTECTED);
    }
    expect(origin.requests).toEqual([]);
    expect((await log()).filter((line) => line.startsWith('allow'))).toEqual([]);
  });

  // (!) nginx does not remove what a killed one left behind: the service unit or the container's entry point has to.
  test('after kill -9 the socket that is left keeps nginx from starting, and its removal lets it start', async () => {
    await edge.exec(
      'master=$(cat /run/nginx.pid); workers=$(cat /proc/$master/task/$master/children); kill -9 $master; kill -9 $workers; sleep 0.2',
    );
    const refused = await edge.exec('nginx');
    expect(refused.exitCode).not.toBe(0);
    expect(refused.output).toMatch(
      /bind\(\) to unix:\/run\/edge-auth\.sock failed \(98: Address already in use\)/,
    );
    await restore();
    const started = await edge.exec(
      'rm /run/edge-auth.sock; nginx; for i in $(seq 50); do test -s /run/nginx.pid && break; sleep 0.1; done',
    );
    expect(started.exitCode).toBe(0);
    expect((await get('deny.test')).status).toBe(200);
  });
});
