/** An edge with some lines in http {}, and what it makes of a fixed row of requests: verdicts, and the bytes of the auth requests. */
import path from 'node:path';
import { startAuthServer, type Answer, type AuthServer } from '../harness/auth-server';
import { startEdge } from '../harness/edge';
import { silent } from '../harness/misbehaviour';
import { PROTECTED } from '../harness/origin';
import { exchange } from '../harness/raw-client';
import type { RecordedRequest } from '../harness/recorded-request';
import type { Runtime } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import { sign } from '../signing/signer';
import { makeCertificates } from '../tls/certificates';

export type Wiring = 'hop' | 'inline';

const KEY = 'primary-key-4f1d08';

/** Default servers of the wiring: those with a question, one that keeps decisions, one that is signed. */
const hostsOf = (wiring: Wiring): string[] =>
  wiring === 'hop'
    ? ['asked.test', 'kept.test', 'tls.test', 'signed.test']
    : ['asked.test', 'tls.test', 'signed.test'];

const CA = '/etc/nginx/authority.pem';

/** The auth server, once more behind TLS, and what the edge needs for it. */
export interface Servers {
  auth: AuthServer;
  tls: AuthServer;
  files: Record<string, string>;
}

export async function startServers(): Promise<Servers> {
  const { authority, server, forgedClient } = await makeCertificates();
  const [auth, tls] = await Promise.all([startAuthServer(), startAuthServer(server)]);
  for (const one of [auth, tls]) one.answer(answerByToken);
  const files = {
    [CA]: authority.cert,
    '/etc/nginx/operator.crt': forgedClient.cert,
    '/etc/nginx/operator.key': forgedClient.key,
    '/etc/nginx/operator.pass': 'secret\n',
  };
  return { auth, tls, files };
}

function policyOf(host: string, { auth, tls }: Servers): object {
  if (host === 'signed.test') return { url_signing: { type: 'A', key1: KEY } };
  const remote = { auth_server: `${auth.url}/auth`, timeout_ms: 400 };
  if (host === 'tls.test')
    return { remote_auth: { ...remote, auth_server: `${tls.url}/auth`, tls: { ca_file: CA } } };
  const cache = { keep_headers: 'none', cache: { allow_ttl: 60, deny_ttl: 60 } };
  return { remote_auth: host === 'kept.test' ? { ...remote, ...cache } : remote };
}

/** As an auth server would say it that is not to be trusted: with a body, and headers that steer nginx where they are believed. */
const headers = {
  'Content-Type': 'text/html',
  'Set-Cookie': 'a=b; Path=/; Domain=auth.test',
  'X-Edge-Auth': 'allow success_status',
  'X-Edge-Auth-Status': '299',
  'X-Accel-Expires': '1000',
  'X-Accel-Redirect': '/elsewhere',
  Location: '/elsewhere',
  'Last-Modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
  ETag: '"forged"',
};
const body = `<!--# include virtual="/before.txt" -->${'a'.repeat(20_000)}`;

function answerByToken({ url }: RecordedRequest): Answer {
  if (url.includes('token=slow')) return silent();
  const status = url.includes('token=good') ? 200 : url.includes('token=late') ? 504 : 403;
  return { status, headers, body };
}

interface Case {
  target: string;
  head?: string[];
  method?: string;
  body?: string;
}

const cases: Record<string, Case[]> = {
  remote: [
    { target: '/file.txt?token=good' },
    { target: '/file.txt?token=bad' },
    { target: '/file.txt?token=bad', head: ['X-Body: GET /auth?token=good HTTP/1.1'] },
    { target: '/file.txt?token=good&n=2', head: ['Range: bytes=0-1', 'Accept-Encoding: gzip'] },
    {
      target: '/file.txt?token=good&n=3',
      head: ['If-None-Match: "forged"', 'If-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT'],
    },
    {
      target: '/file.txt?token=bad&n=4',
      method: 'POST',
      body: 'GET /auth?token=good HTTP/1.1\r\nHost: x\r\n\r\n',
    },
    { target: '/file.txt?token=good&n=5', method: 'HEAD' },
    {
      target: '/file.txt?token=bad&n=6',
      method: 'HEAD',
      head: ['User-Agent: Mozilla/4.0 (compatible; MSIE 6.0)'],
    },
    { target: '/file.txt?token=late' },
    { target: '/file.txt?token=slow' },
    { target: '/file.txt?token=good&n=7' },
    { target: '/file.txt?token=bad&n=8' },
    { target: '/file.txt?token=good' },
    { target: '/file.txt?token=bad' },
    // Never kept.
    { target: '/file.txt?token=late' },
  ],
  signed: [
    { target: '{signed}' },
    { target: '/file.txt' },
    { target: '/file.txt?auth_key=1-0-0-00000000000000000000000000000000' },
    { target: '/file.txt', method: 'POST', body: 'hello' },
  ],
};

