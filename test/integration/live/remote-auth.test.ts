// What of remote authentication is in force at once, and what waits for the reload: nothing opens meanwhile.
import { setTimeout as sleep } from 'node:timers/promises';
import { startAuthServer, type AuthServer } from '../harness/auth-server';
import { send } from '../harness/client';
import { startOrigin, type Origin } from '../harness/origin';
import { sign } from '../signing/signer';
import { liveRuntimes, onLiveRuntimes, startLiveEdge, type LiveEdge } from './live-edge';

const key = 'the-key-of-the-question';
const signing = { type: 'A', key1: key };
type Fields = Record<string, unknown>;
/** `{auth}`: the auth server; `{other}`: another address of it; `{silent}`: one that never answers. */
const asks = (fields: Fields = {}): Fields => ({
  remote_auth: { auth_server: '{auth}', timeout_ms: 700, ...fields },
});
const SIGNED = '(signed)';

interface Step {
  name: string;
  policy: Fields;
  /** What the auth server answers. Default: 200. */
  answer?: number;
  target?: string;
  method?: string;
  status: number;
  asked: number;
  reload?: boolean;
}

const conf = asks();
const steps: Step[] = [
  { name: 'as rendered', policy: conf, status: 200, asked: 1 },
  { name: 'as rendered, refused', policy: conf, answer: 401, status: 403, asked: 1 },
  {
    name: 'another success',
    policy: asks({ success_status: ['401'], failure_status: ['200'] }),
    answer: 401,
    status: 200,
    asked: 1,
  },
  {
    name: 'another failure',
    policy: asks({ success_status: ['401'], failure_status: ['200'] }),
    answer: 200,
    status: 403,
    asked: 1,
  },
  {
    name: 'other status allowed',
    policy: asks({ success_status: ['204'], failure_status: ['403'], other_status: 'allow' }),
    answer: 500,
    status: 200,
    asked: 1,
  },
  {
    name: 'other status denied',
    policy: asks({ success_status: ['204'], failure_status: ['403'], other_status: 'deny' }),
    answer: 500,
    status: 403,
    asked: 1,
  },
  {
    name: "another status in place of 403, which is nginx's own, waits",
    policy: asks({ failure_action: { deny: 451 } }),
    answer: 403,
    status: 403,
    asked: 1,
    reload: true,
  },
  {
    name: 'the first one again',
    policy: asks({ failure_action: { deny: 403 } }),
    answer: 403,
    status: 403,
    asked: 1,
  },
  {
    name: 'to throttle in place of a refusal waits',
    policy: asks({ failure_action: { throttle: '1m' } }),
    answer: 403,
    status: 403,
    asked: 1,
    reload: true,
  },
  {
    name: 'out of scope',
    policy: asks({ scope: { paths: ['/asked/*'] } }),
    answer: 403,
    status: 200,
    asked: 0,
  },
  {
    name: 'in scope',
    policy: asks({ scope: { paths: ['/asked/*'] } }),
    answer: 403,
    target: '/asked/x',
    status: 403,
    asked: 1,
  },
  {
    name: 'an excluded method',
    policy: asks({ scope: { exclude_methods: ['POST'] } }),
    answer: 403,
    method: 'POST',
    status: 200,
    asked: 0,
  },
  {
    name: 'a method that is not excluded',
    policy: asks({ scope: { exclude_methods: ['POST'] } }),
    answer: 403,
    status: 403,
    asked: 1,
  },
  { name: 'switched off', policy: { ...conf, enabled: false }, answer: 403, status: 200, asked: 0 },
  { name: 'switched on', policy: { ...conf, enabled: true }, answer: 403, status: 403, asked: 1 },
  { name: 'taken away', policy: { url_signing: false }, answer: 403, status: 200, asked: 0 },
  { name: 'a signature besides, unsigned', policy: { ...conf, url_signing: signing }, status: 403, asked: 0 },
  {
    name: 'a signature besides, signed',
    policy: { ...conf, url_signing: signing },
    target: SIGNED,
    status: 200,
    asked: 1,
  },
  {
    name: 'a signature besides, signed and refused',
    policy: { ...conf, url_signing: signing },
    target: SIGNED,
    answer: 403,
    status: 403,
    asked: 1,
  },
  { name: 'a signature instead, unsigned', policy: { url_signing: signing }, status: 403, asked: 0 },
  {
    name: 'a signature instead, signed',
    policy: { url_signing: signing },
    target: SIGNED,
    answer: 403,
    status: 200,
    asked: 0,
  },
  { name: 'the question back', policy: conf, answer: 403, status: 403, asked: 1 },
  // What waits: all of remote_auth stays as in the conf.
  {
    name: 'another server waits',
    policy: asks({ auth_server: '{other}', success_status: ['403'], failure_status: ['200'] }),
    answer: 403,
    status: 403,
    asked: 1,
    reload: true,
  },
  {
    name: 'another path waits, and the refusal with it',
    policy: asks({ auth_path: 'append', failure_action: { deny: 451 } }),
    answer: 403,
    status: 403,
    asked: 1,
    reload: true,
  },
  {
    name: 'another header waits, and the scope with it',
    policy: asks({ add_headers: { 'X-A': 'b' }, scope: { paths: ['/asked/*'] } }),
    answer: 403,
    status: 403,
    asked: 1,
    reload: true,
  },
  {
    name: 'a silent server waits',
    policy: asks({ auth_server: '{silent}', timeout_action: 'allow' }),
    answer: 403,
    status: 403,
    asked: 1,
    reload: true,
  },
  { name: 'and the first one again', policy: conf, answer: 200, status: 200, asked: 1 },
];

