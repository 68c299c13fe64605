import { setTimeout as sleep } from 'node:timers/promises';
import { slow, startAuthServer, type AuthServer } from '../harness/auth-server';
import { startOrigin, type Origin } from '../harness/origin';
import { runtimes } from '../harness/runtimes';
import { startCachedEdge, type CachedEdge } from './cached-edge';

const auth = { auth_server: '{auth}', keep_headers: ['Authorization'] };
const policies = {
  'both.test': { remote_auth: { ...auth, cache: { allow_ttl: 60, deny_ttl: 60 } } },
  'allowed.test': { remote_auth: { ...auth, cache: { allow_ttl: 60 } } },
  'brief.test': { remote_auth: { ...auth, cache: { allow_ttl: 2 } } },
};
const user = (name: string) => ({ authorization: `Bearer ${name}` });

describe.each(runtimes)('decisions that are kept, on $name', (runtime) => {
  let server: AuthServer;
  let origin: Origin;
  let cached: CachedEdge;
  beforeAll(async () => {
    [server, origin] = await Promise.all([startAuthServer(), startOrigin()]);
    cached = await startCachedEdge(runtime, policies, { auth: server.url, origin: origin.url });
  });
  beforeEach(() => {
    server.answer({}).clear();
  });
  afterAll(async () => {
    await cached?.edge.stop();
    await Promise.all([server?.stop(), origin?.stop()]);
  });

  test('an allowed request stands for the next one with its key, and for no other', async () => {
    const { get, lineOf } = cached;
    expect(await lineOf(() => get('both.test', '/one', user('ann0')))).toMatchObject({
      sent: '200',
      cache: 'MISS',
    });
    expect(await lineOf(() => get('both.test', '/one', user('ann0')))).toMatchObject({
      sent: '200',
      cache: 'HIT',
      decision: 'allow',
      reason: 'success_status',
      answer: '200',
    });
    expect(server.requests).toHaveLength(1);
    server.answer({ status: 403 });
    expect((await get('both.test', '/one', user('bob0'))).status).toBe(403);
    expect((await get('allowed.test', '/one', user('ann0'))).status).toBe(403);
    expect((await get('both.test', '/one', user('ann0'))).status).toBe(200);
    expect(server.requests).toHaveLength(3);
  });

  test('a denied request is kept under deny_ttl only', async () => {
    server.answer({ status: 403 });
    const { get, lineOf } = cached;
    await get('both.test', '/denied', user('bob1'));
    expect(await lineOf(() => get('both.test', '/denied', user('bob1')))).toMatchObject({
      sent: '403',
      cache: 'HIT',
      decision: 'deny',
      reason: 'failure_status',
      answer: '403',
    });
    expect(server.requests).toHaveLength(1);
    await get('allowed.test', '/denied', user('bob1'));
    expect(await lineOf(() => get('allowed.test', '/denied', user('bob1')))).toMatchObject({
      sent: '403',
      cache: 'EXPIRED',
    });
    expect(server.requests).toHaveLength(3);
    server.answer({});
    expect((await get('allowed.test', '/denied', user('bob1'))).status).toBe(200);
  });

  test('concurrent misses of one key ask once', async () => {
    server.answer(slow(300));
    const replies = await Promise.all(
      Array.from({ length: 30 }, () => cached.get('both.test', '/at-once', user('ann2'))),
    );
    expect(replies.map(({ status }) => status)).toEqual(Array(30).fill(200));
    expect(server.requests).toHaveLength(1);
  });

  test('a decision is over after its TTL', async () => {
    await cached.get('brief.test', '/brief', user('ann3'));
    expect((await cached.get('brief.test', '/brief', user('ann3'))).status).toBe(200);
    expect(server.requests).toHaveLength(1);
    await sleep(2_100);
    server.answer({ status: 403 });
    expect((await cached.get('brief.test', '/brief', user('ann3'))).status).toBe(403);
  });
});
