import { runtimes } from '../harness/runtimes';
import { startCachedEdge, type CachedEdge } from './cached-edge';

const policies = {
  'kept.test': {
    remote_auth: {
      auth_server: '{auth}',
      keep_headers: ['X-Token'],
      keep_args: 'none',
      cache: { allow_ttl: 60, deny_ttl: 60 },
    },
  },
};
/** What an operator may have set for all servers, and the decider must not inherit. */
const http =
  'expires 1h; proxy_pass_header X-Accel-Expires; proxy_pass_header Cache-Control; proxy_pass_header Set-Cookie;';

describe.each(runtimes)('what the auth server says of its answer, on $name', (runtime) => {
  let cached: CachedEdge;
  beforeAll(async () => {
    cached = await startCachedEdge(runtime, { policies, http });
  });
  afterAll(() => cached?.stop());

  test.each<[string, number, Record<string, string | string[]>, number]>([
    ['nothing', 200, {}, 1],
    ['max-age that is left', 200, { 'cache-control': 'max-age=60' }, 1],
    ['no-store', 200, { 'cache-control': 'no-store' }, 2],
    ['no-store in its second Cache-Control', 200, { 'cache-control': ['public', 'no-store'] }, 2],
    ['no-store of a denial', 403, { 'cache-control': 'no-store' }, 2],
    ['max-age that is over by Age', 200, { 'cache-control': 'max-age=60', age: '60' }, 2],
    ['two cookies', 200, { 'set-cookie': ['a=1', 'b=1'] }, 2],
    ['X-Accel-Expires beside a cookie', 200, { 'x-accel-expires': '60', 'set-cookie': 'a=1' }, 2],
    ['X-Accel-Expires: 0, which is for nginx', 403, { 'x-accel-expires': '0' }, 1],
  ])('%s with %i', async (name, status, headers, questions) => {
    cached.server.answer({ status, headers }).clear();
    const token = [`X-Token: ${name}`];
    for (let i = 0; i < 2; i++) expect((await cached.ask('kept.test', '/', token)).status).toBe(status);
    expect(cached.server.requests).toHaveLength(questions);
  });
});
