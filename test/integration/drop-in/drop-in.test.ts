import path from 'node:path';
import { denialBody } from '../harness/denial';
import { startAuthServer, type AuthServer } from '../harness/auth-server';
import { send } from '../harness/client';
import { startEdge } from '../harness/edge';
import { PROTECTED, startOrigin, type Origin } from '../harness/origin';
import { runtimes } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import { bundle, filledTemplates, sampleEnvironment } from './environment';

const conf = path.join(__dirname, 'nginx.conf');

describe.each(runtimes)('the drop-in templates on $name', (runtime) => {
  let auth: AuthServer;
  let origin: Origin;
  let edge: Edge;
  const files = (changed: Record<string, string>): Record<string, string> => {
    const filled = filledTemplates({ ...sampleEnvironment(), ...changed });
    const sample = '/etc/nginx/conf.d/example.conf';
    filled[sample] = (filled[sample] ?? '').replace('http://origin:8080', origin.url);
    return { ...filled, '/etc/nginx/edge_auth.js': bundle() };
  };
  const addressed = (): Record<string, string> => ({
    EDGE_AUTH_SERVERS: `server ${new URL(auth.url).host};`,
  });

  beforeAll(async () => {
    [auth, origin] = await Promise.all([startAuthServer(), startOrigin()]);
    edge = await startEdge({ runtime, conf, ports: [80], files: files(addressed()) });
  });
  beforeEach(() => edge.mark());
  afterAll(async () => {
    await edge?.stop();
    await Promise.all([auth.stop(), origin.stop()]);
  });

  test('serve what the auth server allows', async () => {
    auth.answer({ status: 200 });
    const reply = await send({ port: edge.port(80), path: '/file?token=1' });
    expect([reply.status, reply.body.includes(PROTECTED)]).toEqual([200, true]);
    expect(auth.requests.at(-1)?.url).toBe('/auth?token=1');
    expect(await edge.errors()).toEqual([]);
  });

  test('deny what it refuses', async () => {
    auth.answer({ status: 401 });
    const reply = await send({ port: edge.port(80) });
    expect([reply.status, reply.body]).toEqual([403, denialBody()]);
    expect(await edge.accessLog(1)).toMatchObject([{ decision: 'deny', reason: 'failure_status' }]);
  });

  test('deny everything where a value is broken, and say so in the error log', async () => {
    auth.answer({ status: 200 });
    const broken = await startEdge({
      runtime,
      conf,
      ports: [80],
      files: files({ ...addressed(), EDGE_AUTH_SUCCESS_STATUS: '2xx;' }),
    });
    const replies = [await send({ port: broken.port(80) }), await send({ port: broken.port(80) })];
    expect(replies.map(({ status, body }) => [status, body])).toEqual(Array(2).fill([403, denialBody()]));
    expect(await broken.accessLog(2)).toMatchObject(
      Array(2).fill({ decision: 'deny', reason: 'policy_invalid' }),
    );
    expect((await broken.errors()).join('\n')).toContain('policy of www.example.com is broken');
    await broken.stop();
  });

  test.each([
    ['a status list', 'ask.conf', '"2xx"', '"${EDGE_AUTH_SUCCESS_STATUS}"'],
    ['the deny action', 'ask.conf', 'failure_action "deny"', 'failure_action "${EDGE_AUTH_FAILURE_ACTION}"'],
  ])('deny everything where the value of %s is missing', async (_what, file, value, placeholder) => {
    auth.answer({ status: 200 });
    const incomplete = files(addressed());
    const filled = `/etc/nginx/conf.d/edge-auth/${file}`;
    expect(incomplete[filled]).toContain(value);
    incomplete[filled] = incomplete[filled]?.replace(value, placeholder) ?? '';
    const started = await startEdge({ runtime, conf, ports: [80], files: incomplete });
    expect((await send({ port: started.port(80) })).status).toBe(403);
    expect(await started.accessLog(1)).toMatchObject([{ decision: 'deny', reason: 'policy_invalid' }]);
    await started.stop();
  });

  test('keep nginx from starting where the deadline is missing', async () => {
    const incomplete = files(addressed());
    const filled = '/etc/nginx/conf.d/edge-auth/server.conf';
    incomplete[filled] = (incomplete[filled] ?? '').replaceAll('1000ms', '${EDGE_AUTH_TIMEOUT_MS}ms');
    await expect(startEdge({ runtime, conf, ports: [80], files: incomplete })).rejects.toThrow(
      'invalid value',
    );
  });
});
