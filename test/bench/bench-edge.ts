/**
 * The edge of the bench: in one container the edge itself, the same with `pcre_jit on`, the same with live policies where njs has them,
 * one of these with several workers, and a backend.
 */
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { fillConf } from '../integration/harness/conf';
import { startEdge } from '../integration/harness/edge';
import { EDGE_PREFIX, type Policies } from '../integration/harness/render';
import { type Runtime, repositoryRoot } from '../integration/harness/runtimes';
import type { Edge } from '../integration/harness/started-edge';
import { FILE, FILE_BYTES, policiesSince, SECRET, type SideName } from './cases';
import { openKeepAliveClient } from './keep-alive-client';
import { apiRequest, hasLivePolicies, renderLive, unpack, writePolicies } from './live-render';
import { renderAt } from './rendered';

const folder = path.join(repositoryRoot, 'test/bench');

/** One nginx of the edge. */
interface SideConf {
  prefix: string;
  port: number;
  workers: number;
  /** Where its API listens, if its policies are live. */
  apiPort?: number;
}

export const sideConfs = {
  fixed: { prefix: EDGE_PREFIX, port: 8080, workers: 1 },
  jit: { prefix: '/etc/nginx/edge-auth-jit', port: 8081, workers: 1 },
  live: { prefix: '/srv/live/conf', port: 8082, workers: 1, apiPort: 9181 },
  crowd: { prefix: '/srv/crowd/conf', port: 8083, workers: 4, apiPort: 9182 },
} as const satisfies Record<SideName, SideConf>;

export interface Side {
  /** In the container. */
  port: number;
  /** The workers' pids in the container; none where the side was not started. */
  workers: number[];
}

export interface BenchEdge {
  edge: Edge;
  sides: Record<SideName, Side>;
}

function serverOf(domain: string, { port, prefix }: SideConf): string {
  return `server {
    listen ${port};
    server_name ${domain};
    include ${prefix}/servers/${domain}.conf;
    include /etc/nginx/locations.conf;
}
`;
}

function varsOf(name: SideName, policies: Policies): Record<string, string> {
  const conf: SideConf = sideConfs[name];
  return {
    NAME: name === 'fixed' ? 'nginx' : name,
    PORT: String(conf.port),
    WORKERS: String(conf.workers),
    PREFIX: conf.prefix,
    PCRE_JIT: name === 'jit' ? 'on' : 'off',
    SECRET,
    SERVERS: Object.keys(policies)
      .map((domain) => serverOf(domain, conf))
      .join(''),
  };
}

const fillSide = (name: SideName, runtime: Runtime, policies: Policies): Promise<string> =>
  fillConf(path.join(folder, 'nginx.conf'), runtime, varsOf(name, policies));

/** The same conf and policies as the edge's, in a folder and with a socket of their own. */
async function readJitFiles(
  runtime: Runtime,
  wiring: 'hop' | 'inline',
  policies: Policies,
): Promise<Record<string, string>> {
  return {
    ...(await renderAt(sideConfs.jit.prefix, 'jit', runtime, wiring, policies)),
    '/etc/nginx/jit.conf': await fillSide('jit', runtime, policies),
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
    vars: varsOf('fixed', policies),
    ports: [...Object.values<SideConf>(sideConfs)].flatMap(({ port, apiPort = [] }) =>
      [port].concat(apiPort),
    ),
    files: {
      ...(await readJitFiles(runtime, wiring, policies)),
      '/etc/nginx/backend.conf': await fillConf(path.join(folder, 'backend.conf'), runtime, {
        NAME: 'backend',
      }),
      '/etc/nginx/locations.conf': readFileSync(path.join(folder, 'locations.conf')),
      [`/srv${FILE}`]: Buffer.alloc(FILE_BYTES),
    },
  });
  try {
    const sides = Object.fromEntries(
      Object.entries(sideConfs).map(([name, { port }]) => [name, { port, workers: [] }]),
    ) as unknown as BenchEdge['sides'];
    const bench = { edge, sides };
    sides.fixed.workers = await newWorkers(edge, [], 1);
    await startSide(bench, 'jit');
    await startNginx(edge, '/etc/nginx/backend.conf');
    if (hasLivePolicies(runtime)) {
      await startLiveSide(bench, 'live', wiring, policies);
      await put(bench, 'live', policiesSince);
    }
    return bench;
  } catch (error) {
    await edge.stop();
    throw error;
  }
}

/** Renders the policies and starts nginx. */
export async function startLiveSide(
  bench: BenchEdge,
  name: 'live' | 'crowd',
  wiring: 'hop' | 'inline',
  policies: Policies,
): Promise<void> {
  const { edge } = bench;
  const { apiPort } = sideConfs[name];
  const args = ['--wiring', wiring, '--decider', `unix:/run/${name}.sock`];
  const work = await writePolicies(policies);
  try {
    const files = await renderLive(edge.runtime, work, { folder: `/srv/${name}`, apiPort, args });
    await unpack(edge, files, `/srv/${name}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  await edge.putFile(`/etc/nginx/${name}.conf`, await fillSide(name, edge.runtime, policies));
  await startSide(bench, name);
}

/** Changes policies by the API. */
async function put({ edge }: BenchEdge, name: 'live' | 'crowd', policies: Policies): Promise<void> {
  const api = openKeepAliveClient(edge.host, edge.port(sideConfs[name].apiPort));
  for (const [domain, policy] of Object.entries(policies))
    await api.expect(apiRequest('PUT', `/v1/policies/${domain}`, policy), 200);
  api.close();
}

async function startSide({ edge, sides }: BenchEdge, name: SideName): Promise<void> {
  const known = await edge.workerPids();
  await startNginx(edge, `/etc/nginx/${name}.conf`);
  sides[name].workers = await newWorkers(edge, known, sideConfs[name].workers);
}

export async function startNginx(edge: Edge, conf: string): Promise<void> {
  const { exitCode, output } = await edge.exec(['nginx', '-c', conf]);
  if (exitCode !== 0) throw new Error(`nginx -c ${conf} ended with ${exitCode}:\n${output}`);
}

/** The workers that are not among those known. Waits for `count` of them up to 5 s. */
export async function newWorkers(edge: Edge, known: number[], count: number): Promise<number[]> {
  for (const end = Date.now() + 5_000; Date.now() < end;) {
    const found = (await edge.workerPids()).filter((pid) => !known.includes(pid));
    if (found.length >= count) return found;
  }
  throw new Error(`expected ${count} workers beside ${known.join(', ')}, did not find them within 5 s`);
}
