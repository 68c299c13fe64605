import path from 'node:path';
import fc from 'fast-check';
import { parsePolicy } from '../../../../src/policy/policy';
import { hostilePolicies } from '../../../unit/attacks/hostile-policy';
import { startAuthServer, type AuthServer } from '../../harness/auth-server';
import { send } from '../../harness/client';
import { startEdge } from '../../harness/edge';
import type { Edge } from '../../harness/started-edge';
import { edgeKinds } from '../matrix';

/** The first hundred hostile policies that `check` lets through, each a domain of its own. */
const accepted = fc
  .sample(hostilePolicies, { numRuns: 1000, seed: 20240603 })
  .map(({ wild }) => wild.replaceAll('https:', 'http:').replace(/,"tls":\{[^}]*\}/, ''))
  .filter((text) => parsePolicy(text, 'a.test.json').policy)
  // Names are looked up when nginx starts; only the host is exchanged.
  .map((text) => text.replace('http://auth.test', 'http://127.0.0.1:9'))
  .filter((text) => !text.includes('"alibaba"'))
  .slice(0, 100);

const long = (length: number, i = 0) => String(i).padStart(4, '0') + 'a'.repeat(length - 4);
const remoteAuth = (more: object) =>
  JSON.stringify({ remote_auth: { auth_server: 'http://127.0.0.1:9', ...more } });
/** Each field at its longest. */
const extremes = [
  remoteAuth({ auth_server: `http://127.0.0.1:9/${long(2000)}`, auth_path: 'append' }),
  remoteAuth({ scope: { paths: Array.from({ length: 100 }, (_, i) => `/${long(1000, i)}`) } }),
  remoteAuth({ scope: { paths: ['/' + '('.repeat(1023), '/' + '\u{4e2d}'.repeat(1000)] } }),
  remoteAuth({ scope: { exclude_file_types: Array.from({ length: 1000 }, (_, i) => `a${long(60, i)}`) } }),
  remoteAuth({ keep_args: Array.from({ length: 200 }, (_, i) => `a${long(250, i)}`) }),
  remoteAuth({ add_args: { a: `${long(1000)}$arg_${long(1000)}`, b: '\u{4e2d}'.repeat(1000) } }),
  remoteAuth({ add_headers: { 'X-A': `$arg_${long(40)}`, 'X-B': `$http_${long(200)}$cookie_${long(200)}` } }),
  remoteAuth({ add_headers: { 'X-A': `$arg_${long(2000)}` } }),
  remoteAuth({
    add_headers: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`X${long(60, i)}`, long(2000)])),
  }),
  remoteAuth({ keep_headers: Array.from({ length: 60 }, (_, i) => `X${long(60, i)}`) }),
  remoteAuth({
    success_status: Array.from({ length: 300 }, (_, i) => 100 + i),
    failure_status: ['4xx', 500],
  }),
].filter((text) => parsePolicy(text, 'a.test.json').policy);
accepted.push(...extremes);

describe.each(edgeKinds)('c.6 conf injection, $name', ({ runtime, wiring }) => {
  let auth: AuthServer;
  let edge: Edge;
  const domains = accepted.map((_, i) => `hostile-${i}.test`);

  beforeAll(async () => {
    auth = await startAuthServer();
    const policies = Object.fromEntries(
      accepted.map((text, i) => [`hostile-${i}.test`, JSON.parse(text) as object]),
    );
    const servers = [...domains, 'harmless.test'].map(
      (domain) =>
        `server { listen 8080; server_name ${domain}; include edge-auth/servers/${domain}.conf; location / { return 200 "reached"; } location /asked { empty_gif; } }`,
    );
    edge = await startEdge({
      runtime,
      wiring,
      conf: path.join(__dirname, 'nginx.conf'),
      vars: { SERVERS: servers.join('\n    ') },
      policies: { ...policies, 'harmless.test': { remote_auth: { auth_server: auth.url } } },
    });
  });
  afterAll(async () => {
    await edge?.stop();
    await auth?.stop();
  });

  test('there are enough of them to mean something', () => {
    expect(accepted.length).toBeGreaterThan(50);
  });

  test('nginx starts with all of them, without a warning', async () => {
    expect(await edge.errors()).toEqual([]);
    expect((await send({ port: edge.port(), headers: { host: 'hostile-0.test' } })).body).toBe('reached');
  });

  test('a harmless policy among them works as ever', async () => {
    const get = () => send({ port: edge.port(), path: '/asked', headers: { host: 'harmless.test' } });
    auth.answer({ status: 403 });
    expect((await get()).status).toBe(403);
    auth.answer({ status: 200 });
    expect((await get()).status).toBe(200);
    expect(auth.requests).toHaveLength(2);
  });
});
