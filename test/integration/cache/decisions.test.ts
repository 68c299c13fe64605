import { setTimeout as sleep } from 'node:timers/promises';
import { slow, type AuthServer } from '../harness/auth-server';
import { leastMs, slowest } from '../harness/in-time';
import { reset, silent } from '../harness/misbehaviour';
import { runtimes } from '../harness/runtimes';
import { startCachedEdge, type CachedEdge } from './cached-edge';

const auth = { auth_server: '{auth}', keep_headers: ['Authorization'] };
const policies = {
  'both.test': { remote_auth: { ...auth, cache: { allow_ttl: 60, deny_ttl: 60 } } },
  'allowed.test': { remote_auth: { ...auth, cache: { allow_ttl: 60 } } },
  'impatient.test': { remote_auth: { ...auth, cache: { allow_ttl: 60, lock_timeout_ms: 50 } } },
  'patient.test': { remote_auth: { ...auth, cache: { allow_ttl: 60, lock_timeout_ms: 5000 } } },
  'hasty.test': { remote_auth: { ...auth, cache: { allow_ttl: 60, lock_timeout_ms: 0 } } },
  'gone.test': {
    remote_auth: { ...auth, failure_action: { deny: 451 }, timeout_ms: 600, cache: { allow_ttl: 60 } },
  },
  'open.test': {
    remote_auth: { ...auth, timeout_action: 'allow', timeout_ms: 600, cache: { allow_ttl: 60 } },
  },
  'brief.test': { remote_auth: { ...auth, cache: { allow_ttl: 2 } } },
};
const user = (name: string) => [`Authorization: Bearer ${name}`];

