import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { startAuthServer, type AuthServer } from '../../harness/auth-server';
import { startEdge } from '../../harness/edge';
import type { Edge } from '../../harness/started-edge';
import { edgeKinds } from '../matrix';
import { targets } from './any-target';
import { hosts } from './hosts';
import { oddPaths } from './odd-paths';
import { decodedPath, denyPrivate, probe } from './probe';
import { scopes } from './scope-cases';

const here = (file: string) => path.join(__dirname, file);
const MERGED = 8080;
const UNMERGED = 8081;
const HTTP2 = 8082;

/** With merge_slashes off the auth server is told of `//a` as `/a`; what such a path leads to is told right or denied. */
const merged = (hex: string) => hex.replace(/(?<=^(?:..)*)2f(?:2f)+/g, '2f');

describe.each(edgeKinds)('odd paths and hosts, $name', ({ runtime, wiring }) => {
  let auth: AuthServer;
  let edge: Edge;

  beforeAll(async () => {
    auth = await startAuthServer();
    const policy = (more: object = {}) => ({
      remote_auth: { auth_server: auth.url, timeout_ms: 5000, ...more },
    });
    const scoped = Object.entries(scopes).map(([domain, { scope }]) => [
      domain,
      policy({ scope, keep_args: 'none', keep_headers: ['x-probe'] }),
    ]);
    edge = await startEdge({
      runtime,
      wiring,
      conf: here('nginx.conf'),
      ports: [MERGED, UNMERGED, HTTP2],
      files: {
        '/etc/nginx/served.js': readFileSync(here('../served.js')),
        '/etc/nginx/locations.conf': readFileSync(here('locations.conf')),
        '/var/www/attacks/page/include.html': '<!--#include virtual="/private/included" -->',
      },
      policies: {
        'append.test': policy({ auth_path: 'append' }),
        'including.test': policy({ auth_path: 'append' }),
        'fixed.test': policy({ auth_server: `${auth.url}/check` }),
        'but-methods.test': policy({ scope: { exclude_methods: ['OPTIONS', 'HEAD'] } }),
        ...(Object.fromEntries(scoped) as Record<string, object>),
      },
    });
  });
  beforeEach(() => auth.clear());
  afterAll(async () => {
    await edge?.stop();
    await auth?.stop();
  });

  /** nginx logs after it answers: lines of an earlier test may come in between. */
  const linesOf = async (host: string, path: RegExp, count: number) => {
    for (let tries = 0; ; tries++) {
      const all = await edge.accessLog(count);
      const lines = all.filter((line) => line['host'] === host && path.test(line['uri'] ?? ''));
      if (lines.length >= count || tries > 20) return lines;
      await sleep(100);
    }
  };

  const toldBy = {
    'append.test': ({ url }: { url: string }) => url,
    'fixed.test': ({ headers }: { headers: Record<string, string | undefined> }) =>
      headers['x-forwarded-uri'] ?? '',
  };
  const denyWhatIsPrivate = () =>
    auth.answer((request) =>
      denyPrivate(toldBy[request.url.startsWith('/check') ? 'fixed.test' : 'append.test'](request)),
    );

  test.each(oddPaths)('$name: $target', async ({ target, served, host = 'append.test', refused = 400 }) => {
    auth.answer({ status: 200 });
    const { status, served: bytes, asked } = await probe(edge.port(MERGED), auth, target, { host });
    if (served === undefined) {
      expect({ status, asked }).toEqual({ status: refused, asked: [] });
      return;
    }
    const expected = Buffer.from(served, 'latin1').toString('hex');
    expect({ status, bytes }).toEqual({ status: 200, bytes: expected });
    expect(asked.map((request) => decodedPath(toldBy[host](request)))).toEqual([expected]);
    expect(asked[0]?.headers['x-forwarded-uri']).toBe(toldBy[host](asked[0]!));

    denyWhatIsPrivate();
    const again = await probe(edge.port(MERGED), auth, target, { host });
    expect(again.status).toBe(served.startsWith('/private') ? 403 : 200);
    expect(again.text).not.toContain('SECRET');
  });

  test.each([
    ['append.test', MERGED],
    ['fixed.test', MERGED],
    ['append.test', UNMERGED],
    ['fixed.test', UNMERGED],
  ] as const)('c.2 fuzz: %s on port %d is asked about what nginx serves', async (host, port) => {
    denyWhatIsPrivate();
    await fc.assert(
      fc.asyncProperty(targets, async (batch) => {
        auth.clear();
        const send = (target: string) => probe(edge.port(port), auth, target, { host });
        const outcomes = await Promise.all(batch.map(send));
        outcomes.forEach(({ status, text, served, asked }, i) => {
          const told = asked.map((request) => decodedPath(toldBy[host](request)));
          const seen = { target: batch[i], status, served, told };
          expect(text).not.toContain('SECRET');
          expect(port === MERGED ? [200, 400, 403, 404] : [200, 400, 403, 404, 500]).toContain(status);
          if (served !== undefined)
            expect(seen).toEqual({ ...seen, told: [port === MERGED ? served : merged(served)] });
        });
      }),
      { numRuns: 20, endOnFailure: true, seed: 20240601 },
    );
  });

  test.each(['/\xff/./a', '//\xff', '/\xff/.a', '/%2e/\xc0\xae'])(
    'c.2 bytes that are not UTF-8 are told as they are served, or denied: %j',
    async (target) => {
      auth.answer({ status: 200 });
      const { status, served, asked } = await probe(edge.port(MERGED), auth, target, { host: 'fixed.test' });
      const told = asked.map((request) => decodedPath(toldBy['fixed.test'](request)));
      expect({ status, told }).toEqual(
        status === 403 ? { status, told: [] } : { status: 200, told: [served] },
      );
    },
  );

  test.each(Object.entries(scopes))('c.2 scope of %s, on both sides', async (host, { cases }) => {
    await edge.mark();
    auth.answer({ status: 403 });
    const outcomes = await Promise.all(
      cases.map(([, target]) => probe(edge.port(MERGED), auth, target, { host })),
    );
    const verdicts = outcomes.map(({ asked, status }, i) => [cases[i]?.[0], asked.length, status]);
    expect(verdicts).toEqual(cases.map(([name, , asked]) => [name, asked ? 1 : 0, asked ? 403 : 200]));

    const reasons = (await linesOf(host, /^/, cases.length)).map(
      ({ decision, reason }) => `${decision} ${reason}`,
    );
    const inScope = cases.filter(([, , asked]) => asked).length;
    expect(reasons.filter((reason) => reason === 'deny failure_status')).toHaveLength(inScope);
    expect(reasons.filter((reason) => reason === 'allow out_of_scope')).toHaveLength(cases.length - inScope);
    expect(await edge.errors()).toEqual([]);
  });

  test.each(['/private/x', '//private/x', '/a/..//private/x', '/private//../x'])(
    'c.2 scope, merge_slashes off: %s is asked about',
    async (target) => {
      auth.answer({ status: 403 });
      const outcome = await probe(edge.port(UNMERGED), auth, target, { host: 'paths.test' });
      expect(outcome.status).toBe(403);
    },
  );

  test.each([
    ['OPTIONS', false],
    ['HEAD', false],
    ['GET', true],
    ['POST', true],
    ['OPTIONS-', true],
    ['XOPTIONS', true],
    ['OPTION', true],
  ] as const)('c.7 exclude_methods OPTIONS and HEAD: %s, asked: %s', async (method, asked) => {
    auth.answer({ status: 403 });
    const head =
      'X-HTTP-Method-Override: OPTIONS\r\nX-Original-Method: OPTIONS\r\nX-Forwarded-Method: OPTIONS\r\n';
    const outcome = await probe(edge.port(MERGED), auth, '/x', { host: 'but-methods.test', method, head });
    expect(outcome.asked).toHaveLength(asked ? 1 : 0);
    if (asked) expect(outcome.status).toBe(403);
  });

  // What SECURITY.md says is out of reach: nginx has no access phase for subrequests.
  test('c.3 P8: an SSI include of an allowed page is not asked about, its direct request is', async () => {
    denyWhatIsPrivate();
    const get = (target: string) => probe(edge.port(MERGED), auth, target, { host: 'including.test' });
    expect((await get('/private/included')).status).toBe(403);
    const page = await get('/page/include.html');
    expect(page.text).toContain('SECRET');
    expect(page.asked.map(({ url }) => url)).toEqual(['/page/include.html']);
  });

  test.each(hosts)(
    'c.2 hosts: $name',
    async ({ host, target = '/x', head, told, status = 403, mayRefuse }) => {
      auth.answer({ status: 403 });
      const outcome = await probe(edge.port(MERGED), auth, target, { host, ...(head && { head }) });
      expect(outcome.text).not.toMatch(/PROTECTED|SECRET/);
      if (mayRefuse && outcome.status === 400) return expect(outcome.asked).toEqual([]);
      expect(outcome.status).toBe(status);
      expect(outcome.asked.map(({ headers }) => headers['x-forwarded-host'])).toEqual(told ? [told] : []);
    },
  );

  test.each([
    ['append.test', 'append.test'],
    ['append.test', 'nobody.test'],
    ['nobody.test', 'append.test'],
  ])(
    'c.2 hosts, HTTP/2: :authority %s with Host %s is refused, or told as it is served',
    async (authority, host) => {
      auth.answer({ status: 403 });
      await edge.mark();
      const target = `/${authority}/${host}`;
      const status = await sendAuthority(edge.port(HTTP2), target, authority, host);
      expect([400, 403]).toContain(status);
      const told = auth.requests.map(({ headers }) => headers['x-forwarded-host'] ?? '');
      expect(told).toHaveLength(status === 403 ? 1 : 0);
      for (const name of told) expect(await linesOf(name, new RegExp(`^${target}$`), 1)).toHaveLength(1);
    },
  );
});

/** Node's own client, since a Host beside :authority is nothing that a decent client sends. */
async function sendAuthority(port: number, target: string, authority: string, host: string): Promise<number> {
  const session = http2.connect(`http://localhost:${port}`);
  try {
    return await new Promise((resolve, reject) => {
      const stream = session.request({ ':path': target, ':authority': authority, host });
      stream.on('response', (head) => resolve(Number(head[':status'])));
      stream.on('error', reject);
      session.on('error', reject);
      stream.resume();
    });
  } finally {
    session.destroy();
  }
}
