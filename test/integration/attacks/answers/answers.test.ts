// What an auth server says besides its status changes no verdict, no status of a denial and no line of the log.
import path from 'node:path';
import { startAuthServer, type AuthServer } from '../../harness/auth-server';
import { send } from '../../harness/client';
import { startEdge } from '../../harness/edge';
import { rawBytes } from '../../harness/misbehaviour';
import { PROTECTED, startOrigin, type Origin } from '../../harness/origin';
import { isAtLeast, runtimes } from '../../harness/runtimes';
import type { Edge } from '../../harness/started-edge';
import { serversOf } from '../../lifecycle/servers';

const cases = runtimes.flatMap((runtime) =>
  (['hop', 'inline'] as const).map((wiring) => ({ name: runtime.name, runtime, wiring })),
);

/** nginx's variables read `_` as `-`. */
const spellings = ['X-Accel-Redirect', 'X_Accel_Redirect', 'X-Accel_Redirect', 'X_Accel-Redirect'];
const names = [
  ...spellings.flatMap((name) =>
    ['foo', '@edge_auth_allow', '@edge_auth_deny', '/_edge_auth'].map((value) => [name, value] as const),
  ),
  ...['X-Edge-Auth', 'X_Edge_Auth', 'X-Edge_Auth', 'X_Edge-Auth'].map(
    (name) => [name, 'allow success_status'] as const,
  ),
];

describe.each(cases)('answers that would steer, $wiring, on $name', ({ runtime, wiring }) => {
  let auth: AuthServer;
  let origin: Origin;
  let edge: Edge;
  const ask = async (host: string) => {
    const { status, body } = await send({ port: edge.port(), path: '/x', headers: { host } });
    const [line] = await edge.accessLog(1);
    const { decision, reason, answer } = line!;
    return { status, isServed: body.includes(PROTECTED), line: `${decision} ${reason} ${answer}` };
  };

  beforeAll(async () => {
    [auth, origin] = await Promise.all([startAuthServer(), startOrigin()]);
    const policyOf = (more: object) => ({ remote_auth: { auth_server: auth.url, ...more } });
    const policies: Record<string, object> = {
      'default.test': policyOf({}),
      'coded.test': policyOf({ failure_action: { deny: 404 } }),
      'list.test': policyOf({ preset: 'tencent' }),
      'throttled.test': policyOf({ failure_action: { throttle: '1m' } }),
    };
    edge = await startEdge({
      runtime,
      wiring,
      conf: path.join(__dirname, 'nginx.conf'),
      policies,
      vars: { SERVERS: serversOf(Object.keys(policies), origin.url) },
    });
  });
  beforeEach(async () => {
    auth.answer({ status: 200 }).clear();
    await edge.mark();
  });
  afterAll(async () => {
    await edge?.stop();
    await Promise.all([auth?.stop(), origin?.stop()]);
  });

  test.each(names)('%s: %s', async (name, value) => {
    const headers = { [name]: value };
    const seen: Record<string, unknown> = {};
    for (const [host, status] of [
      ['default.test', 200],
      ['default.test', 201],
      ['default.test', 401],
      ['coded.test', 401],
      ['list.test', 206],
      ['list.test', 201],
      ['throttled.test', 401],
    ] as const) {
      auth.answer({ status, headers });
      await edge.mark();
      seen[`${host} ${status}`] = await ask(host);
    }
    const denied = { status: 403, isServed: false };
    expect(seen).toEqual({
      'default.test 200': { status: 200, isServed: true, line: 'allow success_status 200' },
      'default.test 201': { status: 200, isServed: true, line: 'allow success_status 201' },
      'default.test 401': { ...denied, line: 'deny failure_status 401' },
      'coded.test 401': { status: 404, isServed: false, line: 'deny failure_status 401' },
      'list.test 206': { status: 200, isServed: true, line: 'allow success_status 206' },
      'list.test 201': { ...denied, line: 'deny other_status 201' },
      'throttled.test 401': { status: 200, isServed: true, line: 'throttle failure_status 401' },
    });
  });

  const hinted = (status: number) =>
    rawBytes(
      `HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 ${status} Final\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    );
  /** Older ones take the hint for the answer. */
  const readsHints = isAtLeast(runtime.nginxVersion, '1.29.0');

  test.each([
    ['default.test', 200],
    ['default.test', 201],
    ['list.test', 206],
  ])('103 before a yes: %s, %d', async (host, status) => {
    auth.answer(() => hinted(status));
    const seen = await ask(host);
    if (readsHints)
      expect(seen).toEqual({ status: 200, isServed: true, line: `allow success_status ${status}` });
    else expect(seen).toMatchObject({ isServed: false, line: expect.stringMatching(/^deny /) as string });
  });

  test.each([
    ['default.test', 401],
    ['default.test', 500],
    ['list.test', 201],
    ['coded.test', 403],
  ])('103 before a no: %s, %d', async (host, status) => {
    auth.answer(() => hinted(status));
    expect(await ask(host)).toMatchObject({
      isServed: false,
      line: expect.stringMatching(/^deny /) as string,
    });
  });
});
