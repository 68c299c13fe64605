import path from 'node:path';
import { denial } from '../harness/denial';
import { startAuthServer, type AuthServer } from '../harness/auth-server';
import { send, type ClientReply } from '../harness/client';
import { startEdge } from '../harness/edge';
import { leastMs } from '../harness/in-time';
import { PROTECTED, startOrigin, type Origin } from '../harness/origin';
import { runtimes } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import { failures } from './failures';

const TIMEOUT_MS = 600;
/** Far less than what another try, or the whole deadline for each server, would add. */
const LATE_MS = 150;
/** Without a body, not even chunks of none: what has one costs the connection in the inline wiring. */
const yes = { status: 200, headers: { 'content-length': 0 } };
const methods = { get: 'GET', post: 'POST' } as const;
const actions = ['allow', 'deny'] as const;
const cases = runtimes.flatMap((runtime) =>
  (['hop', 'inline'] as const).map((wiring) => ({ name: runtime.name, runtime, wiring })),
);

describe.each(cases)('failover, $wiring, on $name', ({ runtime, wiring }) => {
  let origin: Origin;
  let servers: AuthServer[];
  let edge: Edge;
  const ask = (domain: string, method = 'GET') =>
    send({ port: edge.port(), method, path: '/secret', headers: { host: domain } });
  const msOf = (reply: ClientReply, domain: string, limitMs = TIMEOUT_MS + LATE_MS) =>
    leastMs(limitMs, reply, () => ask(domain));
  /** How many questions each server got since the last clear(). */
  const counts = () => servers.map(({ requests }) => requests.length);
  const clear = () => servers.forEach((server) => server.clear());

  beforeAll(async () => {
    origin = await startOrigin();
    servers = await Promise.all([startAuthServer(), startAuthServer(), startAuthServer()]);
    const urls = servers.map(({ url }) => `${url}/check`);
    const policies: Record<string, object> = {};
    for (const count of [2, 3]) {
      for (const action of actions) {
        for (const [name, method] of Object.entries(methods)) {
          policies[`${name}-${count}-${action}.test`] = {
            remote_auth: {
              auth_server: urls.slice(0, count),
              request_method: method,
              timeout_ms: TIMEOUT_MS,
              timeout_action: action,
              failure_action: { deny: 451 },
            },
          };
        }
      }
    }
    const server = (domain: string) =>
      `server { listen 8080; server_name ${domain}; include edge-auth/servers/${domain}.conf; location / { proxy_pass ${origin.url}; } }`;
    const vars = { SERVERS: Object.keys(policies).map(server).join('\n') };
    edge = await startEdge({ runtime, wiring, conf: path.join(__dirname, 'nginx.conf'), policies, vars });
  });
  beforeEach(async () => {
    await Promise.all(servers.map((server) => server.restart()));
    for (const server of servers) server.answer(yes);
    // One question over new connections: the kept ones ended with the restart.
    await ask('get-2-deny.test');
    clear();
    origin.clear();
    await edge.mark();
  });
  afterAll(async () => {
    await edge?.stop();
    for (const server of servers ?? []) await server.stop();
    await origin?.stop();
  });

  test.each(['get-2-deny.test', 'get-3-deny.test', 'post-2-deny.test'])(
    'asks the first server only, over kept connections, while it lives: %s',
    async (domain) => {
      for (let i = 0; i < 20; i++) expect((await ask(domain)).status).toBe(200);
      expect(counts()).toEqual([20, 0, 0]);
      expect(servers[0]!.connections).toBeLessThanOrEqual(1);
      expect(await edge.errors()).toEqual([]);
    },
  );

  describe.each(failures)('when the first server $name', ({ make, logged, isSlow }) => {
    beforeEach(() => make(servers[0]!));

    test.each(['get-2-deny.test', 'post-3-deny.test'])(
      'the second allows, the third is not asked, the first comes back at once: %s',
      async (domain) => {
        const replies: ClientReply[] = [];
        for (let i = 0; i < 3; i++) {
          const reply = await ask(domain, i === 2 ? 'POST' : 'GET');
          expect(reply.status).toBe(200);
          expect(reply.body).toContain(PROTECTED);
          replies.push(reply);
        }
        expect(counts().slice(1)).toEqual([3, 0]);
        expect(servers[1]!.connections).toBe(1);
        expect(servers[1]!.requests.map(({ method }) => method)).toEqual(
          Array.from({ length: 3 }, () => (domain.startsWith('post') ? 'POST' : 'GET')),
        );
        const log = await edge.accessLog(3);
        expect(log.map(({ reason, auth }) => `${reason} ${auth}`)).toEqual(
          Array.from({ length: 3 }, () => 'success_status 200'),
        );
        expect((await edge.errors()).filter((line) => !logged.test(line))).toEqual([]);
        for (const reply of replies) expect(await msOf(reply, domain)).toBeLessThan(TIMEOUT_MS + LATE_MS);

        await servers[0]!.restart();
        servers[0]!.answer(yes);
        clear();
        expect((await ask(domain)).status).toBe(200);
        expect(counts()).toEqual([1, 0, 0]);
      },
    );

    test("the second's denial counts, and the third answers where the second fails too", async () => {
      servers[1]!.answer({ status: 403 });
      expect(await ask('get-3-allow.test')).toMatchObject(denial(451));
      expect(counts().slice(1)).toEqual([1, 0]);
      expect(origin.requests).toEqual([]);
      expect(await edge.accessLog(1)).toMatchObject([
        { decision: 'deny', reason: 'failure_status', auth: '403' },
      ]);

      await make(servers[1]!);
      const reply = await ask('post-3-deny.test');
      expect(reply.status).toBe(200);
      expect(counts()[2]).toBe(1);
      if (isSlow) expect(reply.ms).toBeGreaterThan(TIMEOUT_MS / 3);
      expect(await msOf(reply, 'post-3-deny.test')).toBeLessThan(TIMEOUT_MS + LATE_MS);
    });
  });

  test.each(failures.flatMap((failure) => actions.map((action) => ({ ...failure, action }))))(
    'timeout_action $action decides when every server $name',
    async ({ make, reason, logged, action, isSlow, decision = action }) => {
      for (const server of servers) await make(server);
      for (const count of [2, 3]) {
        await edge.mark();
        origin.clear();
        const domain = `post-${count}-${action}.test`;
        const reply = await ask(domain);
        expect(await edge.accessLog(1)).toMatchObject([{ decision, reason, status: String(reply.status) }]);
        expect(reply.status).toBe(decision === 'allow' ? 200 : 451);
        expect(reply.body.includes(PROTECTED)).toBe(decision === 'allow');
        expect(origin.requests).toHaveLength(decision === 'allow' ? 1 : 0);
        // A kept connection that turned out to be dead is one try more than there are servers.
        const expected = new RegExp(`${logged.source}|no live upstreams while connecting to upstream`);
        expect((await edge.errors()).filter((line) => !expected.test(line))).toEqual([]);
        if (isSlow) {
          expect(reply.ms).toBeGreaterThan(TIMEOUT_MS - LATE_MS);
          expect(await msOf(reply, domain)).toBeLessThan(TIMEOUT_MS + LATE_MS);
        } else expect(await msOf(reply, domain, TIMEOUT_MS / 2)).toBeLessThan(TIMEOUT_MS / 2);
      }
    },
  );

  test('one odd request does not set the servers aside for the next ones', async () => {
    const big = { headers: { 'x-big': 'a'.repeat(32_768) }, status: 403 };
    for (const server of servers) server.answer(({ url }) => (url.includes('odd') ? big : { status: 403 }));
    const odd = await send({ port: edge.port(), path: '/?odd', headers: { host: 'get-3-allow.test' } });
    expect(odd).toMatchObject({ status: 451 });
    expect(await ask('get-3-allow.test')).toMatchObject({ status: 451 });
    expect(await edge.accessLog(2)).toMatchObject([
      { decision: 'deny', reason: 'answer_too_large' },
      { decision: 'deny', reason: 'failure_status' },
    ]);
    expect(origin.requests).toEqual([]);
  });
});
