// Settings that JavaScript reads from the conf, broken by hand. What nginx judges by itself has none.
import path from 'node:path';
import { denial } from '../harness/denial';
import { startAuthServer, type AuthServer } from '../harness/auth-server';
import { send } from '../harness/client';
import { startEdge } from '../harness/edge';
import { startOrigin, type Origin } from '../harness/origin';
import { EDGE_PREFIX } from '../harness/render';
import { isAtLeast, runtimes } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import { brokenValues } from './broken-values';
import { serversOf } from './servers';

interface Kind {
  kind: string;
  wiring: 'hop' | 'inline';
  renderArgs: string[];
  cache?: object;
}
const kinds: Kind[] = [
  { kind: 'hop with --no-native', wiring: 'hop', renderArgs: ['--no-native'] },
  { kind: 'inline with --no-native', wiring: 'inline', renderArgs: ['--no-native'] },
  { kind: 'hop with a cache', wiring: 'hop', renderArgs: [], cache: { allow_ttl: 60 } },
];
const cases = runtimes.flatMap((runtime) => kinds.map((one) => ({ name: runtime.name, runtime, ...one })));
const brokenDomain = (index: number) => `broken${index}.test`;

describe.each(cases)('broken settings, $kind, on $name', ({ runtime, wiring, renderArgs, cache }) => {
  let auth: AuthServer;
  let origin: Origin;
  let edge: Edge;
  const get = (host: string) => send({ port: edge.port(), path: '/x', headers: { host } });

  beforeAll(async () => {
    [auth, origin] = await Promise.all([startAuthServer(), startOrigin()]);
    const remote = {
      auth_server: auth.url,
      timeout_ms: 1_000,
      failure_action: { deny: 451 },
      timeout_action: 'allow',
      other_status: 'allow',
      ...(cache ? { cache, keep_headers: 'none' } : {}),
    };
    const domains = ['whole.test', ...brokenValues.map((_, index) => brokenDomain(index))];
    const policies = Object.fromEntries(domains.map((domain) => [domain, { remote_auth: remote }]));
    const vars = { SERVERS: serversOf(domains, origin.url) };
    const conf = path.join(__dirname, 'nginx.conf');
    edge = await startEdge({ runtime, wiring, conf, policies, vars, renderArgs });
  });
  afterAll(async () => {
    await edge?.stop();
    await Promise.all([auth?.stop(), origin?.stop()]);
  });

  test('values that no render writes deny every request, and are logged once each where nginx can remember', async () => {
    for (const [index, [setting, value]] of brokenValues.entries()) {
      const file = `${EDGE_PREFIX}/ask/${brokenDomain(index)}.conf`;
      const written = value.replace('$', '\\$').replace('\\${', '');
      const line = `^set \\$edge_auth_${setting} *".*";`;
      const { exitCode, output } = await edge.exec([
        'sh',
        '-c',
        'grep -q "$1" "$3" && sed -i "s|$1|$2|" "$3"',
        'sh',
        line,
        `set $edge_auth_${setting} "${written}";`,
        file,
      ]);
      if (exitCode !== 0) throw new Error(`expected ${setting} in ${file}: ${output}`);
    }
    await edge.reloadAsItIs();
    await edge.mark();
    for (let i = 0; i < 3; i++)
      for (const [index] of brokenValues.entries())
        expect(await get(brokenDomain(index))).toMatchObject(denial(451));
    expect(origin.requests).toEqual([]);
    const lines = await edge.accessLog(3 * brokenValues.length);
    expect(new Set(lines.map(({ decision, reason }) => `${decision} ${reason}`))).toEqual(
      new Set(['deny policy_invalid']),
    );
    const times = isAtLeast(runtime.njsVersion, '0.8.0') ? 1 : 3;
    const errors = await edge.errors();
    for (const [index] of brokenValues.entries()) {
      expect(
        errors.filter((line) => line.includes(`policy of ${brokenDomain(index)} is broken`)),
      ).toHaveLength(times);
    }
    expect(errors).toHaveLength(times * brokenValues.length);
    expect((await get('whole.test')).status).toBe(200);
  });
});