const domain = 'asked.test';
const [late, timed, byHand, open] = ['late.test', 'timed.test', 'by-hand.test', 'open.test'];
const throttled = 'throttled.test';
const edges = liveRuntimes.flatMap((runtime) =>
  (['hop', 'inline'] as const).map((wiring) => ({ runtime, wiring })),
);

onLiveRuntimes('remote authentication', (runtime) => {
  describe.each(edges.filter((edge) => edge.runtime === runtime))('$wiring', ({ wiring }) => {
    let auth: AuthServer;
    let silent: AuthServer;
    let origin: Origin;
    let live: LiveEdge;
    const fill = (policy: Fields) =>
      JSON.parse(
        JSON.stringify(policy)
          .replaceAll('{auth}', auth.url)
          .replaceAll('{other}', `${auth.url}/other`)
          .replaceAll('{silent}', silent.url),
      ) as Fields;
    const ask = (host: string, target: string, method = 'GET') =>
      send({
        port: live.port,
        method,
        path: target === SIGNED ? sign('/x', { type: 'A', key }) : target,
        headers: { host },
      });
    const put = (host: string, policy: Fields) => live.api('PUT', `/v1/policies/${host}`, fill(policy));

    beforeAll(async () => {
      [auth, silent, origin] = await Promise.all([startAuthServer(), startAuthServer(), startOrigin()]);
      silent.answer(async () => {
        await sleep(2_000);
        return {};
      });
      const policies = {
        [domain]: conf,
        [late]: { url_signing: signing },
        [timed]: asks({ auth_server: '{silent}', failure_action: { deny: 451 } }),
        [byHand]: { url_signing: signing },
        [open]: { url_signing: false },
        [throttled]: asks({ failure_action: { throttle: '1m' } }),
      };
      live = await startLiveEdge({
        runtime,
        wiring,
        workers: 2,
        policies: Object.fromEntries(Object.entries(policies).map(([name, policy]) => [name, fill(policy)])),
        servers: Object.keys(policies)
          .map(
            (name) => `
    server {
        listen 8080;
        server_name ${name};
        add_header X-Reason "$edge_auth_decision $edge_auth_reason" always;
        include edge-auth/servers/${name}.conf;
        location / { proxy_pass ${origin.url}; }
        location /own/ { limit_rate 64k; proxy_pass ${origin.url}; }
    }`,
          )
          .join(''),
      });
    });
    beforeEach(() => {
      auth.clear();
      origin.clear();
    });
    afterAll(async () => {
      await live?.stop();
      await Promise.all([auth?.stop(), silent?.stop(), origin?.stop()]);
    });

    test.each(steps)('$name: $status', async (step) => {
      auth.answer({ status: step.answer ?? 200 });
      const answer = await put(domain, step.policy);
      expect([answer.status, JSON.parse(answer.body)]).toMatchObject([
        200,
        { reload_required: step.reload ?? false },
      ]);
      for (let i = 0; i < 4; i++) {
        auth.clear();
        origin.clear();
        const reply = await ask(domain, step.target ?? '/x', step.method);
        expect([reply.status, reply.headers['x-reason']]).toEqual([step.status, reply.headers['x-reason']]);
        expect(auth.requests).toHaveLength(step.asked);
        expect(origin.requests).toHaveLength(step.status === 200 ? 1 : 0);
      }
    });

    test('a throttled client has the rate of the policy as it is now', async () => {
      auth.answer({ status: 403 });
      origin.replies.set('/big', { body: 'x'.repeat(256 * 1024) });
      await put(throttled, asks({ failure_action: { throttle: '64k' } }));
      const slow = await ask(throttled, '/big');
      expect(slow.status).toBe(200);
      expect(slow.ms).toBeGreaterThan(2_000);
      await put(throttled, asks({ failure_action: { throttle: '10m' } }));
      const fast = await ask(throttled, '/big');
      expect(fast.ms).toBeLessThan(1_000);
      expect(fast.bytes.length).toBe(slow.bytes.length);
    });

    test('a rate of the operator stays in a domain whose conf throttles nobody', async () => {
      auth.answer({ status: 200 });
      origin.replies.set('/own/big', { body: 'x'.repeat(192 * 1024) });
      await put(domain, conf);
      expect((await ask(domain, '/own/big')).ms).toBeGreaterThan(1_500);
    });

    test('a silent auth server: what becomes of its clients changes at once', async () => {
      expect((await ask(timed, '/x')).status).toBe(451);
      const allowing = { timeout_action: 'allow', failure_action: { deny: 451 } };
      await put(timed, asks({ auth_server: '{silent}', ...allowing }));
      expect((await ask(timed, '/x')).status).toBe(200);
      await put(
        timed,
        asks({ auth_server: '{silent}', timeout_action: 'deny', failure_action: { deny: 429 } }),
      );
      expect((await ask(timed, '/x')).status).toBe(429);
    });

    test('a signature does not give way to a question that the conf does not ask: 409', async () => {
      const answer = await put(late, conf);
      expect([answer.status, JSON.parse(answer.body)]).toMatchObject([409, { code: 'ReloadRequired' }]);
      expect((await ask(late, '/x')).status).toBe(403);
      expect((await ask(late, SIGNED)).status).toBe(200);
      const both = await put(late, { ...conf, url_signing: signing });
      expect([both.status, JSON.parse(both.body)]).toMatchObject([200, { reload_required: true }]);
      auth.answer({ status: 403 });
      expect([(await ask(late, '/x')).status, (await ask(late, SIGNED)).status]).toEqual([403, 200]);
      // Not even in two steps.
      expect((await put(late, conf)).status).toBe(409);
      expect((await put(late, { ...conf, enabled: false, url_signing: signing })).status).toBe(200);
      expect((await ask(late, '/x')).status).toBe(200);
    });

    test('edited by hand to a question instead of the signature: denied until the reload', async () => {
      live.write(`${byHand}.json`, JSON.stringify(fill(conf)));
      await live.compile();
      await live.reread();
      for (const target of ['/x', SIGNED]) {
        const reply = await ask(byHand, target);
        expect([reply.status, reply.headers['x-reason']]).toEqual([403, 'deny policy_pending']);
      }
      expect(auth.requests).toEqual([]);
    });

    test('nothing above notice in the log but the silent server', async () => {
      const lines = (await live.edge.errors()).filter(
        (line) => !/upstream timed out|buffered to a temporary file/.test(line),
      );
      expect(lines.slice(0, 3)).toEqual([]);
    });
  });
});