/** What became of one request. */
export interface Observation {
  request: string;
  verdict: string;
  leaked: boolean;
  /** Head and body of each auth request that it led to. */
  asked: string[];
}

export class InheritingEdge {
  constructor(
    readonly edge: Edge,
    private readonly servers: Servers,
    private readonly wiring: Wiring,
  ) {}

  /** Sends every request, one after the other, each on a connection of its own. */
  async observe(): Promise<Observation[]> {
    const observed: Observation[] = [];
    for (const host of hostsOf(this.wiring)) {
      for (const [index, one] of cases[host === 'signed.test' ? 'signed' : 'remote']!.entries())
        observed.push(await this.ask(host, `${host} ${index}`, one));
    }
    const lines = await this.edge.accessLog(observed.length);
    return observed.map((one, index) => {
      const line = lines.filter(({ case: name }) => name === one.request.split(': ')[0]).at(-1) ?? {};
      return { ...observed[index]!, verdict: [line['decision'], line['reason'], line['answer']].join(' ') };
    });
  }

  private async ask(host: string, name: string, one: Case): Promise<Observation> {
    const target = one.target === '{signed}' ? sign('/file.txt', { type: 'A', key: KEY }) : one.target;
    const asked = host === 'tls.test' ? this.servers.tls : this.servers.auth;
    asked.clear();
    const method = one.method ?? 'GET';
    const lines = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, `X-Case: ${name}`, 'Connection: close'];
    if (one.body !== undefined) lines.push(`Content-Length: ${one.body.length}`);
    const bytes = [...lines, ...(one.head ?? []), '', one.body ?? ''].join('\r\n');
    const { text } = await exchange(this.edge.port(), bytes, { idleMs: 5_000 });
    return {
      request: `${name}: ${method} ${one.target}`,
      verdict: '',
      leaked: text.includes(PROTECTED),
      // The edge may reset a connection whose answer it does not read to its end.
      asked: asked.requests
        .map(({ rawHead, body }) => rawHead + body.toString())
        .concat(asked.malformed.filter((error) => error !== 'read ECONNRESET')),
    };
  }

  stop(): Promise<void> {
    return this.edge.stop();
  }
}

export async function startInheritingEdge(
  runtime: Runtime,
  wiring: Wiring,
  servers: Servers,
  group: { lines: string[]; server?: string[] },
): Promise<InheritingEdge> {
  const hosts = hostsOf(wiring);
  const serverOf = (host: string): string => `
    server {
        listen 8080;
        server_name ${host};
        include edge-auth/servers/${host}.conf;
        ${(group.server ?? []).join('\n        ')}
        location / {
            root /srv/www;
        }
        location = /operator-asks { return 204; }
        location = /operator-mirror { auth_request off; return 204; }
        location = /operator-post { auth_request off; return 204; }
    }`;
  const edge = await startEdge({
    runtime,
    wiring,
    conf: path.join(__dirname, 'nginx.conf'),
    policies: Object.fromEntries(hosts.map((host) => [host, policyOf(host, servers)])),
    vars: { LINES: group.lines.join('\n'), SERVERS: hosts.map(serverOf).join('\n') },
    files: {
      '/srv/www/file.txt': `${PROTECTED}\n`,
      '/srv/www/page.txt': 'a page\n',
      '/srv/www/before.txt': 'before\n',
      '/srv/www/after.txt': 'after\n',
      '/etc/nginx/nobody.htpasswd': '',
      ...servers.files,
    },
  });
  return new InheritingEdge(edge, servers, wiring);
}
