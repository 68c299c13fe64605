// An edge whose policies are live: the folder of policies is one of this machine, nginx's workers own it, and the API changes it.
import { execFile } from 'node:child_process';
import {
  chownSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Agent } from 'undici';
import type { ClientReply } from '../harness/client';
import { startEdge } from '../harness/edge';
import { EDGE_PREFIX, type Policies } from '../harness/render';
import { isAtLeast, repositoryRoot, runtimes, type Runtime } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';

export const WRITE = 'write-token-of-the-live-tests-0123456789';
const FOLDER = '/srv/policies';
const CONTROL = '/srv/control';
const API_PORT = 9181;
const WORKERS_UID = 33;

/** njs shares memory between workers since 0.8.0; on older ones render says that there is no API. */
export const liveRuntimes: Runtime[] = runtimes.filter(({ njsVersion }) => isAtLeast(njsVersion, '0.8.0'));

/** As describe.each over the runtimes that have live policies; says so where there is none of them. */
export function onLiveRuntimes(name: string, suite: (runtime: Runtime) => void): void {
  if (liveRuntimes.length > 0) describe.each(liveRuntimes)(`${name} on $name`, suite);
  else
    test(`${name}: left out, none of ${runtimes.map((one) => one.name).join(', ')} has njs 0.8.0`, () => {
      expect(liveRuntimes).toEqual([]);
    });
}

export interface LiveOptions {
  runtime: Runtime;
  /** What the conf is rendered from. */
  policies: Policies;
  /** server {} blocks. */
  servers: string;
  /** Lines of http {}, above our include. */
  httpLines?: string;
  /** Default: 4. */
  workers?: number;
  wiring?: 'hop' | 'inline';
  conf?: string;
  files?: Record<string, string>;
  ports?: number[];
  renderArgs?: string[];
  /** Default: as render wrote it. */
  editConf?: (httpConf: string) => string;
}

/** Reads one command a line: `kill`, `worker`, `start` or `again`, and seconds to wait before. Answers with a line. */
const controlScript = `
pids() {
  found=
  for p in /proc/[0-9]*; do
    read -r name < $p/comm && [ "$name" = nginx ] || continue
    read -r pid comm state parent rest < $p/stat
    [ "$state" = Z ] && continue
    if [ "$1" = all ]; then found="$found $pid"
    elif [ "$parent" = "$(cat /run/nginx.pid)" ]; then found="$pid"; fi
  done 2>/dev/null
}
while :; do
  read -r what seconds < ${CONTROL}/in || continue
  sleep "$seconds"
  said=
  # Until nobody is left: one that dies slowly keeps its ports.
  case $what in kill|again) pids all; while [ -n "$found" ]; do kill -9 $found; sleep 0.01; pids all; done ;; esac
  case $what in worker) pids worker; kill -9 $found; said="$found" ;; esac
  case $what in start|again) rm -f /run/*.sock; for i in 1 2 3 4 5; do said=$(nginx 2>&1) && break; sleep 0.1; done ;; esac
  echo "done $said" | tr '\\n' ' ' > ${CONTROL}/out
done`;

export class LiveEdge {
  private readonly agent = new Agent({ connections: 8, keepAliveTimeout: 10_000 });

  constructor(
    readonly edge: Edge,
    private readonly work: string,
    private readonly renderArgs: string[],
  ) {}

  get port(): number {
    return this.edge.port();
  }

  get apiPort(): number {
    return this.edge.port(API_PORT);
  }

