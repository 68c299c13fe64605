// What an operator sets for http {} has no say in decisions, and the operator's own cache none of ours.
import { silent } from '../harness/misbehaviour';
import { PROTECTED } from '../harness/origin';
import { runtimes } from '../harness/runtimes';
import { startCachedEdge, type CachedEdge } from './cached-edge';

const auth = { auth_server: '{auth}', keep_headers: ['x-user'], timeout_ms: 600 };
const policies = {
  'kept.test': { remote_auth: { ...auth, cache: { allow_ttl: 60, deny_ttl: 60 } } },
  'uncached.test': { remote_auth: auth },
};
const http = `
    proxy_cache_path /var/lib/nginx/theirs levels=1:2 keys_zone=theirs:1m;
    proxy_cache               theirs;
    proxy_cache_key           "one for all";
    proxy_cache_methods       GET HEAD POST;
    proxy_cache_valid         any 10m;
    proxy_cache_use_stale     error timeout invalid_header updating http_500 http_502 http_503 http_504 http_403 http_404 http_429;
    proxy_cache_bypass        1;
    proxy_no_cache            1;
    proxy_cache_min_uses      9;
    proxy_cache_revalidate    on;
    proxy_cache_background_update on;
    proxy_cache_lock          off;
    proxy_cache_max_range_offset 0;
    proxy_ignore_headers      X-Accel-Expires Cache-Control Expires Set-Cookie Vary;
    proxy_hide_header         X-Edge-Auth;
    proxy_hide_header         Cache-Control;
    proxy_hide_header         X-Accel-Expires;
    proxy_pass_header         X-Accel-Expires;
    open_file_cache           max=1000 inactive=60s;
    open_file_cache_valid     60s;
    open_file_cache_errors    on;`;
// Their own cache, as theirs should work; its status and key are those of the main request.
const location = `
            proxy_cache_key    "$host$request_uri";
            proxy_cache_valid  200 10m;
            proxy_cache_bypass "";
            proxy_no_cache     "";
            proxy_cache_min_uses 1;
            add_header X-Their-Status $upstream_cache_status always;`;

describe.each(runtimes)('the operator’s own settings, on $name', (runtime) => {
  let edge: CachedEdge;
  beforeAll(async () => {
    edge = await startCachedEdge(runtime, { policies, http, location });
  });
  beforeEach(() => {
    edge.server.answer({}).clear();
    edge.origin.clear();
  });
  afterAll(() => edge?.stop());
  const ask = (user: string, domain = 'kept.test', target = '/') =>
    edge.ask(domain, target, user ? [`X-User: ${user}`] : []);

  test('decisions go by their own key and TTL', async () => {
    expect((await ask('ann')).status).toBe(200);
    edge.server.answer({ status: 403 });
    expect((await ask('bob')).status).toBe(403);
    expect((await ask('')).status).toBe(403);
    expect((await ask('ann')).status).toBe(200);
    edge.server.answer({});
    expect((await ask('bob')).status).toBe(403);
    expect(edge.server.requests).toHaveLength(3);
  });

  test('what may not be kept is not: no answer, 503, 429, Set-Cookie', async () => {
    const answers = [{ status: 503 }, { status: 429 }, { headers: { 'Set-Cookie': 'secret=1' } }, silent()];
    for (const [index, answer] of answers.entries()) {
      edge.server.clear();
      edge.server.answer(() => answer);
      const replies = [await ask(`odd${index}`), await ask(`odd${index}`)];
      expect(edge.server.requests.length).toBeGreaterThanOrEqual(2);
      expect(JSON.stringify(replies)).not.toContain('secret');
      if (index !== 2) expect(JSON.stringify(replies)).not.toContain(PROTECTED);
    }
  });

  test('a user who was in is out at once where nothing is kept', async () => {
    expect((await ask('ida', 'uncached.test')).status).toBe(200);
    edge.server.answer({ status: 403 });
    expect((await ask('ida', 'uncached.test')).status).toBe(403);
    edge.server.answer(() => silent());
    expect((await ask('ida', 'uncached.test')).status).toBe(403);
    expect(edge.server.requests).toHaveLength(3);
  });

  test('their own cache works, under its own key, and tells its own status', async () => {
    await edge.edge.mark();
    const first = await ask('una', 'kept.test', '/theirs');
    const second = await ask('una', 'kept.test', '/theirs');
    const other = await ask('uwe', 'kept.test', '/theirs');
    expect([first, second, other].map(({ headers }) => headers['x-their-status'])).toEqual([
      'MISS',
      'HIT',
      'HIT',
    ]);
    expect(edge.origin.requests).toHaveLength(1);
    const lines = await edge.edge.accessLog(3);
    expect(lines.map(({ cache }) => cache)).toEqual(['MISS', 'HIT', 'MISS']);
    edge.server.answer({ status: 403 });
    const denied = await ask('eve', 'kept.test', '/theirs');
    expect(denied.status).toBe(403);
    expect(denied.body).not.toContain(PROTECTED);
  });
});
