import path from 'node:path';
import { denialBody } from '../harness/denial';
import { startAuthServer, type AuthServer } from '../harness/auth-server';
import { send } from '../harness/client';
import { startEdge } from '../harness/edge';
import { refusingPort } from '../harness/listening';
import { PROTECTED, startOrigin, type Origin } from '../harness/origin';
import { sendRaw } from '../harness/raw-client';
import { runtimes } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import { TEST_HOST } from '../harness/test-host';
import { outcomes } from './outcome-cases';

const wirings = ['hop', 'inline'] as const;
const edges = runtimes.flatMap((runtime) =>
  wirings.map((wiring) => ({ name: runtime.name, runtime, wiring })),
);
const rows = outcomes.map((row, i) => ({ ...row, domain: `o${i}.test` }));
const RATE = 64 * 1024;
const throttled = { remote_auth: { auth_server: '{auth}', failure_action: { throttle: '64k' } } };
const off = { enabled: false };
const offWithAddress = { enabled: false, remote_auth: { auth_server: '{refused}' } };
const SECRET = 'only-the-auth-server-knows';

function serverBlocks(domains: string[], origin: string): string {
  const server = (domain: string) => `
    server {
        listen 8080;
        server_name ${domain};
        include edge-auth/servers/${domain}.conf;

        location / {
            proxy_pass ${origin};
        }
        location /free/ {
            auth_request off;
            proxy_pass ${origin};
        }
        location /internal/ {
            internal;
            proxy_pass ${origin};
        }
    }`;
  return domains.map(server).join('');
}