  /** `put`, `delete` … over the API with the write token. */
  async api(
    method: string,
    target: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ClientReply> {
    const start = performance.now();
    const answer = await this.agent.request({
      origin: `http://localhost:${this.apiPort}`,
      path: target,
      method,
      headers: {
        host: `127.0.0.1:${API_PORT}`,
        authorization: `Bearer ${WRITE}`,
        'content-type': 'application/json',
        ...headers,
      },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    const { statusCode: status } = answer;
    return { status, headers: answer.headers, body: bytes.toString(), bytes, ms: performance.now() - start };
  }

  /** Throws unless the API makes the change. */
  async put(domain: string, policy: object): Promise<void> {
    for (let i = 0; ; i++) {
      const reply = await this.api('PUT', `/v1/policies/${domain}`, policy);
      if (reply.status === 200 || reply.status === 201) return;
      if (reply.status === 409 && reply.body.includes('"Conflict"') && i < 200) continue;
      throw new Error(`expected 200 for PUT ${domain}, received ${reply.status} ${reply.body}`);
    }
  }

  file(name: string): string {
    return path.join(this.work, 'policies', name);
  }

  /** A file of the folder as nginx's workers would own it, in place at once. */
  write(name: string, text: string): void {
    const next = this.file(`.written-${path.basename(name)}`);
    writeFileSync(next, text, { mode: 0o600 });
    chownSync(next, WORKERS_UID, WORKERS_UID);
    renameSync(next, this.file(name));
  }

  read(name: string): string | undefined {
    return existsSync(this.file(name)) ? readFileSync(this.file(name), 'utf8') : undefined;
  }

  names(): string[] {
    return readdirSync(this.file('.'), { recursive: true }).map(String).sort();
  }

  /** Compiles what was written by hand, as `edge-auth render` does; the conf that is loaded stays. */
  async compile(): Promise<void> {
    await run([...this.renderArgs, '--out', path.join(this.work, 'unused')]);
  }

  /** Renders the policies as they are now, and waits for the new workers. */
  async reload(): Promise<void> {
    const out = path.join(this.work, 'out');
    await run([...this.renderArgs, '--out', out]);
    for (const [target, content] of renderedIn(out)) await this.edge.putFile(target, content);
    await this.edge.reload();
  }

  /** Until the workers read the files again. */
  async reread(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 5_300));
  }

  /**
   * `kill`: all of nginx, at once, by SIGKILL. `worker`: one worker so. `start`: starts it. `again`: kills and starts it. Returns what
   * nginx said. The script's clock runs beside this process, so the instant is any.
   */
  async control(what: 'kill' | 'worker' | 'start' | 'again', seconds = 0): Promise<string> {
    await writeFile(path.join(this.work, 'control/in'), `${what} ${seconds.toFixed(4)}\n`);
    const said = await readFile(path.join(this.work, 'control/out'), 'utf8');
    return said.replace(/^done|\S+ \S+ \[notice\] \S+ js vm init \S+: \S+/g, '').trim();
  }

  /** `isKilled`: SIGKILL was sent to workers by this test; no other signal may have ended one. */
  async stop(isKilled = false): Promise<void> {
    const log = await this.edge.rawErrorLog();
    await this.agent.destroy();
    const out = openSync(path.join(this.work, 'control/out'), constants.O_RDWR | constants.O_NONBLOCK);
    writeSync(out, 'gone\n');
    closeSync(out);
    await this.edge.stop().catch((error: unknown) => {
      if (!isKilled || /exited on signal (?!9\b)/.test(log)) throw error;
    });
    rmSync(this.work, { recursive: true, force: true });
  }
}

function run(args: string[]): Promise<unknown> {
  return promisify(execFile)(process.execPath, [path.join(repositoryRoot, 'dist/cli.js'), ...args]);
}

/** Where each rendered file lies on the edge, and what it says. */
function renderedIn(out: string): [target: string, content: string][] {
  return readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return [path.join(EDGE_PREFIX, path.relative(out, file)), readFileSync(file, 'utf8')];
    });
}

export async function startLiveEdge(options: LiveOptions): Promise<LiveEdge> {
  const { runtime, policies, servers, httpLines = '', workers = 4, wiring = 'hop', ports = [] } = options;
  const work = mkdtempSync(path.join(os.tmpdir(), 'edge-auth-live-'));
  for (const name of ['policies', 'control', 'out']) mkdirSync(path.join(work, name));
  chownSync(path.join(work, 'policies'), WORKERS_UID, WORKERS_UID);
  for (const [domain, policy] of Object.entries(policies)) {
    const file = path.join(work, 'policies', `${domain}.json`);
    writeFileSync(file, JSON.stringify(policy, null, 2) + '\n', { mode: 0o600 });
    chownSync(file, WORKERS_UID, WORKERS_UID);
  }
  writeFileSync(path.join(work, 'tokens'), `write ${WRITE}\n`);
  const renderArgs = [
    ...['render', '--policies', path.join(work, 'policies'), '--prefix', EDGE_PREFIX],
    ...['--njs-version', runtime.njsVersion, '--wiring', wiring, '--api', `0.0.0.0:${API_PORT}`],
    ...['--api-allow-remote', '--api-tokens', path.join(work, 'tokens'), '--api-policies', FOLDER],
    ...['--api-host', `127.0.0.1:${API_PORT}`, '--api-log', '/var/log/nginx/api.log'],
    ...(options.renderArgs ?? []),
  ];
  await run([...renderArgs, '--out', path.join(work, 'out')]);
  const files: Record<string, string> = { '/srv/control.sh': controlScript, ...options.files };
  for (const [target, content] of renderedIn(path.join(work, 'out'))) files[target] = content;
  const http = `${EDGE_PREFIX}/http.conf`;
  files[http] = (options.editConf ?? String)(files[http] ?? '');
  const edge = await startEdge({
    runtime,
    conf: options.conf ?? path.join(__dirname, 'nginx.conf'),
    vars: { SERVERS: servers, HTTP_LINES: httpLines, WORKERS: String(workers) },
    ports: [8080, API_PORT, ...ports],
    files,
    binds: [
      { source: path.join(work, 'policies'), target: FOLDER },
      { source: path.join(work, 'control'), target: CONTROL },
    ],
  });
  await edge.exec(
    `mkfifo ${CONTROL}/in ${CONTROL}/out; setsid sh /srv/control.sh >/dev/null 2>/srv/control.log </dev/null &`,
  );
  return new LiveEdge(edge, work, renderArgs);
}
