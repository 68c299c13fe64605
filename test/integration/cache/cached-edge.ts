/** An edge whose domains keep decisions: a server {} for each policy, also over HTTP/2, asked with exact bytes. */
import path from 'node:path';
import { startAuthServer, type AuthServer } from '../harness/auth-server';
import { startEdge } from '../harness/edge';
import { startOrigin, type Origin } from '../harness/origin';
import { sendRaw, type RawReply } from '../harness/raw-client';
import { isAtLeast, type Runtime } from '../harness/runtimes';
import type { AccessLine, Edge } from '../harness/started-edge';

export interface CachedEdge {
  edge: Edge;
  server: AuthServer;
  origin: Origin;
  /** `lines`: the header's other lines, such as `Cookie: a=b`. */
  ask: (domain: string, target?: string, lines?: string[], method?: string) => Promise<RawReply>;
  /** The access log's line of the one request that `request` sends, and the status that came. */
  lineOf: (request: () => Promise<RawReply>) => Promise<AccessLine & { sent: string }>;
  stop: () => Promise<void>;
}

export interface CachedEdgeOptions {
  /** `{auth}` stands for the auth server. */
  policies: Record<string, object>;
  /** Lines of http {}; `{origin}` stands for the origin. */
  http?: string;
  /** Lines of every server {}, before its location /. */
  server?: string;
  /** Lines of location /. */
  location?: string;
  /** More names of a server {}. */
  aliases?: Record<string, string>;
  renderArgs?: string[];
  files?: Record<string, string>;
}

export const HTTP2_PORT = 8081;

function serverBlocks(options: CachedEdgeOptions, runtime: Runtime): string {
  const isDirective = isAtLeast(runtime.nginxVersion, '1.25.1');
  const server = (domain: string) => `
    server {
        listen 8080;
        server_name ${domain} ${options.aliases?.[domain] ?? ''};
        include edge-auth/servers/${domain}.conf;
        ${options.server ?? ''}
        location / {
            proxy_pass {origin};
            ${options.location ?? ''}
        }
    }
    server {
        listen ${HTTP2_PORT}${isDirective ? '' : ' http2'};
        ${isDirective ? 'http2 on;' : ''}
        server_name ${domain};
        include edge-auth/servers/${domain}.conf;
        location / { proxy_pass {origin}; }
    }`;
  return Object.keys(options.policies).map(server).join('');
}

/** Stops what has been started when the edge does not start. */
export async function startCachedEdge(runtime: Runtime, options: CachedEdgeOptions): Promise<CachedEdge> {
  const [server, origin] = await Promise.all([startAuthServer(), startOrigin()]);
  const stopServers = () => Promise.all([server.stop(), origin.stop()]);
  const policies = JSON.stringify(options.policies).replaceAll('{auth}', server.url);
  try {
    const edge = await startEdge({
      runtime,
      conf: path.join(__dirname, 'nginx.conf'),
      policies: JSON.parse(policies) as Record<string, object>,
      ports: [8080, HTTP2_PORT],
      vars: {
        SERVERS: serverBlocks(options, runtime).replaceAll('{origin}', origin.url),
        HTTP: options.http ?? '',
      },
      ...(options.renderArgs && { renderArgs: options.renderArgs }),
      ...(options.files && { files: options.files }),
    });
    return {
      edge,
      server,
      origin,
      ask: (domain, target = '/', lines = [], method = 'GET') =>
        sendRaw(
          edge.port(),
          [`${method} ${target} HTTP/1.1`, `Host: ${domain}`, ...lines, '', ''].join('\r\n'),
        ),
      lineOf: async (request) => {
        await edge.mark();
        const { status } = await request();
        const [line] = await edge.accessLog(1);
        return { ...line, sent: String(status) };
      },
      stop: async () => {
        await edge.stop().finally(stopServers);
      },
    };
  } catch (error) {
    await stopServers();
    throw error;
  }
}
