/** An edge whose domains keep decisions: one server {} for each policy. */
import path from 'node:path';
import { send, type ClientReply } from '../harness/client';
import { startEdge } from '../harness/edge';
import type { Runtime } from '../harness/runtimes';
import type { AccessLine, Edge } from '../harness/started-edge';

export interface CachedEdge {
  edge: Edge;
  get: (domain: string, target?: string, headers?: Record<string, string | string[]>) => Promise<ClientReply>;
  /** The access log's line of the one request that `ask` sends. */
  lineOf: (ask: () => Promise<ClientReply>) => Promise<AccessLine & { sent: string }>;
}

function serverBlocks(domains: string[], origin: string): string {
  const server = (domain: string) => `
    server {
        listen 8080;
        server_name ${domain};
        include edge-auth/servers/${domain}.conf;

        location / {
            proxy_pass ${origin};
        }
    }`;
  return domains.map(server).join('');
}

/** `{auth}` in a policy stands for the auth server. `http`: lines of the operator's own. */
export async function startCachedEdge(
  runtime: Runtime,
  policies: Record<string, object>,
  given: { auth: string; origin: string; http?: string },
): Promise<CachedEdge> {
  const edge = await startEdge({
    runtime,
    conf: path.join(__dirname, 'nginx.conf'),
    policies: JSON.parse(JSON.stringify(policies).replaceAll('{auth}', given.auth)) as Record<string, object>,
    vars: { SERVERS: serverBlocks(Object.keys(policies), given.origin), HTTP: given.http ?? '' },
  });
  return {
    edge,
    get: (domain, target = '/a', headers = {}) =>
      send({ port: edge.port(), path: target, headers: { host: domain, ...headers } }),
    lineOf: async (ask) => {
      await edge.mark();
      const { status } = await ask();
      const [line] = await edge.accessLog(1);
      return { ...line, sent: String(status) };
    },
  };
}
