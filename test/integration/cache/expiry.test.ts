// When a decision is over, and what happens around that moment.
import { setTimeout as sleep } from 'node:timers/promises';
import { slow } from '../harness/auth-server';
import { send, sendHttp2 } from '../harness/client';
import { OBJECT } from '../harness/origin-object';
import { isAtLeast, runtimes } from '../harness/runtimes';
import { startCachedEdge, HTTP2_PORT, type CachedEdge } from './cached-edge';

const auth = { auth_server: '{auth}', keep_headers: ['x-user'], timeout_ms: 1000 };
const ttls = [1, 2, 3];
const policies = {
  ...Object.fromEntries(
    ttls.map((ttl) => [`ttl-${ttl}.test`, { remote_auth: { ...auth, cache: { allow_ttl: ttl } } }]),
  ),
  'lasting.test': { remote_auth: { ...auth, cache: { allow_ttl: 60 } } },
  'denied.test': { remote_auth: { ...auth, cache: { allow_ttl: 3, deny_ttl: 2 } } },
};
const server = 'location = /redirected { try_files /none /final; }';

/** Until the next second has just begun: nginx counts whole ones. */
const nextSecond = () => sleep(1_020 - (Date.now() % 1_000));

describe.each(runtimes)('decisions that are over, on $name', (runtime) => {
  let edge: CachedEdge;
  beforeAll(async () => {
    edge = await startCachedEdge(runtime, { policies, server });
  });
  beforeEach(() => {
    edge.server.answer({}).clear();
    edge.origin.clear();
  });
  afterAll(() => edge?.stop());

  const askedAbout = (user: string) =>
    edge.server.requests.filter(({ headers }) => headers['x-user'] === user).length;
  const get = async (domain: string, user: string) =>
    (await edge.ask(domain, '/', [`X-User: ${user}`])).status;

  /** How long after the last positive answer someone is still let in, in ms: requests come all the time, and a denial takes its time. */
  async function lastsFor(ttl: number, phaseMs: number): Promise<number> {
    const domain = `ttl-${ttl}.test`;
    const user = `late-${ttl}-${phaseMs}`;
    await nextSecond();
    await sleep(phaseMs);
    const first = await get(domain, user);
    const positive = Date.now();
    revoked.add(user);
    let last = positive;
    const pending: Promise<void>[] = [];
    for (let end = positive + ttl * 1000 + 1_200; Date.now() < end; await sleep(25)) {
      const at = Date.now();
      pending.push(get(domain, user).then((status) => void (status === 200 && (last = Math.max(last, at)))));
    }
    await Promise.all(pending);
    expect(first).toBe(200);
    return last - positive;
  }
  const revoked = new Set<string>();

  test('a revoked user is out after allow_ttl, also under load while the auth server is slow', async () => {
    revoked.clear();
    edge.server.answer(({ headers }) =>
      revoked.has(headers['x-user'] ?? '') ? slow(800, { status: 403 }) : {},
    );
    const times = await Promise.all(ttls.flatMap((ttl) => [0, 600].map((phase) => lastsFor(ttl, phase))));
    const limits = ttls.flatMap((ttl) => [ttl * 1000, ttl * 1000]);
    // What was sent in the last ms before may be answered by it.
    expect(times.filter((time, index) => time > (limits[index] as number) + 20)).toEqual([]);
    // It is kept at all: for a second less at worst.
    expect(times.filter((time, index) => time < (limits[index] as number) - 2_300)).toEqual([]);
  });

  test('many requests at the end of a decision ask once, and one denial ends it for all', async () => {
    expect(await get('denied.test', 'ann')).toBe(200);
    edge.server.clear();
    edge.server.answer(slow(300, { status: 403 }));
    const end = Date.now() + 3_000;
    const statuses: number[] = [];
    const pending: Promise<unknown>[] = [];
    for (; edge.server.requests.length === 0 && Date.now() < end; await sleep(20))
      pending.push(get('denied.test', 'ann').then((status) => statuses.push(status)));
    for (let count = 0; count < 20; count++)
      pending.push(get('denied.test', 'ann').then((status) => statuses.push(status)));
    await Promise.all(pending);
    expect(askedAbout('ann')).toBe(1);
    edge.server.answer({});
    // Denied at once, and for deny_ttl.
    expect(await get('denied.test', 'ann')).toBe(403);
    await sleep(2_020);
    expect(await get('denied.test', 'ann')).toBe(200);
  });

  test.each([
    ['denied.test', 3],
    ['ttl-1.test', 1],
  ])('long after the end of a decision of %s many at once ask once', async (domain, ttl) => {
    expect(await get(domain, 'una')).toBe(200);
    await sleep(ttl * 1000 + 1_100);
    edge.server.clear();
    edge.server.answer(slow(200));
    const statuses = await Promise.all(Array.from({ length: 40 }, () => get(domain, 'una')));
    expect(new Set(statuses)).toEqual(new Set([200]));
    // With older njs each of them is asked about.
    expect(askedAbout('una')).toBe(isAtLeast(runtime.njsVersion, '0.8.9') ? 1 : 40);
  });

  test('denied requests that are not kept do not wait for one another', async () => {
    edge.server.answer(slow(100, { status: 403 }));
    await get('lasting.test', 'eve');
    // nginx answers just before it has written the file.
    await sleep(50);
    const start = performance.now();
    const statuses = await Promise.all(Array.from({ length: 20 }, () => get('lasting.test', 'eve')));
    // One after the other they would take two seconds.
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(new Set(statuses)).toEqual(new Set([403]));
    expect(askedAbout('eve')).toBe(21);
    edge.server.answer({});
    expect(await get('lasting.test', 'eve')).toBe(200);
  });

  test('an internal redirect goes by the same decision, kept or not', async () => {
    const ask = () => edge.ask('lasting.test', '/redirected', ['X-User: ina']);
    expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(200);
    expect(askedAbout('ina')).toBe(1);
    edge.server.answer({ status: 403 });
    expect((await edge.ask('lasting.test', '/redirected', ['X-User: idi'])).status).toBe(403);
    expect(edge.origin.requests).toHaveLength(2);
  });

  test('a kept decision serves HEAD, ranges, conditions, bodies and HTTP/2 as the origin answers them', async () => {
    const headers = { host: 'lasting.test', 'x-user': 'una' };
    const port = edge.edge.port();
    const whole = await send({ port, path: OBJECT.path, headers });
    const etag = String(whole.headers['etag']);
    edge.server.answer({ status: 403 });
    const replies = [
      await send({ port, path: OBJECT.path, headers, method: 'HEAD' }),
      await send({ port, path: OBJECT.path, headers: { ...headers, range: 'bytes=0-9' } }),
      await send({ port, path: OBJECT.path, headers: { ...headers, 'if-none-match': etag } }),
      await send({ port, path: '/post', headers, method: 'POST', body: 'a'.repeat(100_000) }),
      await sendHttp2({ port: edge.edge.port(HTTP2_PORT), path: '/two', headers }),
    ];
    expect(replies.map(({ status }) => status)).toEqual([200, 206, 304, 200, 200]);
    expect(replies[1]?.body).toHaveLength(10);
    expect(edge.origin.requests.find(({ url }) => url === '/post')?.body).toHaveLength(100_000);
    expect(askedAbout('una')).toBe(1);
  });
});
