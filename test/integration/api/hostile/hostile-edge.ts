// An edge with the API and an empty folder of policies.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createCA } from 'mkcert';
import { startEdge } from '../../harness/edge';
import type { Runtime } from '../../harness/runtimes';
import type { Edge } from '../../harness/started-edge';
import { FOLDER, HOST, READ, WRITE } from '../contract/api-edge';
import type { Shared } from './accepted';

export const CHANGE_LOG = '/var/log/nginx/api.log';
const API_PORT = 9181;

export interface HostileEdge {
  edge: Edge;
  port: number;
  shared: Shared;
  stop: () => Promise<void>;
}

export async function startHostileEdge(runtime: Runtime): Promise<HostileEdge> {
  const here = await mkdtemp(path.join(os.tmpdir(), 'edge-auth-hostile-'));
  const shared = { here, there: '/mnt/hostile' };
  const tokens = path.join(here, 'edge-tokens');
  await writeFile(tokens, `read ${READ}\nwrite ${WRITE}\n`);
  const ca = await createCA({
    organization: 'hostile',
    countryCode: 'NP',
    state: '-',
    locality: '-',
    validity: 2,
  });
  const edge = await startEdge({
    runtime,
    conf: path.join(__dirname, 'nginx.conf'),
    policies: { 'never.test': { url_signing: false } },
    renderArgs: [
      ...['--api', `0.0.0.0:${API_PORT}`, '--api-allow-remote', '--api-tokens', tokens],
      ...['--api-policies', FOLDER, '--api-host', HOST, '--api-log', CHANGE_LOG],
    ],
    // Where nginx -t looks for the authorities of the system.
    files: { '/etc/ssl/certs/ca-certificates.crt': ca.cert },
    ports: [API_PORT],
    binds: [{ source: here, target: shared.there }],
  });
  await edge.exec(`install -d -o www-data -m 700 ${FOLDER} && touch /run/hostile-start`);
  const stop = async (): Promise<void> => {
    await edge.stop();
    await rm(here, { recursive: true, force: true });
  };
  return { edge, port: edge.port(API_PORT), shared, stop };
}

/** Files outside the folder and the logs that are newer than the start. */
export async function filesElsewhere(edge: Edge): Promise<string[]> {
  const { stdout } = await edge.exec(
    `find / -xdev -newer /run/hostile-start -type f ! -path '/proc/*' ! -path '/sys/*' ! -path '${FOLDER}/*' ! -path '/var/log/nginx/*' ! -path /etc/hosts`,
  );
  return stdout.trim().split('\n').filter(Boolean);
}

/** KiB of memory of its own, the largest worker. */
export async function workerMemory(edge: Edge): Promise<number> {
  const pids = await edge.workerPids();
  const { stdout } = await edge.exec(
    `cat ${pids.map((pid) => `/proc/${pid}/status`).join(' ')} | grep RssAnon`,
  );
  return Math.max(
    ...stdout
      .trim()
      .split('\n')
      .map((line) => Number(/([0-9]+) kB/.exec(line)?.[1])),
  );
}
