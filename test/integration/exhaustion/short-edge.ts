/** An edge for the tests of exhaustion: policies that open, in each way to reach a decision, and files as what is protected. */
import path from 'node:path';
import { startAuthServer, type AuthServer } from '../harness/auth-server';
import { PROTECTED } from '../harness/origin';
import { isAtLeast, runtimes, type Runtime } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import { startEdge } from '../harness/edge';
import { startLiveEdge } from '../live/live-edge';

export interface Variant {
  name: string;
  runtime: Runtime;
  wiring: 'hop' | 'inline';
  cached: boolean;
  live: boolean;
}

/** How a decision is reached: every way that the runtimes here know. */
export const variants: Variant[] = runtimes.flatMap((runtime) =>
  [false, true].flatMap((live) =>
    (
      [
        ['hop', false],
        ['hop', true],
        ['inline', false],
      ] as const
    )
      .filter(() => !live || hasSharedMemory(runtime))
      .map(([wiring, cached]) => ({
        name: [wiring, cached && 'with a cache', live && 'live', `on ${runtime.name}`]
          .filter(Boolean)
          .join(' '),
        runtime,
        wiring,
        cached,
        live,
      })),
  ),
);

export function hasSharedMemory(runtime: Runtime): boolean {
  return isAtLeast(runtime.njsVersion, '0.8.0');
}
for (const runtime of runtimes)
  if (!hasSharedMemory(runtime))
    console.log(
      `LEFT OUT on ${runtime.name}: live policies and stale_if_error, its njs has no memory to share`,
    );

/** `$edge_auth_reason` where the edge itself is at fault. */
export const EDGE_FAULT = 'decider_error';

export const FILE = '/f.txt';

/** `main` and `events`: lines of those contexts. */
export interface Limits {
  main?: string;
  events?: string;
}

export interface ShortEdge {
  edge: Edge;
  auth: AuthServer;
  stop: () => Promise<void>;
}

export interface ShortEdgeOptions {
  /** A policy's `remote_auth` for each domain, without the auth server. */
  policies: Record<string, object>;
  limits?: Limits;
  http?: string;
  renderArgs?: string[];
}

export async function startShortEdge(variant: Variant, options: ShortEdgeOptions): Promise<ShortEdge> {
  const { runtime, wiring, live } = variant;
  const auth = await startAuthServer();
  const domains = Object.keys(options.policies);
  const servers = domains.map(
    (domain) => `
    server {
        listen 8080;
        server_name ${domain};
        include edge-auth/servers/${domain}.conf;
        location / { root /srv/html; }
    }`,
  );
  const policies = Object.fromEntries(
    Object.entries(options.policies).map(([domain, policy]) => [
      domain,
      { remote_auth: { auth_server: auth.url, timeout_ms: TIMEOUT_MS, ...policy } },
    ]),
  );
  const same = {
    runtime,
    wiring,
    policies,
    conf: path.join(__dirname, 'nginx.conf'),
    files: { [`/srv/html${FILE}`]: PROTECTED, ...limitFiles(options.limits ?? {}) },
    renderArgs: options.renderArgs ?? [],
  };
  const http = options.http ?? '';
  try {
    if (live) {
      const started = await startLiveEdge({
        ...same,
        servers: servers.join(''),
        httpLines: http,
        workers: 1,
      });
      return { edge: started.edge, auth, stop: () => started.stop().finally(() => auth.stop()) };
    }
    const vars = { SERVERS: servers.join(''), HTTP_LINES: http, WORKERS: '1' };
    const edge = await startEdge({ ...same, vars });
    return { edge, auth, stop: () => edge.stop().finally(() => auth.stop()) };
  } catch (error) {
    await auth.stop();
    throw error;
  }
}

export const TIMEOUT_MS = 300;

function limitFiles({ main = '', events = 'worker_connections 512;' }: Limits): Record<string, string> {
  return { '/etc/nginx/limits/main.conf': main, '/etc/nginx/limits/events.conf': events };
}

/** Other limits, for new workers. */
export async function limit(edge: Edge, limits: Limits): Promise<void> {
  for (const [file, content] of Object.entries(limitFiles(limits))) await edge.putFile(file, content);
  await edge.reloadAsItIs();
}
