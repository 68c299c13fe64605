import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAuthServer, type AuthServer } from '../harness/auth-server';
import { send } from '../harness/client';
import { startEdge } from '../harness/edge';
import { startOrigin, type Origin } from '../harness/origin';
import { repositoryRoot, runtimes } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import { serversOf } from './servers';

// A copy of the build, so that a build in the meantime does not change what is compared. It needs the packages beside it.
const built = mkdtempSync(path.join(repositoryRoot, '.cache/lifecycle-'));
cpSync(path.join(repositoryRoot, 'dist'), built, { recursive: true });
afterAll(() => rmSync(built, { recursive: true, force: true }));
const CLI = path.join(built, 'cli.js');
const policyOf = (port: number, more: object = {}) =>
  JSON.stringify({ remote_auth: { auth_server: `http://127.0.0.1:${port}/`, ...more } });

/** Every file below a folder, with its bytes. */
function snapshot(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(path.join(folder, name)).isFile(),
  );
  return Object.fromEntries(
    files.sort().map((name) => [name, readFileSync(path.join(folder, name), 'latin1')]),
  );
}

describe('render over an older render', () => {
  let work: string;
  let policies: string;
  let out: string;
  const args = () => [
    CLI,
    'render',
    '--policies',
    policies,
    '--out',
    out,
    '--prefix',
    '/etc/nginx/edge-auth',
  ];
  const render = (options = {}) => spawnSync(process.execPath, args(), { encoding: 'utf8', ...options });

  beforeEach(() => {
    work = mkdtempSync(path.join(os.tmpdir(), 'edge-auth-lifecycle-'));
    chmodSync(work, 0o755);
    policies = path.join(work, 'policies');
    out = path.join(work, 'out');
    mkdirSync(policies);
    for (let i = 0; i < 30; i++) writeFileSync(path.join(policies, `d${i}.test.json`), policyOf(8000));
    expect(render().status).toBe(0);
  });
  afterEach(() => rmSync(work, { recursive: true, force: true }));

  test('a broken policy is refused with every problem, and the old conf stays to the byte', () => {
    const before = snapshot(out);
    writeFileSync(path.join(policies, 'd1.test.json'), policyOf(9000)); // A good one beside the broken ones.
    writeFileSync(
      path.join(policies, 'd2.test.json'),
      policyOf(9000, { timeout_ms: 0, other_status: 'maybe' }),
    );
    writeFileSync(path.join(policies, 'd3.test.json'), '{"remote_auth":');
    writeFileSync(path.join(policies, 'd4.test.json'), policyOf(9000, { timout_ms: 5 }));
    const { status, stderr } = render();
    expect(status).toBe(1);
    expect(stderr).toMatch(/d2\.test\.json: \/remote_auth\/timeout_ms: expected .*, received 0/);
    expect(stderr).toMatch(/d2\.test\.json: \/remote_auth\/other_status: expected .*, received "maybe"/);
    expect(stderr).toMatch(/d3\.test\.json/);
    expect(stderr).toMatch(/d4\.test\.json: .*timeout_ms/);
    expect(snapshot(out)).toEqual(before);
  });

  test('a folder that cannot be written leaves the old files whole', () => {
    const before = snapshot(out);
    for (let i = 0; i < 30; i++) writeFileSync(path.join(policies, `d${i}.test.json`), policyOf(9000));
    // A folder where a temporary file is to be renamed to cannot be met by root's rights either: a file in the folder's place.
    rmSync(path.join(out, 'servers'), { recursive: true });
    writeFileSync(path.join(out, 'servers'), 'not a folder');
    const { status, stderr } = render();
    expect(status).not.toBe(0);
    expect(stderr).not.toBe('');
    const after = snapshot(out);
    for (const name of Object.keys(after).filter((name) => name !== 'servers'))
      expect(after[name]).toBe(before[name]);
  });

  test('a render that is killed leaves each file whole, old or new', async () => {
    const before = snapshot(out);
    for (let i = 0; i < 30; i++)
      writeFileSync(path.join(policies, `d${i}.test.json`), policyOf(9000, { timeout_ms: 7 }));
    const started = performance.now();
    const reference = path.join(work, 'reference');
    const whole = spawnSync(process.execPath, [
      CLI,
      'render',
      '--policies',
      policies,
      '--out',
      reference,
      '--prefix',
      '/etc/nginx/edge-auth',
    ]);
    expect(whole.status).toBe(0);
    const took = performance.now() - started;
    const after = snapshot(reference);
    for (const share of [0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]) {
      const child = spawn(process.execPath, args(), { stdio: 'ignore' });
      await sleep(took * share);
      child.kill('SIGKILL');
      const now = snapshot(out);
      const names = Object.keys(now).filter((name) => !path.basename(name).endsWith('.tmp'));
      expect(names.sort()).toEqual(Object.keys(before));
      for (const name of names) expect([before[name], after[name]]).toContain(now[name]);
    }
    // The next one finishes what they began.
    expect(render().status).toBe(0);
    expect(
      Object.fromEntries(Object.entries(snapshot(out)).filter(([name]) => !name.endsWith('.tmp'))),
    ).toEqual(after);
  });

  test('what a killed render left lying about goes with a later one', () => {
    const hourAgo = Date.now() / 1000 - 3_600;
    writeFileSync(path.join(out, 'servers', '.4711.3.tmp'), 'half');
    utimesSync(path.join(out, 'servers', '.4711.3.tmp'), hourAgo, hourAgo);
    writeFileSync(path.join(out, 'servers', '.4712.3.tmp'), 'of a render that may still be at work');
    expect(render().status).toBe(0);
    expect(Object.keys(snapshot(out)).filter((name) => name.endsWith('.tmp'))).toEqual([
      'servers/.4712.3.tmp',
    ]);
  });
});

describe.each(runtimes)('a render that is refused, on $name', (runtime) => {
  let auth: AuthServer;
  let origin: Origin;
  let edge: Edge;

  beforeAll(async () => {
    [auth, origin] = await Promise.all([startAuthServer(), startOrigin()]);
    const policies = { 'a.test': { remote_auth: { auth_server: auth.url } } };
    const vars = { SERVERS: serversOf(['a.test'], origin.url) };
    edge = await startEdge({ runtime, conf: path.join(__dirname, 'nginx.conf'), policies, vars });
  });
  afterAll(async () => {
    await edge?.stop();
    await Promise.all([auth?.stop(), origin?.stop()]);
  });

  test('the edge serves on as before', async () => {
    const get = () => send({ port: edge.port(), headers: { host: 'a.test' } });
    const broken = { 'a.test': { remote_auth: { auth_server: auth.url, success_status: ['999'] } } };
    await expect(edge.reload(broken)).rejects.toThrow(/ended with 1:[^]*success_status/);
    expect((await get()).status).toBe(200);
    auth.answer({ status: 403 });
    expect((await get()).status).toBe(403);
    expect(await edge.errors()).toEqual([]);
  });
});
