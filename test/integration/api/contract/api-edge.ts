// An edge with the API, its policies in a folder that nginx's workers own.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { send, type ClientReply, type ClientRequest } from '../../harness/client';
import { startEdge } from '../../harness/edge';
import { EDGE_PREFIX } from '../../harness/render';
import { repositoryRoot, type Runtime } from '../../harness/runtimes';
import type { Edge } from '../../harness/started-edge';

export const WRITE = 'write-token-for-the-contract-0123456789';
export const READ = 'read-token-for-the-contract-0123456789';
export const HOST = 'api.test';
export const FOLDER = '/var/lib/edge-auth-policies';
const API_PORT = 9181;

const lockModule = `
function lock(r) { r.return(ngx.shared.edge_auth_lock.add(r.args.domain, 'the test') ? 200 : 409); }
function unlock(r) { r.return(ngx.shared.edge_auth_lock.delete(r.args.domain) ? 200 : 404); }
export default { lock, unlock };
`;
const lockServer = `
    server {
        listen 8081;
        location = /lock   { js_content locks.lock; }
        location = /unlock { js_content locks.unlock; }
    }`;

export class ApiEdge {
  constructor(
    readonly edge: Edge,
    /** Here lies FOLDER; its files are those of nginx's user. */
    private readonly folder: string,
  ) {}

  /** One request to the API. `headers` undefined in value: left out. Default: the write token and the API's host. */
  ask(method: string, target: string, request: Partial<ClientRequest> = {}): Promise<ClientReply> {
    const headers = { host: HOST, authorization: `Bearer ${WRITE}`, ...request.headers };
    return send({ ...request, port: this.edge.port(API_PORT), method, path: target, headers });
  }

  get apiPort(): number {
    return this.edge.port(API_PORT);
  }

  /** Asks the edge itself, not the API. */
  site(target: string): Promise<ClientReply> {
    return send({ port: this.edge.port(), path: target, headers: { host: 'signed.test' } });
  }

  async locked<T>(domain: string, run: () => Promise<T>): Promise<T> {
    const port = this.edge.port(8081);
    expect(await send({ port, path: `/lock?domain=${domain}` })).toMatchObject({ status: 200 });
    try {
      return await run();
    } finally {
      expect(await send({ port, path: `/unlock?domain=${domain}` })).toMatchObject({ status: 200 });
    }
  }

  /** Runs while nginx's workers cannot read the folder. */
  async unreadable<T>(run: () => Promise<T>): Promise<T> {
    await this.edge.exec(`chmod 000 ${FOLDER}`);
    try {
      return await run();
    } finally {
      await this.edge.exec(`chmod 700 ${FOLDER}`);
    }
  }

  /** Name and digest of every file of the folder, sorted. */
  async files(): Promise<string[]> {
    const contents = Object.entries(await filesOf(this.folder, '.'));
    return contents
      .map(([name, content]) => `${name} ${createHash('sha256').update(content).digest('hex')}`)
      .sort();
  }

  async stop(): Promise<void> {
    await this.edge.stop();
    await rm(this.folder, { recursive: true });
  }
}

/** Renders with the API turned on; `said` is what render says on stderr. */
export async function startApiEdge(
  runtime: Runtime,
  policies: Record<string, object | string>,
): Promise<{ api: ApiEdge; httpConf: string; said: string }> {
  const work = await mkdtemp(path.join(os.tmpdir(), 'edge-auth-contract-'));
  try {
    const source = path.join(work, 'policies');
    await mkdir(source);
    for (const [domain, policy] of Object.entries(policies)) {
      await writeFile(path.join(source, `${domain}.json`), JSON.stringify(policy));
    }
    const tokens = path.join(work, 'tokens');
    await writeFile(tokens, `# contract\nread ${READ}\nwrite ${WRITE}\n`);
    const out = path.join(work, 'out');
    const { stderr: said } = await promisify(execFile)(process.execPath, [
      path.join(repositoryRoot, 'dist/cli.js'),
      ...['render', '--policies', source, '--out', out, '--prefix', EDGE_PREFIX],
      ...['--njs-version', runtime.njsVersion, '--api', `0.0.0.0:${API_PORT}`, '--api-allow-remote'],
      ...['--api-tokens', tokens, '--api-policies', FOLDER, '--api-host', HOST],
      ...['--api-log', '/var/log/nginx/api.log'],
    ]);
    const folder = await mkdtemp(path.join(os.tmpdir(), 'edge-auth-api-'));
    await cp(source, folder, { recursive: true });
    const httpConf = await readFile(path.join(out, 'http.conf'), 'utf8');
    const hasApi = httpConf.includes('js_shared_dict_zone');
    const vars = {
      LOCK_IMPORT: hasApi ? 'js_import locks from /etc/nginx/locks.js;' : '',
      LOCK_SERVER: hasApi ? lockServer : '',
    };
    const edge = await startEdge({
      runtime,
      conf: path.join(__dirname, 'nginx.conf'),
      vars,
      files: { ...(await filesOf(out, EDGE_PREFIX)), '/etc/nginx/locks.js': lockModule },
      binds: [{ source: folder, target: FOLDER }],
      ports: [8080, 8081, API_PORT],
    });
    await edge.exec(`chown -R www-data: ${FOLDER} && chmod -R go= ${FOLDER}`);
    return { api: new ApiEdge(edge, folder), httpConf, said };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function filesOf(folder: string, target: string): Promise<Record<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const contents = await Promise.all(
    files.map(
      async (file) => [path.join(target, path.relative(folder, file)), await readFile(file)] as const,
    ),
  );
  return Object.fromEntries(contents);
}
