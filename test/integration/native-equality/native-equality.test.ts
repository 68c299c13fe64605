/** nginx's own judgement and JavaScript's never differ: verdicts, and the bytes that auth server and origin receive. */
import path from 'node:path';
import fc from 'fast-check';
import { Pool } from 'undici';
import { startAuthServer, type AuthServer } from '../harness/auth-server';
import { startEdge } from '../harness/edge';
import { PROTECTED, startOrigin, type Origin } from '../harness/origin';
import { runtimes } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';

const wirings = ['hop', 'inline'] as const;
const edges = runtimes.flatMap((runtime) =>
  wirings.map((wiring) => ({ name: runtime.name, runtime, wiring })),
);

/** Inline, nginx's auth_request answers these with 500, whatever the policy says: nobody gets in. */
const ODD_INLINE = [408, 444, 499];

const entry = fc.oneof(
  fc.constantFrom('1xx', '2xx', '3xx', '4xx', '5xx'),
  fc.integer({ min: 200, max: 599 }).map(String),
);
const lists = fc
  .record({
    success: fc.uniqueArray(entry, { minLength: 1, maxLength: 5 }),
    failure: fc.uniqueArray(entry, { minLength: 1, maxLength: 5 }),
    other: fc.constantFrom('allow', 'deny'),
    action: fc.constantFrom({ deny: 403 }, { deny: 451 }, { throttle: '512k' }),
  })
  .filter(({ success, failure }) => !failure.some((one) => success.includes(one)));

/** The same on each run: the seed is fixed, so that what fails can be looked at again. */
const generated = fc.sample(lists, { numRuns: 24, seed: 20_261_126 });
const policies = generated.map(({ success, failure, other, action }, i) => ({
  domain: `p${i}.test`,
  policy: {
    auth_path: 'append',
    success_status: success,
    failure_status: failure,
    other_status: other,
    failure_action: action,
    timeout_ms: 3000,
  },
  statuses: statusesFor([...success, ...failure]),
}));

/** What the lists name, both neighbours of it, and a few of each class. */
function statusesFor(named: string[]): number[] {
  const exact = named.filter((one) => /^\d{3}$/.test(one)).map(Number);
  const around = exact.flatMap((code) => [code - 1, code, code + 1]);
  const usual = [200, 201, 204, 206, 299, 298, 302, 304, 400, 401, 403, 404, 408, 425, 429, 444, 451, 499];
  const all = [...usual, 500, 502, 503, 504, 530, 599, ...around];
  return [...new Set(all)].filter((code) => code >= 200 && code <= 599);
}

interface Seen {
  client: number;
  isServed: boolean;
  line: Record<string, string | undefined>;
  asked: string[];
}

describe.each(edges)('native and not, $wiring, on $name', ({ runtime, wiring }) => {
  let auth: AuthServer;
  let origin: Origin;
  const seen = new Map<boolean, Map<string, Seen>>();

  async function observe(isNative: boolean): Promise<Map<string, Seen>> {
    auth.clear();
    origin.clear();
    const edge: Edge = await startEdge({
      runtime,
      wiring,
      conf: path.join(__dirname, 'nginx.conf'),
      policies: Object.fromEntries(
        policies.map(({ domain, policy }) => [domain, { remote_auth: { auth_server: auth.url, ...policy } }]),
      ),
      renderArgs: isNative ? [] : ['--no-native'],
      vars: {
        SERVERS: policies
          .map(
            ({ domain }) =>
              `server { listen 8080; server_name ${domain}; include edge-auth/servers/${domain}.conf;\n` +
              `location / { proxy_pass ${origin.url}; proxy_http_version 1.1; proxy_set_header Connection ""; } }\n`,
          )
          .join('    '),
      },
    });
    const pool = new Pool(`http://localhost:${edge.port()}`, { connections: 8 });
    try {
      await edge.mark();
      const asked = policies.flatMap(({ domain, statuses }) =>
        statuses.map((status) => ({ domain, status })),
      );
      const replies = await Promise.all(
        asked.map(async ({ domain, status }) => {
          const headers = { host: domain, cookie: 'a=b', 'x-token': `${status}` };
          const reply = await pool.request({ method: 'GET', path: `/status/${status}?q=%41&r`, headers });
          return { key: `${domain} ${status}`, client: reply.statusCode, body: await reply.body.text() };
        }),
      );
      const lines = await edge.accessLog(replies.length);
      const lineOf = new Map(
        lines.map((line) => [`${line['host']} ${/\d+/.exec(line['uri'] ?? '')?.[0]}`, line]),
      );
      const heads = new Map<string, string[]>();
      for (const { rawHead, url, headers } of auth.requests) {
        const key = `${headers['x-forwarded-host']} ${/\d+/.exec(url)?.[0]}`;
        heads.set(key, [...(heads.get(key) ?? []), rawHead]);
      }
      return new Map(
        replies.map(({ key, client, body }) => [
          key,
          {
            client,
            isServed: body.includes(PROTECTED),
            line: lineOf.get(key) ?? {},
            asked: heads.get(key) ?? [],
          },
        ]),
      );
    } finally {
      await pool.close();
      await edge.stop();
    }
  }

  beforeAll(async () => {
    [auth, origin] = await Promise.all([startAuthServer(), startOrigin()]);
    auth.answer(({ url }) => ({ status: Number(/\d+/.exec(url)?.[0]) }));
    for (const isNative of [true, false]) seen.set(isNative, await observe(isNative));
  });
  afterAll(() => Promise.all([auth?.stop(), origin?.stop()]));

  test.each(policies)('$domain: the same for each status ($policy)', ({ domain, statuses }) => {
    const of = (isNative: boolean) =>
      statuses.map((status) => {
        const one = seen.get(isNative)!.get(`${domain} ${status}`)!;
        if (wiring === 'hop' || !ODD_INLINE.includes(status))
          return { status, ...one, line: { ...one.line } };
        return { status, asked: one.asked };
      });
    expect(of(true)).toEqual(of(false));
    // nginx says no where it cannot ask the table, and never yes where JavaScript says no.
    for (const status of statuses) {
      const key = `${domain} ${status}`;
      if (seen.get(true)!.get(key)!.isServed) expect(seen.get(false)!.get(key)!.isServed).toBe(true);
    }
  });

  test('both let some in and refuse others, and ask once about each', () => {
    const all = [...seen.get(true)!.values()];
    expect(all.some(({ isServed }) => isServed)).toBe(true);
    expect(all.some(({ isServed }) => !isServed)).toBe(true);
    for (const { asked } of all) expect(asked).toHaveLength(1);
    for (const { client, isServed } of all) expect(isServed).toBe(client === 200);
  });
});
