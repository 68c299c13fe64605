// stale_if_error: who was in stays in while the auth server is down, and nobody else.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../harness/auth-server';
import { closeEarly, endlessHeader, garbage, silent } from '../harness/misbehaviour';
import { isAtLeast, runtimes } from '../harness/runtimes';
import { startCachedEdge, type CachedEdge } from './cached-edge';

const auth = { auth_server: '{auth}', keep_headers: ['x-user'], timeout_ms: 600 };
const cache = { stale_if_error: 60 };
const policies = {
  'stale.test': { remote_auth: { ...auth, cache } },
  'other.test': { remote_auth: { ...auth, cache } },
  'kept.test': { remote_auth: { ...auth, cache: { allow_ttl: 1, stale_if_error: 2 } } },
  'listed.test': { remote_auth: { ...auth, failure_status: ['4xx', 500, 503], cache } },
  'open.test': { remote_auth: { ...auth, timeout_action: 'allow', cache } },
};
const down: [name: string, answer: Answer][] = [
  ['500', { status: 500 }],
  ['502', { status: 502 }],
  ['503', { status: 503 }],
  ['504', { status: 504 }],
  ['closed', closeEarly()],
  ['reset', (socket) => void socket.resetAndDestroy()],
  ['silent', silent()],
  ['late', { afterMs: 900 }],
];
const notDown: [name: string, answer: Answer][] = [
  ['501', { status: 501 }],
  ['429', { status: 429 }],
  ['a header too large', endlessHeader()],
];

const [able, unable] = [true, false].map((wanted) =>
  runtimes.filter(({ njsVersion }) => isAtLeast(njsVersion, '0.8.0') === wanted),
);
for (const { name } of unable ?? [])
  console.log(`SKIPPED stale_if_error on ${name}: its njs has no memory to share`);

const onAble = able?.length ? describe.each(able) : describe.skip.each(runtimes);

onAble('stale_if_error, on $name', (runtime) => {
  let edge: CachedEdge;
  let users = 0;
  beforeAll(async () => {
    edge = await startCachedEdge(runtime, { policies });
  });
  beforeEach(() => {
    edge.server.answer({}).clear();
  });
  afterAll(() => edge?.stop());

  const get = async (user: string, domain = 'stale.test') =>
    (await edge.ask(domain, '/', [`X-User: ${user}`])).status;
  const whoIsIn = async (domain = 'stale.test') => {
    const user = `in${users++}`;
    edge.server.answer({});
    expect(await get(user, domain)).toBe(200);
    return user;
  };

  test.each(down)('%s: who was in stays in, nobody new gets in', async (_name, answer) => {
    const user = await whoIsIn();
    edge.server.answer(() => answer);
    await edge.edge.mark();
    expect(await Promise.all([get(user), get('new'), get(user, 'other.test')])).toEqual([200, 403, 403]);
    const lines = await edge.edge.accessLog(3);
    expect(
      lines.filter(({ reason, cache: status }) => reason === 'stale_if_error' && status === 'STALE'),
    ).toHaveLength(1);
  });

  test.each(notDown)('%s is no error of that kind: denies', async (_name, answer) => {
    const user = await whoIsIn();
    edge.server.answer(() => answer);
    expect(await get(user)).toBe(403);
  });

  test('refused: who was in stays in', async () => {
    const user = await whoIsIn();
    await edge.server.stop();
    try {
      expect(await Promise.all([get(user), get('new')])).toEqual([200, 403]);
    } finally {
      await edge.server.restart();
    }
  });

  test('a status that the policy lists is an answer: it denies, and who was in is out', async () => {
    const user = await whoIsIn('listed.test');
    edge.server.answer({ status: 503 });
    expect(await get(user, 'listed.test')).toBe(403);
    edge.server.answer(() => silent());
    expect(await get(user, 'listed.test')).toBe(403);
  });

  test.each([401, 403, 404, 429])('a denial with %d ends it', async (status) => {
    const user = await whoIsIn();
    edge.server.answer({ status });
    expect(await get(user)).toBe(403);
    edge.server.answer({ status: 503 });
    expect(await get(user)).toBe(403);
  });

  test('an answer with Set-Cookie or no-store lets nobody in later', async () => {
    edge.server.answer(({ headers }) => ({
      headers: headers['x-user'] === 'cookie' ? { 'Set-Cookie': 'a=b' } : { 'Cache-Control': 'no-store' },
    }));
    expect(await Promise.all([get('cookie'), get('store')])).toEqual([200, 200]);
    edge.server.answer({ status: 503 });
    expect(await Promise.all([get('cookie'), get('store')])).toEqual([403, 403]);
  });

  test('timeout_action allow opens as it does without', async () => {
    edge.server.answer(() => silent());
    expect(await get('new', 'open.test')).toBe(200);
    edge.server.answer({ status: 503 });
    expect(await get('new', 'open.test')).toBe(403);
  });

  test('what is no HTTP is no answer: who was in stays in or is out, nobody new gets in', async () => {
    const user = await whoIsIn();
    edge.server.answer(() => garbage());
    expect([200, 403]).toContain(await get(user));
    expect(await get('new')).toBe(403);
  });

  test('ends after allow_ttl and stale_if_error, however often it was used', async () => {
    const user = await whoIsIn('kept.test');
    const start = Date.now();
    edge.server.answer({ status: 503 });
    let last = 0;
    for (let now = start; now < start + 4_000; now = Date.now()) {
      if ((await get(user, 'kept.test')) === 200) last = now;
      await sleep(25);
    }
    expect(last - start).toBeLessThan(3_020);
    expect(last - start).toBeGreaterThan(2_500);
  });

  test('another text of the policy knows nobody of before, nor does nginx after a restart', async () => {
    const user = await whoIsIn();
    const cut = { remote_auth: { ...auth, auth_server: edge.server.url, cache: { stale_if_error: 61 } } };
    await edge.edge.reload({
      'other.test': cut,
      ...Object.fromEntries(Object.keys(policies).map((name) => [name, cut])),
    });
    edge.server.answer({ status: 503 });
    expect(await get(user)).toBe(403);
    const next = await whoIsIn();
    edge.server.answer({ status: 503 });
    expect(await get(next)).toBe(200);
    await edge.edge.exec('nginx -s stop; while test -e /run/nginx.pid; do sleep 0.05; done; nginx');
    expect(await get(next)).toBe(403);
  });
});
