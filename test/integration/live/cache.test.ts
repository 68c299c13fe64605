// Decisions that are kept beside policies that change: none is met after a change, on any worker.
import { startAuthServer, type AuthServer } from '../harness/auth-server';
import * as misbehaviour from '../harness/misbehaviour';
import { send } from '../harness/client';
import { startOrigin, type Origin } from '../harness/origin';
import { isAtLeast } from '../harness/runtimes';
import { onLiveRuntimes, startLiveEdge, type LiveEdge } from './live-edge';

type Fields = Record<string, unknown>;
const [kept, brief] = ['kept.test', 'brief.test'];

onLiveRuntimes('decisions that are kept', (runtime) => {
  let auth: AuthServer;
  let other: AuthServer;
  let origin: Origin;
  let live: LiveEdge;
  const policy = (fields: Fields = {}, cache: Fields = {}): object => ({
    remote_auth: {
      auth_server: auth.url,
      timeout_ms: 500,
      keep_headers: ['Authorization'],
      cache: { allow_ttl: 60, deny_ttl: 60, ...cache },
      ...fields,
    },
  });
  const status = async (host = kept, user = 'ann') =>
    (await send({ port: live.port, path: '/a', headers: { host, authorization: user } })).status;

  beforeAll(async () => {
    [auth, other, origin] = await Promise.all([startAuthServer(), startAuthServer(), startOrigin()]);
    const server = (domain: string) => `
      server {
          listen 8080;
          server_name ${domain};
          include edge-auth/servers/${domain}.conf;
          location / {
              proxy_pass ${origin.url};
          }
      }`;
    live = await startLiveEdge({
      runtime,
      policies: { [kept]: policy(), [brief]: policy({}, { allow_ttl: 1, deny_ttl: 0, stale_if_error: 60 }) },
      servers: [kept, brief].map(server).join(''),
    });
  });
  beforeEach(() => {
    auth.answer({}).clear();
    other.answer({}).clear();
  });
  afterAll(async () => {
    await live?.stop();
    await Promise.all([auth?.stop(), other?.stop(), origin?.stop()]);
  });

  test('a change of the policy is met by no earlier decision', async () => {
    expect([await status(), await status()]).toEqual([200, 200]);
    expect(auth.requests).toHaveLength(1);
    await live.put(kept, policy({ success_status: [204], failure_status: [200] }));
    expect([await status(), await status()]).toEqual([403, 403]);
    expect(auth.requests).toHaveLength(2);
    await live.put(kept, policy({ success_status: [200, 206] }));
    expect(await status()).toBe(200);
    expect(auth.requests).toHaveLength(3);
  });

  test('a purge by the API is in force with its answer, on all workers', async () => {
    await live.put(kept, policy({}, { version: 100 }));
    expect(await status()).toBe(200);
    for (let round = 0; round < 10; round++) {
      auth.answer({ status: round % 2 ? 200 : 403 }).clear();
      const purged = await live.api('DELETE', `/v1/policies/${kept}/decisions`);
      expect([purged.status, JSON.parse(purged.body)]).toMatchObject([200, { version: 101 + round }]);
      const seen = await Promise.all(Array.from({ length: 16 }, () => status()));
      expect(new Set(seen)).toEqual(new Set([round % 2 ? 200 : 403]));
      expect(auth.requests).toHaveLength(1);
    }
  });

  test('what is over is forgotten under the policy in force: many at once ask once', async () => {
    await live.put(kept, policy({ timeout_ms: 1000 }, { version: 200 }));
    auth.answer({ headers: { 'Cache-Control': 'max-age=2' } });
    expect(await status()).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    auth.answer({ status: 403, afterMs: 200 }).clear();
    const seen = await Promise.all(Array.from({ length: 30 }, () => status()));
    expect(new Set(seen)).toEqual(new Set([403]));
    expect(auth.requests).toHaveLength(isAtLeast(live.edge.runtime.njsVersion, '0.8.9') ? 1 : 30);
  });

  test('what waits for a reload keeps its decisions apart from those after it', async () => {
    const moved = policy({ auth_server: other.url, success_status: [201] });
    other.answer({ status: 403 });
    const reply = await live.api('PUT', `/v1/policies/${kept}`, moved);
    expect(JSON.parse(reply.body)).toMatchObject({ reload_required: true });
    expect([await status(), await status()]).toEqual([200, 200]);
    expect([auth.requests.length, other.requests.length]).toEqual([1, 0]);
    await live.reload();
    expect([await status(), await status()]).toEqual([403, 403]);
    expect([auth.requests.length, other.requests.length]).toEqual([1, 1]);
  });

  test('who was in stays in by stale_if_error, until the policy changes', async () => {
    expect(await status(brief)).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    auth.misbehave(misbehaviour.reset());
    expect([await status(brief), await status(brief, 'bob')]).toEqual([200, 403]);
    await live.put(brief, policy({}, { allow_ttl: 1, deny_ttl: 0, stale_if_error: 60, version: 1 }));
    expect(await status(brief)).toBe(403);
  });
});