describe.each(edges)('what a decision does, $wiring, on $name', ({ runtime, wiring }) => {
  let auth: AuthServer;
  let origin: Origin;
  let edge: Edge;
  const get = (domain: string, target = '/a?secret=1') =>
    send({ port: edge.port(), path: target, headers: { host: domain } });

  beforeAll(async () => {
    [auth, origin] = await Promise.all([startAuthServer(), startOrigin()]);
    const refused = `http://${TEST_HOST}:${await refusingPort()}`;
    const policies = {
      ...Object.fromEntries(
        rows.map(({ domain, policy }) => [domain, { remote_auth: { auth_server: '{auth}', ...policy } }]),
      ),
      'throttled.test': throttled,
      'off.test': off,
      'off-with-address.test': offWithAddress,
    };
    const text = JSON.stringify(policies).replaceAll('{auth}', auth.url).replaceAll('{refused}', refused);
    edge = await startEdge({
      runtime,
      wiring,
      conf: path.join(__dirname, 'outcome.nginx.conf'),
      policies: JSON.parse(text) as Record<string, object>,
      vars: { SERVERS: serverBlocks(Object.keys(policies), origin.url) },
    });
  });
  beforeEach(async () => {
    auth.answer({}).clear();
    origin.clear();
    await edge.mark();
  });
  afterAll(async () => {
    await edge?.stop();
    await Promise.all([auth?.stop(), origin?.stop()]);
  });

  test.each(rows)('$name: $status', async (row) => {
    const target = row.path ?? '/a?secret=1';
    auth.answer(() => row.answer ?? {});
    const reply = await get(row.domain, target);
    expect(reply.status).toBe(row.status);
    expect(origin.requests).toHaveLength(row.status === 200 ? 1 : 0);
    expect(auth.requests).toHaveLength(row.questions ?? 1);
    if (row.status === 200) expect(reply.body).toContain(PROTECTED);
    else {
      expect(reply.body).toEqual(denialBody(reply.status));
      expect(reply.headers['server']).toBe('nginx');
      expect(Object.keys(reply.headers).sort()).toEqual(
        ['connection', 'content-length', ...(reply.body ? ['content-type'] : []), 'date', 'server'].sort(),
      );
    }
    const [line] = await edge.accessLog(1);
    const { time, ...log } = row.log;
    expect(line).toMatchObject({ domain: row.domain, uri: target, status: String(row.status), ...log });
    expect(line?.['time']).toMatch(time);
    const errors = await edge.errors();
    for (const error of errors) expect(error).toMatch(row.error ?? /no line is expected/);
  });

  test.each(['off.test', 'off-with-address.test'])(
    '%s: a policy that is not enabled protects nothing',
    async (domain) => {
      const reply = await get(domain);
      expect(reply.status).toBe(200);
      expect(auth.requests).toEqual([]);
      expect(await edge.accessLog(1)).toMatchObject([{ status: '200', decision: '', reason: '' }]);
      expect(await edge.errors()).toEqual([]);
    },
  );

  test('a throttled body comes at the rate of the policy, an allowed one at once', async () => {
    origin.replies.set('/big', { body: 'x'.repeat(4 * RATE) });
    auth.answer(({ headers }) => ({ status: headers['x-good'] ? 200 : 401 }));
    const ask = (headers: Record<string, string>) =>
      send({ port: edge.port(), path: '/big', headers: { host: 'throttled.test', ...headers } });
    const [slow, fast] = await Promise.all([ask({}), ask({ 'x-good': '1' })]);
    expect([slow.status, fast.status]).toEqual([200, 200]);
    expect(slow.bytes).toEqual(fast.bytes);
    expect(fast.ms).toBeLessThan(slow.ms / 2);
    // nginx sends what one second may have at once, and then that much each second.
    const rate = (3 * RATE) / (slow.ms / 1000);
    expect(rate).toBeGreaterThan(0.6 * RATE);
    expect(rate).toBeLessThan(1.4 * RATE);
    const decisions = (await edge.accessLog(2)).map(({ decision }) => decision);
    expect(decisions.sort()).toEqual(['allow', 'throttle']);
  });

  const steering = {
    'Set-Cookie': ['session=stolen', 'b=c'],
    'X-Accel-Redirect': '/internal/secret',
    'X-Accel-Limit-Rate': '1',
    'X-Accel-Buffering': 'no',
    'X-Accel-Expires': '100',
    'X-Sendfile': '/etc/passwd',
    'WWW-Authenticate': 'Basic realm="inner"',
    Location: 'http://inner.test/login',
    Link: '<https://inner.test>; rel=preload',
    'X-Edge-Auth-Decision': 'allow',
    'X-Edge-Auth-Reason': 'forged',
    'X-Edge-Auth-Status': '200',
    'X-Edge-Auth-Anything': 'x',
    Server: 'auth/1.0',
    'X-Powered-By': 'auth/1.0',
    'Content-Type': 'text/x-inner',
    'Content-Encoding': 'gzip',
    'Strict-Transport-Security': 'max-age=1',
  };

  test.each([
    [200, 200, 'allow'],
    [204, 200, 'allow'],
    [302, 403, 'deny'],
    [401, 403, 'deny'],
    [403, 403, 'deny'],
    [500, 403, 'deny'],
  ])('a %i with headers that steer nginx has no effect but its status', async (answer, status, decision) => {
    auth.answer({ status: answer, headers: steering, body: answer === 204 ? '' : SECRET });
    const reply = await sendRaw(edge.port(), `GET /a HTTP/1.1\r\nHost: ${rows[0]?.domain}\r\n\r\n`);
    expect(reply.status).toBe(status);
    expect(origin.requests.map(({ url }) => url)).toEqual(status === 200 ? ['/a'] : []);
    const names = reply.rawHeaders.map(([name]) => name.toLowerCase());
    const own = ['connection', 'content-length', 'content-type', 'date', 'server', 'transfer-encoding'];
    expect(names.filter((name) => !own.includes(name))).toEqual([]);
    const said = JSON.stringify(reply.rawHeaders) + reply.body;
    expect(said).not.toMatch(/inner|stolen|forged|auth\/1\.0/);
    expect(said).not.toContain(SECRET);
    expect(await edge.accessLog(1)).toMatchObject([{ decision, answer: String(answer) }]);
    expect(await edge.errors()).toEqual([]);
  });

  test('a HEAD is denied without a body', async () => {
    auth.answer({ status: 403 });
    const reply = await send({
      port: edge.port(),
      method: 'HEAD',
      path: '/a',
      headers: { host: 'throttled.test' },
    });
    expect(reply.status).toBe(200);
    const denied = await send({
      port: edge.port(),
      method: 'HEAD',
      path: '/a',
      headers: { host: rows[0]?.domain ?? '' },
    });
    expect([denied.status, denied.body]).toEqual([403, '']);
  });
});
