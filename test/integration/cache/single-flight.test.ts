// Many requests at once: one question for each key, and nobody waits for longer than promised.
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { slow } from '../harness/auth-server';
import { leastMs, slowest } from '../harness/in-time';
import { silent } from '../harness/misbehaviour';
import { runtimes } from '../harness/runtimes';
import { startCachedEdge, type CachedEdge } from './cached-edge';

const auth = { auth_server: '{auth}', keep_headers: ['x-user'], timeout_ms: 1000 };
const policies = {
  'wait.test': { remote_auth: { ...auth, cache: { allow_ttl: 60, deny_ttl: 60 } } },
  'open.test': { remote_auth: { ...auth, timeout_action: 'allow', cache: { allow_ttl: 60 } } },
  'at-once.test': { remote_auth: { ...auth, cache: { allow_ttl: 60, lock_timeout_ms: 0 } } },
  'soon.test': { remote_auth: { ...auth, cache: { allow_ttl: 60, lock_timeout_ms: 50 } } },
};

describe.each(runtimes)('requests at once, on $name', (runtime) => {
  let edge: CachedEdge;
  beforeAll(async () => {
    edge = await startCachedEdge(runtime, { policies });
  });
  beforeEach(() => {
    edge.server.answer({}).clear();
  });
  afterAll(() => edge?.stop());
  const get = async (user: string, domain = 'wait.test') => {
    const start = performance.now();
    const { status } = await edge.ask(domain, '/', [`X-User: ${user}`]);
    return { status, ms: performance.now() - start };
  };
  const many = (count: number, user: (index: number) => string, domain?: string) =>
    Promise.all(Array.from({ length: count }, (_, index) => get(user(index), domain)));
  const askedAbout = (user: string) =>
    edge.server.requests.filter(({ headers }) => headers['x-user'] === user).length;

  test('100 of one key ask once', async () => {
    edge.server.answer(slow(200));
    const replies = await many(100, () => 'ann');
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect(edge.server.requests).toHaveLength(1);
  });

  test('many keys at once: one question each, each with its own answer', async () => {
    edge.server.answer(({ headers }) =>
      slow(200, { status: Number(headers['x-user']?.slice(4)) % 2 ? 403 : 200 }),
    );
    const replies = await many(100, (index) => `user${index % 20}`);
    expect(replies.map(({ status }) => status)).toEqual(replies.map((_, index) => (index % 2 ? 403 : 200)));
    expect(edge.server.requests).toHaveLength(20);
  });

  test('the one that asks leaves: the others get its answer, or ask once more', async () => {
    edge.server.answer(slow(400));
    const leader = net.connect(edge.edge.port(), 'localhost');
    leader.write('GET / HTTP/1.1\r\nHost: wait.test\r\nX-User: lea\r\n\r\n');
    await sleep(150);
    const others = many(10, () => 'lea');
    await sleep(50);
    leader.resetAndDestroy();
    const replies = await others;
    expect(replies.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(askedAbout('lea')).toBeLessThanOrEqual(2);
    expect(Math.max(...replies.map(({ ms }) => ms))).toBeLessThan(2_600);
  });

  test('nobody answers: all end by timeout_action, within twice the timeout and the time of a look', async () => {
    edge.server.answer(() => silent());
    const [denied, opened] = await Promise.all([many(10, () => 'tom'), many(10, () => 'tom', 'open.test')]);
    expect(denied.map(({ status }) => status)).toEqual(Array(10).fill(403));
    expect(opened.map(({ status }) => status)).toEqual(Array(10).fill(200));
    const again = async () => slowest(await many(10, () => 'tom'));
    expect(await leastMs(2_750, slowest([...denied, ...opened]), again)).toBeLessThan(2_750);
    // What it opened for is no decision.
    edge.server.answer({ status: 403 });
    expect((await get('tom', 'open.test')).status).toBe(403);
  });

  test('lock_timeout_ms 0 waits for nobody, 50 for so long', async () => {
    edge.server.answer(slow(300));
    let tries = 0;
    const both = async () => {
      const name = `${tries++}`;
      const replies = await Promise.all([
        many(10, () => `zoe${name}`, 'at-once.test'),
        many(10, () => `sue${name}`, 'soon.test'),
      ]);
      expect(replies.flat().map(({ status }) => status)).toEqual(Array(20).fill(200));
      expect(askedAbout(`zoe${name}`)).toBe(10);
      return slowest(replies.flat());
    };
    expect(await leastMs(800, await both(), both)).toBeLessThan(800);
    edge.server.answer({ status: 403 });
    expect([await get('zoe0', 'at-once.test'), await get('sue0', 'soon.test')]).toMatchObject([
      { status: 200 },
      { status: 200 },
    ]);
  });
});
