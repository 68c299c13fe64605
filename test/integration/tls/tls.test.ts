import path from 'node:path';
import { startAuthServer, type AuthServer } from '../harness/auth-server';
import { send } from '../harness/client';
import { startEdge } from '../harness/edge';
import { PROTECTED, startOrigin, type Origin } from '../harness/origin';
import { runtimes } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import { makeCertificates } from './certificates';

const files = '/etc/nginx/tls';
const known = { ca_file: `${files}/authority.pem` };
const client = { client_certificate: `${files}/client.pem`, client_key: `${files}/client.key` };
const forged = { client_certificate: `${files}/forged.pem`, client_key: `${files}/forged.key` };

interface TlsCase {
  name: string;
  server: 'plain TLS' | 'asks for a client certificate';
  tls: Record<string, unknown> | undefined;
  allowed: boolean;
  /** What the error log says; absent: nothing. */
  logged?: RegExp;
}

const untrusted = /upstream SSL certificate verify error/;
const cases: TlsCase[] = [
  { name: 'asks a server that its ca_file knows', server: 'plain TLS', tls: known, allowed: true },
  { name: 'refuses an authority that the system does not know', server: 'plain TLS', tls: undefined, allowed: false, logged: untrusted },
  { name: 'refuses an authority that its ca_file does not know', server: 'plain TLS', tls: { ca_file: `${files}/stranger.pem` }, allowed: false, logged: untrusted },
  { name: 'asks whoever answers where verify is false', server: 'plain TLS', tls: { verify: false }, allowed: true },
  { name: 'refuses a certificate of another name', server: 'plain TLS', tls: { ...known, server_name: 'other.test' }, allowed: false, logged: /upstream SSL certificate does not match "other.test"/ },
  { name: 'verifies by server_name', server: 'plain TLS', tls: { ...known, server_name: 'edge-auth-host' }, allowed: true },
  { name: 'shows its client certificate', server: 'asks for a client certificate', tls: { ...known, ...client }, allowed: true },
  { name: 'is refused without a client certificate', server: 'asks for a client certificate', tls: known, allowed: false, logged: /certificate required|alert|closed connection/ },
  { name: 'is refused with a client certificate of another authority', server: 'asks for a client certificate', tls: { ...known, ...forged }, allowed: false, logged: /unknown ca|alert|closed connection/ },
]; // prettier-ignore

const domain = (index: number): string => `t${index}.test`;
const matrix = runtimes.flatMap((runtime) =>
  (['hop', 'inline'] as const).map((wiring) => ({ runtime, wiring, title: `${runtime.name}, ${wiring}` })),
);

describe.each(matrix)('an auth server behind TLS, $title', ({ runtime, wiring }) => {
  let servers: Record<TlsCase['server'], AuthServer>;
  let origin: Origin;
  let edge: Edge;

  beforeAll(async () => {
    const made = await makeCertificates();
    const [open, closed] = await Promise.all([
      startAuthServer(made.server),
      startAuthServer({ ...made.server, clientCa: made.authority.cert }),
    ]);
    servers = { 'plain TLS': open, 'asks for a client certificate': closed };
    origin = await startOrigin();
    const blocks = cases.map(
      (_row, index) =>
        `server { listen 8080; server_name ${domain(index)}; include edge-auth/servers/${domain(index)}.conf; location / { proxy_pass ${origin.url}; } }`,
    );
    edge = await startEdge({
      runtime,
      wiring,
      conf: path.join(__dirname, 'nginx.conf'),
      vars: { SERVERS: blocks.join('\n') },
      policies: Object.fromEntries(
        cases.map(({ server, tls }, index) => [
          domain(index),
          { remote_auth: { auth_server: servers[server].url, timeout_ms: 3000, ...(tls && { tls }) } },
        ]),
      ),
      files: {
        [`${files}/authority.pem`]: made.authority.cert,
        [`${files}/stranger.pem`]: made.stranger.cert,
        [`${files}/client.pem`]: made.client.cert,
        [`${files}/client.key`]: made.client.key,
        [`${files}/forged.pem`]: made.forgedClient.cert,
        [`${files}/forged.key`]: made.forgedClient.key,
        // The image may come without the system's own authorities, which a policy without ca_file trusts.
        '/etc/ssl/certs/ca-certificates.crt': made.stranger.cert,
      },
    });
  });
  afterAll(async () => {
    await edge?.stop();
    await Promise.all([...Object.values(servers ?? {}), origin].map((one) => one?.stop()));
  });

  test.each(cases.map((row, index) => ({ ...row, index })))(
    '$name',
    async ({ index, server, allowed, logged }) => {
      const auth = servers[server];
      auth.clear();
      origin.clear();
      await edge.mark();
      const reply = await send({ port: edge.port(), headers: { host: domain(index) } });
      expect([reply.status, reply.body.includes(PROTECTED)]).toEqual([allowed ? 200 : 403, allowed]);
      expect([auth.requests.length, origin.requests.length]).toEqual(allowed ? [1, 1] : [0, 0]);
      const [line] = await edge.accessLog(1);
      expect(line).toMatchObject({ decision: allowed ? 'allow' : 'deny' });
      if (allowed) expect(line?.['reason']).toBe('success_status');
      else expect(['unreachable', 'closed', 'invalid_answer']).toContain(line?.['reason']);
      const errors = await edge.errors();
      expect(errors.filter((error) => !logged?.test(error))).toEqual([]);
      if (logged) expect(errors).not.toEqual([]);
    },
  );

  test('keeps a connection to itself where another policy trusts less', async () => {
    const trusting = cases.findIndex(({ tls }) => tls?.['verify'] === false);
    const strict = cases.findIndex(({ tls }) => tls === undefined);
    for (let i = 0; i < 3; i++) {
      expect((await send({ port: edge.port(), headers: { host: domain(trusting) } })).status).toBe(200);
      expect((await send({ port: edge.port(), headers: { host: domain(strict) } })).status).toBe(403);
    }
  });

  test('reuses a connection once it stands (hop)', async () => {
    const auth = servers['plain TLS'];
    await send({ port: edge.port(), headers: { host: domain(0) } });
    auth.clear();
    for (let i = 0; i < 10; i++) await send({ port: edge.port(), headers: { host: domain(0) } });
    expect(auth.requests).toHaveLength(10);
    if (wiring === 'hop') expect(auth.connections).toBe(0);
  });
});
