/** Edges that deny with each status, rendered or with live policies, and what they are told apart by. */
import path from 'node:path';
import type { AuthServer } from '../harness/auth-server';
import { startEdge } from '../harness/edge';
import type { Origin } from '../harness/origin';
import { runtimes, type Runtime } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import { liveRuntimes, startLiveEdge, type LiveEdge } from '../live/live-edge';

export interface Kind {
  runtime: Runtime;
  wiring: 'hop' | 'inline';
  isLive: boolean;
  name: string;
}

const wirings = ['hop', 'inline'] as const;

/** Every runtime in both wirings, rendered and live; the second where its njs has live policies. */
export const kinds: Kind[] = runtimes.flatMap((runtime) =>
  wirings.flatMap((wiring) =>
    (liveRuntimes.includes(runtime) ? [false, true] : [false]).map((isLive) => ({
      runtime,
      wiring,
      isLive,
      name: `${runtime.name}, ${wiring}, ${isLive ? 'live policies' : 'rendered policies'}`,
    })),
  ),
);

export const KEY = 'primary-key-4f1d08';

/** nginx's own 403, pages of nginx, statuses that make it close the connection or that it knows nothing of, and its codes for itself. */
export const statuses = [400, 401, 403, 404, 413, 414, 429, 451, 495, 499, 500, 503, 599];

/** The domain that denies with this status, by this half of edge-auth. */
export const hostOf = (half: 'remote' | 'signed', status: number): string => `${half}-${status}.test`;

export interface DenyingEdge {
  edge: Edge;
  live: LiveEdge | undefined;
  port: number;
  http2Port: number;
  stop: () => Promise<void>;
}

export async function startDenyingEdge(kind: Kind, auth: AuthServer, origin: Origin): Promise<DenyingEdge> {
  const all = [...statuses, 444];
  const policies: Record<string, object> = Object.fromEntries<object>(
    all.flatMap((status): [string, object][] => [
      [
        hostOf('remote', status),
        {
          remote_auth: {
            auth_server: `${auth.url}/auth`,
            timeout_ms: 3000,
            failure_action: { deny: status },
          },
        },
      ],
      [hostOf('signed', status), { url_signing: { type: 'A', key1: KEY, deny_status: status } }],
    ]),
  );
  const servers = Object.keys(policies)
    .map((host) => serverOf(host, origin.url, kind.runtime))
    .join('\n');
  const { runtime, wiring } = kind;
  const conf = path.join(__dirname, 'nginx.conf');
  const common = { runtime, wiring, conf, policies };
  if (kind.isLive) {
    const live = await startLiveEdge({ ...common, servers, ports: [8082] });
    const { edge } = live;
    return { edge, live, port: edge.port(), http2Port: edge.port(8082), stop: () => live.stop() };
  }
  const vars = { SERVERS: servers, HTTP_LINES: '' };
  const edge = await startEdge({ ...common, ports: [8080, 8082], vars });
  return { edge, live: undefined, port: edge.port(), http2Port: edge.port(8082), stop: () => edge.stop() };
}

/** Before 1.25.1 a plain-text port with http2 speaks nothing else. */
const serverOf = (host: string, origin: string, runtime: Runtime): string => `
    server {
        listen 8080;
        listen 8082${runtime.nginxVersion.startsWith('1.22') ? ' http2' : ''};
        server_name ${host};
        add_header X-Server-Level 1 always;
        include edge-auth/servers/${host}.conf;
        error_page 401 = @login;
        recursive_error_pages on;
        location / {
            client_max_body_size 20m;
            proxy_pass ${origin};
        }
        location /cors/ {
            add_header Access-Control-Allow-Origin * always;
            proxy_pass ${origin};
        }
        location /own-page/ {
            error_page 401 403 404 451 = @page;
            proxy_pass ${origin};
        }
        location /folder/ { root /var/empty; }
        location @login {
            auth_request off;
            return 302 https://login.example.net/?rd=$request_uri;
        }
        location @page {
            auth_request off;
            default_type text/plain;
            return 200 "the page of $edge_auth_decision $edge_auth_reason";
        }
    }`;
