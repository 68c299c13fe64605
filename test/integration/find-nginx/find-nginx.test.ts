import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describeFound, mayBe } from '../../../src/conf/edge-facts';
import type { Release } from '../../../src/conf/options';
import { send } from '../harness/client';
import { startEdge } from '../harness/edge';
import { repositoryRoot, runtimes } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';

/** Asked as root and as somebody who may write nothing: what they may do to an edge is not the same. */
const users = ['root', 'nobody'];
const TEMPORARY = 'stat -c "%n %U %Y" /var/lib/nginx /var/lib/nginx/* /run/nginx.pid; ls -A /run';

describe.each(runtimes)('render finds out what $name has', (runtime) => {
  let edge: Edge;
  let shared: string;
  let server: Server;
  const asked: string[][] = [];
  let user = 'root';

  beforeAll(async () => {
    // A folder that has one path here and in the container, as docker exec needs it.
    shared = await mkdtemp(path.join(os.tmpdir(), 'edge-auth-shared-'));
    await chmod(shared, 0o755);
    await mkdir(path.join(shared, 'policies'));
    for (const [domain, policy] of Object.entries({
      'a.example.com': { remote_auth: { auth_server: 'http://127.0.0.1:81/auth' } },
      'b.example.com': { url_signing: { type: 'A', key1: 'find-nginx-key-1' } },
    }))
      await writeFile(path.join(shared, 'policies', `${domain}.json`), JSON.stringify(policy));
    edge = await startEdge({
      runtime,
      conf: path.join(__dirname, 'nginx.conf'),
      binds: [{ source: shared, target: shared }],
    });
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString()));
      request.on('end', () => {
        const args = JSON.parse(body) as string[];
        asked.push(args);
        void edge
          .exec(['runuser', '-u', user, '--', 'nginx', ...args])
          .then((result) => response.end(JSON.stringify(result)));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    server?.close();
    await edge?.stop();
    await rm(shared, { recursive: true, force: true });
  });

  const render = (...args: string[]): Promise<string> => {
    const { port } = server.address() as AddressInfo;
    const nginx = `node ${path.join(__dirname, 'run-nginx.mjs')} ${port}`;
    const cli = path.join(repositoryRoot, 'dist/cli.js');
    const folders = ['--policies', path.join(shared, 'policies'), '--out', path.join(shared, 'out')];
    const env = { ...process.env, TMPDIR: shared };
    return new Promise((resolve, reject) => {
      execFile(
        process.execPath,
        [cli, 'render', ...folders, '--nginx', nginx, ...args],
        { env },
        (error, _out, stderr) => (error ? reject(new Error(stderr)) : resolve(stderr)),
      );
    });
  };
  const head = async () => (await readFile(path.join(shared, 'out/http.conf'), 'utf8')).split('\n')[0]!;
  const actual = runtime.njsVersion.split('.').map(Number) as Release;

  test.each(users)('asked as %s, without a trace on the edge', async (name) => {
    user = name;
    asked.length = 0;
    const before = (await edge.exec(TEMPORARY)).stdout;
    const pids = await edge.workerPids();
    expect(await render()).toBe('');
    const [, nginx, njs] = / for nginx (\S+), njs (\S+) or later \(found by nginx -t\):/.exec(await head())!;
    expect(nginx).toBe(runtime.nginxVersion);
    const found = njs!.split('.').map(Number) as Release;
    expect({
      njs: runtime.njsVersion,
      isIn: describeFound(found),
      mayBe: mayBe(actual, found),
    }).toMatchObject({ mayBe: true });
    // As fine as the conf needs it: the releases of the three Debians are told apart.
    expect(njs).toBe(runtime.njsVersion.startsWith('1.') ? '0.9.9' : runtime.njsVersion);
    expect(asked.map(([verb]) => verb)).toEqual(['-V', ...asked.slice(2).map(() => '-t'), '-T']);
    expect((await edge.exec(TEMPORARY)).stdout).toBe(before);
    expect(await edge.workerPids()).toEqual(pids);
    expect((await send({ port: edge.port(), path: '/' })).body).toBe('still here\n');
    expect(await edge.errors()).toEqual([]);
    expect((await readdir(shared)).sort()).toEqual(['out', 'policies']);
  });

  test('and nginx takes what is rendered for it', async () => {
    user = 'root';
    await render();
    const lines = (await readdir(path.join(shared, 'out/servers'))).map(
      (file, i) => `server { listen 808${i}; include ${shared}/out/servers/${file}; }`,
    );
    await edge.putFile(
      '/tmp/found.conf',
      `load_module modules/ngx_http_js_module.so;\npid /tmp/found.pid;\nevents {}\nhttp { include ${shared}/out/http.conf; ${lines.join('\n')} }\n`,
    );
    const { exitCode, output } = await edge.exec(['nginx', '-t', '-c', '/tmp/found.conf']);
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  });

  test('and says where --njs-version is another', async () => {
    user = 'nobody';
    expect(await render('--njs-version', runtime.njsVersion)).toBe('');
    const other = runtime.njsVersion.startsWith('0.8') ? '1.0.0' : '0.8.9';
    expect(await render('--njs-version', other)).toContain(`--njs-version ${other} is not what nginx has`);
  });

  test('and that the folder has to be one that nginx sees', async () => {
    user = 'root';
    const hidden = await mkdtemp(path.join(os.tmpdir(), 'edge-auth-hidden-'));
    const kept = shared;
    try {
      // The policies are still found; what nginx is shown lies where the container has nothing.
      const { port } = server.address() as AddressInfo;
      const args = ['render', '--policies', path.join(kept, 'policies'), '--out', path.join(kept, 'out')];
      const nginx = `node ${path.join(__dirname, 'run-nginx.mjs')} ${port}`;
      const stderr = await new Promise<string>((resolve) =>
        execFile(
          process.execPath,
          [path.join(repositoryRoot, 'dist/cli.js'), ...args, '--nginx', nginx],
          { env: { ...process.env, TMPDIR: hidden } },
          (_error, _out, said) => resolve(said),
        ),
      );
      expect(stderr).toMatch(
        /expected an nginx with njs behind --nginx, received: open\(\) "\S*nginx\.conf" failed/,
      );
    } finally {
      await rm(hidden, { recursive: true, force: true });
    }
  });
});