describe.each(runtimes)('decisions that are kept, on $name', (runtime) => {
  let server: AuthServer;
  let cached: CachedEdge;
  beforeAll(async () => {
    cached = await startCachedEdge(runtime, { policies });
    ({ server } = cached);
  });
  beforeEach(() => {
    server.answer({}).clear();
  });
  afterAll(() => cached?.stop());

  test('an allowed request stands for the next one with its key, and for no other', async () => {
    const { ask, lineOf } = cached;
    expect(await lineOf(() => ask('both.test', '/one', user('ann0')))).toMatchObject({
      sent: '200',
      cache: 'MISS',
    });
    expect(await lineOf(() => ask('both.test', '/one', user('ann0')))).toMatchObject({
      sent: '200',
      cache: 'HIT',
      decision: 'allow',
      reason: 'success_status',
      answer: '200',
    });
    expect(server.requests).toHaveLength(1);
    server.answer({ status: 403 });
    expect((await ask('both.test', '/one', user('bob0'))).status).toBe(403);
    expect((await ask('allowed.test', '/one', user('ann0'))).status).toBe(403);
    expect((await ask('both.test', '/one', user('ann0'))).status).toBe(200);
    expect(server.requests).toHaveLength(3);
  });

  test('a denied request is kept under deny_ttl only', async () => {
    server.answer({ status: 403 });
    const { ask, lineOf } = cached;
    await ask('both.test', '/denied', user('bob1'));
    expect(await lineOf(() => ask('both.test', '/denied', user('bob1')))).toMatchObject({
      sent: '403',
      cache: 'HIT',
      decision: 'deny',
      reason: 'failure_status',
      answer: '403',
    });
    expect(server.requests).toHaveLength(1);
    await ask('allowed.test', '/denied', user('bob1'));
    expect(await lineOf(() => ask('allowed.test', '/denied', user('bob1')))).toMatchObject({
      sent: '403',
      cache: 'EXPIRED',
    });
    expect(server.requests).toHaveLength(3);
    server.answer({});
    expect((await ask('allowed.test', '/denied', user('bob1'))).status).toBe(200);
  });

  test('concurrent misses of one key ask once', async () => {
    server.answer(slow(300));
    const replies = await Promise.all(
      Array.from({ length: 30 }, () => cached.ask('both.test', '/at-once', user('ann2'))),
    );
    expect(replies.map(({ status }) => status)).toEqual(Array(30).fill(200));
    expect(server.requests).toHaveLength(1);
  });

  test('who waits for the answer to another request looks for it often, and no longer than the deadline', async () => {
    server.answer(slow(60));
    const atOnce = (domain: string, name: string) =>
      Promise.all(Array.from({ length: 20 }, () => cached.ask(domain, '/', user(name))));
    let users = 0;
    const soon = async () => {
      server.clear();
      const replies = await atOnce('both.test', `soon${users++}`);
      expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
      expect(server.requests).toHaveLength(1);
      return slowest(replies);
    };
    // 130 ms after they came; nginx by itself looks after 500.
    expect(await leastMs(450, await soon(), soon)).toBeLessThan(450);
    server.misbehave(silent()).clear();
    const late = await atOnce('both.test', 'late');
    expect(new Set(late.map(({ status }) => status))).toEqual(new Set([403]));
    // One that was there when the first gave up may ask in its place.
    expect(server.requests.length).toBeLessThan(4);
    const again = async () => slowest(await atOnce('both.test', 'late'));
    expect(await leastMs(1_900, slowest(late), again)).toBeLessThan(1_900);
  });

  test('lock_timeout_ms: who has waited for so long asks too', async () => {
    server.answer(slow(300));
    for (const [domain, questions] of [
      ['impatient.test', 5],
      ['patient.test', 1],
      ['hasty.test', 5],
    ] as const) {
      server.clear();
      const replies = await Promise.all(
        Array.from({ length: 5 }, () => cached.ask(domain, '/', user(domain))),
      );
      expect(replies.map(({ status }) => status)).toEqual(Array(5).fill(200));
      expect([domain, server.requests.length]).toEqual([domain, questions]);
    }
  });

  test('a denial has the status of the policy, whether it was kept, answered or not answered', async () => {
    const ask = async () => cached.lineOf(() => cached.ask('gone.test', '/', user('gone')));
    server.answer({ status: 403 });
    expect(await ask()).toMatchObject({ sent: '451', reason: 'failure_status' });
    server.misbehave(reset());
    expect(await ask()).toMatchObject({ sent: '451', decision: 'deny', reason: 'closed' });
    server.misbehave(silent());
    expect(await ask()).toMatchObject({ sent: '451', decision: 'deny', reason: 'timeout' });
    const open = await cached.lineOf(() => cached.ask('open.test', '/', user('open')));
    expect(open).toMatchObject({ sent: '200', decision: 'allow', reason: 'timeout' });
  });

  test('what edge and decider tell each other cannot be forged', async () => {
    for (const domain of ['both.test', 'hasty.test', 'brief.test']) {
      const forged = ['X-Edge-Auth-Waited: 1', 'X-Edge-Auth: allow success_status', 'X-Accel-Expires: 60'];
      const reply = await cached.ask(domain, '/', [...user(`forger-${domain}`), ...forged]);
      expect([domain, reply.status]).toEqual([domain, 200]);
      server.answer({ status: 403 });
      expect((await cached.ask(domain, '/', [...user(`denied-${domain}`), ...forged])).status).toBe(403);
      server.answer({});
    }
    expect(server.requests).toHaveLength(6);
    for (const { headers } of server.requests)
      expect(Object.keys(headers).join()).not.toContain('x-edge-auth');
  });

  test('a decision is over after its TTL', async () => {
    await cached.ask('brief.test', '/brief', user('ann3'));
    expect((await cached.ask('brief.test', '/brief', user('ann3'))).status).toBe(200);
    expect(server.requests).toHaveLength(1);
    await sleep(2_100);
    server.answer({ status: 403 });
    expect((await cached.ask('brief.test', '/brief', user('ann3'))).status).toBe(403);
  });
});
