/** The edge of the bench: in one container the edge itself, the same with `pcre_jit on`, and a backend. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fillConf } from '../integration/harness/conf';
import { startEdge } from '../integration/harness/edge';
import { EDGE_PREFIX, render, type Policies } from '../integration/harness/render';
import { type Runtime, repositoryRoot } from '../integration/harness/runtimes';
import type { Edge } from '../integration/harness/started-edge';
import { FILE, SECRET } from './cases';

const folder = path.join(repositoryRoot, 'test/bench');
const JIT_FOLDER = '/etc/nginx/edge-auth-jit';
const PORT = 8080;
const JIT_PORT = 8081;

export interface BenchEdge {
  edge: Edge;
  /** The workers' pids in the container. */
  worker: number;
  jitWorker: number;
  port: number;
  jitPort: number;
}

function serverOf(domain: string, port: number, prefix: string): string {
  return `server {
    listen ${port};
    server_name ${domain};
    include ${prefix}/servers/${domain}.conf;
    include /etc/nginx/locations.conf;
}
`;
}

function varsOf(name: string, port: number, prefix: string, policies: Policies): Record<string, string> {
  return {
    NAME: name,
    PORT: String(port),
    FOLDER: path.posix.basename(prefix),
    PCRE_JIT: name === 'jit' ? 'on' : 'off',
    SECRET,
    SERVERS: Object.keys(policies)
      .map((domain) => serverOf(domain, port, prefix))
      .join(''),
  };
}

/** The same conf and policies as the edge's, in a folder and with a socket of their own. */
async function readJitFiles(
  runtime: Runtime,
  wiring: 'hop' | 'inline',
  policies: Policies,
): Promise<Record<string, string>> {
  const rendered = await render(policies, runtime, wiring, ['--decider', 'unix:/run/jit.sock']);
  const inJit = (text: string) => text.replaceAll(`${EDGE_PREFIX}/`, `${JIT_FOLDER}/`);
  const vars = varsOf('jit', JIT_PORT, JIT_FOLDER, policies);
  return {
    ...Object.fromEntries(rendered.map(({ target, content }) => [inJit(target), inJit(content.toString())])),
    '/etc/nginx/jit.conf': await fillConf(path.join(folder, 'nginx.conf'), runtime, vars),
  };
}

export async function startBenchEdge(
  runtime: Runtime,
  wiring: 'hop' | 'inline',
  policies: Policies,
): Promise<BenchEdge> {
  const edge = await startEdge({
    runtime,
    wiring,
    policies,
    conf: path.join(folder, 'nginx.conf'),
    vars: varsOf('nginx', PORT, EDGE_PREFIX, policies),
    ports: [PORT, JIT_PORT],
    files: {
      ...(await readJitFiles(runtime, wiring, policies)),
      '/etc/nginx/backend.conf': readFileSync(path.join(folder, 'backend.conf')),
      '/etc/nginx/locations.conf': readFileSync(path.join(folder, 'locations.conf')),
      [`/srv${FILE}`]: Buffer.alloc(1_000_000),
    },
  });
  try {
    const worker = await newWorker(edge, []);
    await startNginx(edge, '/etc/nginx/jit.conf');
    const jitWorker = await newWorker(edge, [worker]);
    await startNginx(edge, '/etc/nginx/backend.conf');
    return { edge, worker, jitWorker, port: edge.port(PORT), jitPort: edge.port(JIT_PORT) };
  } catch (error) {
    await edge.stop();
    throw error;
  }
}

async function startNginx(edge: Edge, conf: string): Promise<void> {
  const { exitCode, output } = await edge.exec(['nginx', '-c', conf]);
  if (exitCode !== 0) throw new Error(`nginx -c ${conf} ended with ${exitCode}:\n${output}`);
}

/** The worker that is not among those known. Waits for it up to 5 s. */
export async function newWorker(edge: Edge, known: number[]): Promise<number> {
  for (const end = Date.now() + 5_000; Date.now() < end;) {
    const [found] = (await edge.workerPids()).filter((pid) => !known.includes(pid));
    if (found !== undefined) return found;
  }
  throw new Error(`expected a worker beside ${known.join(', ')}, received none within 5 s`);
}
