/** The edge of `--domains`: in one container and one after the other, an nginx with plain servers and one with live policies. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fillConf } from '../integration/harness/conf';
import { startEdge } from '../integration/harness/edge';
import { type Runtime, repositoryRoot } from '../integration/harness/runtimes';
import type { Edge } from '../integration/harness/started-edge';
import { newWorkers } from './bench-edge';
import { openKeepAliveClient, requestOf } from './keep-alive-client';
import { type LiveFiles, unpack } from './live-render';

const folder = path.join(repositoryRoot, 'test/bench');
export const API_PORT = 9181;
const WORKERS = 2;

export interface Fleet {
  name: 'plain' | 'live';
  port: number;
  domains: string[];
  /** Milliseconds. */
  test: number;
  start: number;
  workers: number[];
  /** Workers of what else runs in the container. */
  others: number[];
}

export async function startDomainsEdge(runtime: Runtime): Promise<Edge> {
  const read = (name: string) => readFileSync(path.join(folder, name));
  return startEdge({
    runtime,
    // The container starts with the backend; the others come and go.
    conf: path.join(folder, 'backend.conf'),
    vars: { NAME: 'nginx' },
    ports: [8080, 8081, API_PORT],
    files: {
      '/etc/nginx/locations.conf': read('locations.conf'),
      '/srv/free-memory.js': read('free-memory.js'),
    },
  });
}

/** Tests the conf and starts nginx on it. `files`: what its policies are rendered to; without them the servers are plain. */
export async function startFleet(edge: Edge, domains: string[], files?: LiveFiles): Promise<Fleet> {
  const name = files ? 'live' : 'plain';
  const port = files ? 8081 : 8080;
  const own = files ? '/srv/live/conf' : undefined;
  await edge.exec('rm -rf /srv/live');
  if (files) await unpack(edge, files, '/srv/live');
  const servers = domains.map((domain) => {
    const include = own ? `include ${own}/servers/${domain}.conf; ` : '';
    return `server { listen ${port}; server_name ${domain}; ${include}include /etc/nginx/locations.conf; }\n`;
  });
  await edge.putFile('/srv/servers.conf', servers.join(''));
  const conf = `/etc/nginx/${name}.conf`;
  const vars = {
    NAME: name,
    PORT: String(port),
    SERVERS: '/srv/servers.conf',
    HTTP_LINES: own ? `include ${own}/http.conf;` : '',
    FREE: own ? 'js_import free from /srv/free-memory.js; location = /free { js_content free.free; }' : '',
  };
  await edge.putFile(conf, await fillConf(path.join(folder, 'domains.conf'), edge.runtime, vars));
  const others = await edge.workerPids();
  const tested = await timeInside(edge, `nginx -t -q -c ${conf}`);
  const began = await timeInside(edge, `nginx -c ${conf}`);
  const workers = await newWorkers(edge, others, WORKERS);
  return { name, port, domains, test: tested.took, start: began.took, workers, others };
}

/** Milliseconds that the command takes, and when it began, by the container's clock. */
export async function timeInside(edge: Edge, command: string): Promise<{ began: number; took: number }> {
  const { stdout, output, exitCode } = await edge.exec(`date +%s%N; ${command} && date +%s%N`);
  if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}:\n${output}`);
  const [began = NaN, ended = NaN] = stdout
    .trim()
    .split('\n')
    .map((line) => Number(line) / 1e6);
  return { began, took: ended - began };
}

/** Milliseconds from the signal until a worker with the new conf answers, by the container's clock. */
export async function timeReload(edge: Edge, fleet: Fleet): Promise<number> {
  const { began } = await timeInside(edge, `kill -HUP $(cat /run/${fleet.name}.pid)`);
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(1)) {
    const client = openKeepAliveClient(edge.host, edge.port(fleet.port));
    // A worker that ends closes connections that have no request yet.
    const reply = await client.expect(requestOf('pid.test', '/pid'), 200).catch(() => undefined);
    client.close();
    const [pid = NaN, seconds = NaN] = (reply?.body ?? '').split(' ').map(Number);
    if (reply === undefined || fleet.workers.includes(pid)) continue;
    const old = fleet.workers;
    fleet.workers = await newWorkers(edge, [...fleet.others, ...old], WORKERS);
    // Until then they also take connections, and close them.
    while ((await edge.workerPids()).some((pid) => old.includes(pid))) await sleep(10);
    return seconds * 1000 - began;
  }
  throw new Error('expected new workers within 30 s of the reload');
}

/** KB of memory that master and workers hold; what they share is counted once. */
export async function readResident(edge: Edge, fleet: { name: string; workers: number[] }): Promise<number> {
  // (!) Without CAP_SYS_PTRACE the kernel shows it to the process's own user alone.
  const commands = [
    `cat /proc/$(cat /run/${fleet.name}.pid)/smaps_rollup`,
    ...fleet.workers.map(
      (pid) => `setpriv --reuid=www-data --regid=www-data --init-groups cat /proc/${pid}/smaps_rollup`,
    ),
  ];
  const { stdout, output } = await edge.exec(commands.join(' && '));
  const found = [...stdout.matchAll(/^Pss:\s+(\d+) kB$/gm)].map(([, kilobytes]) => Number(kilobytes));
  if (found.length !== commands.length)
    throw new Error(`expected Pss of ${commands.length} processes, received:\n${output}`);
  return found.reduce((sum, each) => sum + each, 0);
}

/** Bytes of the zone of compiled policies that are free, in whole pages. */
export async function readFree(edge: Edge, { port }: Fleet): Promise<number> {
  const client = openKeepAliveClient(edge.host, edge.port(port));
  const { body } = await client.expect(requestOf('pid.test', '/free'), 200);
  client.close();
  return Number(body);
}

export async function stopFleet(edge: Edge, { name }: Fleet): Promise<void> {
  await edge.exec(
    `nginx -s quit -c /etc/nginx/${name}.conf; for i in $(seq 100); do test -e /run/${name}.pid || break; sleep 0.1; done`,
  );
}
