import { setTimeout as sleep } from 'node:timers/promises';
import { startAuthServer, type AuthServer } from '../harness/auth-server';
import { send } from '../harness/client';
import { startOrigin, type Origin } from '../harness/origin';
import { EDGE_PREFIX } from '../harness/render';
import { runtimes } from '../harness/runtimes';
import { serversOf } from '../lifecycle/servers';
import { WatchedEdge } from './watched-edge';

const CA = '/etc/nginx/auth-ca.pem';

describe.each(runtimes)('edge-auth watch beside $name', (runtime) => {
  let yes: AuthServer;
  let no: AuthServer;
  let origin: Origin;
  let watched: WatchedEdge;
  const policy = (server: AuthServer, more: object = {}) => ({
    remote_auth: { auth_server: server.url, timeout_ms: 5_000, failure_action: { deny: 451 }, ...more },
  });
  const broken = { remote_auth: { auth_server: 'https://127.0.0.1:9/', tls: { ca_file: CA } } };
  const status = async (host = 'a.test') =>
    (await send({ port: watched.edge.port(), path: '/x', headers: { host } })).status;
  const becomes = async (expected: number) => {
    const end = Date.now() + 10_000;
    while ((await status()) !== expected) {
      if (Date.now() > end) throw new Error(`expected ${expected} in the end, received ${await status()}`);
      await sleep(20);
    }
  };
  // Not by its answers alone: for an instant after a reload the workers of the conf before it answer, too.
  const goesLive = async (server: AuthServer, expected: number) => {
    watched.output = '';
    watched.put('a.test', policy(server));
    await watched.says(/a\.test\.json changed: .*reloaded\n/);
    await becomes(expected);
  };
  const startNginx = () =>
    watched.edge.exec(
      'nginx; code=$?; for i in $(seq 200); do test -s /run/nginx.pid && break; sleep 0.1; done; exit $code',
    );
  // By its process: nginx -s reads the conf before it sends a signal.
  const stopNginx = () =>
    watched.edge.exec(
      'kill $(cat /run/nginx.pid); for i in $(seq 200); do test -e /run/nginx.pid || break; sleep 0.1; done',
    );

  beforeAll(async () => {
    [yes, no, origin] = await Promise.all([startAuthServer(), startAuthServer(), startOrigin()]);
    yes.answer({ status: 200 });
    no.answer({ status: 403 });
    watched = new WatchedEdge(runtime);
    watched.put('a.test', policy(yes));
    watched.put('other.test', policy(no));
    await watched.start(serversOf(['a.test', 'other.test'], origin.url));
  });
  beforeEach(() => {
    watched.output = '';
  });
  afterAll(async () => {
    await watched?.stop();
    await Promise.all([yes?.stop(), no?.stop(), origin?.stop()]);
  });

  test('a policy that names another auth server goes live without a refused or an open request', async () => {
    expect([await status(), await status('other.test')]).toEqual([200, 451]);
    const seen: number[] = [];
    let isOver = false;
    const asking = (async () => {
      while (!isOver) seen.push(await status('other.test'));
    })();
    watched.put('a.test', policy(no));
    await becomes(451);
    await watched.says(/a\.test\.json changed: 1 conf file changed, tested and reloaded\n/);
    // Notices of nginx are nobody's concern.
    expect(watched.output).not.toContain('[notice]');
    await goesLive(yes, 200);
    isOver = true;
    await asking;
    expect(new Set(seen)).toEqual(new Set([451]));
  });

  test('a policy that nginx refuses changes nothing, a restart included, and goes live when it is mended', async () => {
    watched.put('a.test', broken);
    await watched.says(/test failed/);
    expect(watched.output).toMatch(/a\.test\.json changed: the old conf stays: .* ended with 1\n/);
    expect(watched.output).toMatch(new RegExp(`^ {2}.*\\[emerg\\] .*${CA}`, 'm'));
    expect(await status()).toBe(200);
    await stopNginx();
    expect(await startNginx()).toMatchObject({ exitCode: 0 });
    expect(await status()).toBe(200);
    await goesLive(no, 451);
    await goesLive(yes, 200);
  });

  test('a policy that is removed while nginx still includes it keeps its conf', async () => {
    watched.put('gone.test', policy(yes));
    await watched.says(/gone\.test\.json new: .*reloaded/);
    expect(await status()).toBe(200);
    // The server of a.test is still there.
    watched.remove('a.test');
    await watched.says(/a\.test\.json gone: the old conf stays: [^]*\[emerg\] .*a\.test\.conf/);
    expect(await status()).toBe(200);
    watched.put('a.test', policy(yes));
    watched.remove('gone.test');
    await watched.says(/gone\.test\.json gone.*: .*reloaded/);
  });

  test('killed while an untested conf lies there: the line before the start of nginx, or the next watch, puts back the tested one', async () => {
    let begun = false;
    watched.beforeTest = () => {
      begun = true;
      return sleep(30_000, undefined, { ref: false });
    };
    watched.put('a.test', broken);
    while (!begun) await sleep(10);
    await watched.kill('SIGKILL');
    expect(await status()).toBe(200);
    await stopNginx();
    const refused = await startNginx();
    expect(refused.exitCode).not.toBe(0);
    expect(refused.output).toContain(CA);
    const state = `${EDGE_PREFIX}/.watch`;
    expect((await watched.edge.exec(`cp -PfT ${state}/tested ${state}/current`)).exitCode).toBe(0);
    expect(await startNginx()).toMatchObject({ exitCode: 0 });
    expect(await status()).toBe(200);
    watched.beforeTest = () => Promise.resolve();
    await watched.watch();
    expect(watched.output).toContain('start: the old conf stays');
    await goesLive(no, 451);
    expect(await watched.kill('SIGTERM')).toBe(0);
  });
});
