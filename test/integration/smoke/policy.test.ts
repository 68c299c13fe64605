import path from 'node:path';
import { startAuthServer, type AuthServer } from '../harness/auth-server';
import { send } from '../harness/client';
import { startEdge } from '../harness/edge';
import { PROTECTED, readEcho, startOrigin, type Origin } from '../harness/origin';
import { runtimes } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';

const DOMAIN = 'www.example.com';
const conf = path.join(__dirname, 'policy.nginx.conf');
const wirings = ['hop', 'inline'] as const;
const cases = runtimes.flatMap((runtime) =>
  wirings.map((wiring) => ({ name: runtime.name, runtime, wiring })),
);

describe.each(cases)('a rendered policy, $wiring, on $name', ({ runtime, wiring }) => {
  let auth: AuthServer;
  let origin: Origin;
  let edge: Edge;
  const get = (target: string) => send({ port: edge.port(), path: target, headers: { host: DOMAIN } });
  const policy = (authPath: string) => ({
    [DOMAIN]: { remote_auth: { auth_server: `${auth.url}${authPath}` } },
  });

  beforeAll(async () => {
    [auth, origin] = await Promise.all([startAuthServer(), startOrigin()]);
    edge = await startEdge({
      runtime,
      wiring,
      conf,
      policies: policy('/check'),
      vars: { ORIGIN: origin.url },
    });
  });
  beforeEach(async () => {
    auth.answer({ status: 200 }).clear();
    origin.clear();
    await edge.mark();
  });
  afterAll(async () => {
    await edge?.stop();
    await Promise.all([auth?.stop(), origin?.stop()]);
  });

  test('lets the client have the origin when the auth server says 200', async () => {
    const reply = await get('/video.mp4?a=1');
    expect(reply.status).toBe(200);
    expect(readEcho(reply.body)).toMatchObject({ method: 'GET', url: '/video.mp4?a=1' });
    expect(auth.requests).toHaveLength(1);
    expect((await edge.accessLog(1))[0]).toMatchObject({
      uri: '/video.mp4?a=1',
      status: '200',
      decision: 'allow',
    });
    expect(await edge.errors()).toEqual([]);
  });

  test('answers 403 without a protected byte when the auth server says 403', async () => {
    auth.answer({ status: 403, body: 'no' });
    const reply = await get('/video.mp4');
    expect(reply.status).toBe(403);
    expect(reply.body).not.toContain(PROTECTED);
    expect(origin.requests).toEqual([]);
  });

  test('asks the new address after a reload with another policy', async () => {
    await edge.reload(policy('/other'));
    expect((await get('/')).status).toBe(200);
    expect(auth.requests.map((request) => request.url.split('?')[0])).toEqual([
      expect.stringMatching(/^\/other/),
    ]);
  });
});

test('a policy with an error is refused with what render says', async () => {
  const [runtime] = runtimes;
  const refused = startEdge({
    runtime: runtime!,
    conf,
    policies: { [DOMAIN]: { remote_auth: {} } },
    vars: { ORIGIN: '' },
  });
  await expect(refused).rejects.toThrow(/edge-auth render .* ended with 1:\n[^]*auth_server/);
});

test('a conf that nginx refuses is told with what nginx says', async () => {
  const [runtime] = runtimes;
  const policies = { [DOMAIN]: { remote_auth: { auth_server: 'http://edge-auth-host:1/' } } };
  const refused = startEdge({ runtime: runtime!, conf, policies, vars: { ORIGIN: 'http://a b' } });
  await expect(refused).rejects.toThrow(/ended with 1 on .*policy\.nginx\.conf[^]*\[emerg\] .*invalid/);
});
