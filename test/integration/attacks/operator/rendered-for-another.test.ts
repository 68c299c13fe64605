import path from 'node:path';
import { startAuthServer, type AuthServer } from '../../harness/auth-server';
import { send } from '../../harness/client';
import { startEdge } from '../../harness/edge';
import { PROTECTED, startOrigin, type Origin } from '../../harness/origin';
import type { Edge } from '../../harness/started-edge';
import { edgeKinds } from '../matrix';

// The newest conf works on njs 0.8.9 and later; an older njs cannot turn a status into a denial and must not pass it on.
describe.each(edgeKinds)('c.3 conf that was rendered for the newest njs, $name', ({ runtime, wiring }) => {
  let auth: AuthServer;
  let origin: Origin;
  let edge: Edge;
  const get = () => send({ port: edge.port(), path: '/x', headers: { host: 'www.example.com' } });

  beforeAll(async () => {
    [auth, origin] = await Promise.all([startAuthServer(), startOrigin()]);
    // js_shared_dict_zone, which such conf has, keeps njs before 0.8.0 from starting at all.
    const renderArgs = runtime.njsVersion.startsWith('0.7.') ? [] : ['--njs-version', '1.0.2'];
    edge = await startEdge({
      runtime,
      wiring,
      conf: path.join(__dirname, '../../smoke/policy.nginx.conf'),
      vars: { ORIGIN: origin.url },
      renderArgs,
      policies: { 'www.example.com': { remote_auth: { auth_server: auth.url, timeout_action: 'allow' } } },
    });
    if (runtime.njsVersion.startsWith('0.7.')) {
      const obeying = '/js_header_filter/d; /Edge-Auth-Obeys/d';
      expect((await edge.exec(`sed -i '${obeying}' /etc/nginx/edge-auth/servers/*.conf`)).exitCode).toBe(0);
      await edge.reloadAsItIs();
    }
  });
  afterAll(async () => {
    await edge?.stop();
    await Promise.all([auth?.stop(), origin?.stop()]);
  });

  test.each([403, 500, 302, 404])('denies a %d of the auth server', async (status) => {
    auth.answer({ status });
    const reply = await get();
    expect(reply.status).toBe(403);
    expect(reply.body).not.toContain(PROTECTED);
    expect(origin.requests).toEqual([]);
  });
});
