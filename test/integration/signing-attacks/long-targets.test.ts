// No target makes nginx's patterns slow, and where PCRE gives up, which it does with `pcre_jit on`, the request is denied.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { startEdge } from '../harness/edge';
import { sendRaw } from '../harness/raw-client';
import { runtimes } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import { longTargets } from './long-targets';
import { policies, servers, sign } from './sites';

const here = (file: string) => path.join(__dirname, file);
const hosts = ['a.test', 'b.test', 'c.test', 'd.test', 'every.test'];

describe.each(
  runtimes.flatMap((runtime) => ['off', 'on'].map((jit) => ({ name: runtime.name, runtime, jit }))),
)('on $name with pcre_jit $jit', ({ runtime, jit }) => {
  let edge: Edge;

  beforeAll(async () => {
    edge = await startEdge({
      runtime,
      conf: here('nginx.conf'),
      policies,
      vars: {
        PCRE_JIT: `pcre_jit ${jit};`,
        SERVERS: servers.replace('@LISTEN_HTTP2@', '').replace('@HTTP2@', ''),
      },
      files: { '/etc/nginx/locations.conf': readFileSync(here('locations.conf')) },
    });
  });
  afterAll(() => edge?.stop());

  const ask = (host: string, target: string) =>
    sendRaw(edge.port(), `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);

  test.each(longTargets)('%s: denied within 100 ms on every site', async (_name, target) => {
    for (const host of hosts) {
      let fastest = Infinity;
      for (let tries = 0; tries < 5 && fastest > 100; tries++) {
        const { status, body, ms } = await ask(host, target);
        // What type B or C has in front of the path is a path out of scope for the others.
        if (target.startsWith('/v')) expect([403, 400]).toContain(status);
        expect(body).not.toMatch(/ORIGIN|INTERNAL/);
        fastest = Math.min(fastest, ms);
      }
      expect(fastest).toBeLessThan(100);
    }
  });

  test('a signed URL with 500 arguments opens', async () => {
    const query = Array.from({ length: 500 }, (_, i) => `x${i}=1`).join('&');
    for (const host of ['a.test', 'b.test', 'c.test', 'd.test'])
      expect(await ask(host, sign(host, `/v/x?${query}`))).toMatchObject({ status: 200 });
  });

  test('nginx complains of nothing but that, and without pcre_jit of nothing', async () => {
    const isStackLimit = (line: string) => jit === 'on' && line.includes('pcre2_match() failed: -46');
    expect(
      (await edge.errors()).filter((line) => !isStackLimit(line)).map((line) => line.slice(0, 300)),
    ).toEqual([]);
  });
});
