// Internal redirects, parts of pages, HTTP/2 and bodies: a live guard lets through and refuses what a rendered one does, whether or not
// the conf fits the policy.
import path from 'node:path';
import { send, sendHttp2 } from '../harness/client';
import { startEdge } from '../harness/edge';
import type { Edge } from '../harness/started-edge';
import { sign, type Signer } from '../signing/signer';
import { onLiveRuntimes, startLiveEdge, type LiveEdge } from './live-edge';

const key = 'the-key-of-the-pages';
const PRIVATE = 'PRIVATE-PAGE';
const include = (target: string, n: number) => `<!--# include virtual="${target}" -->\n`.repeat(n);
const pages: Record<string, string> = {
  '/srv/www/private/page.txt': PRIVATE,
  '/srv/www/private/index.txt': PRIVATE,
  '/srv/www/private/open/page.txt': 'listed',
  '/srv/www/open.txt': 'open',
  '/srv/www/dir/index.txt': 'index',
  '/srv/www/ssi/few.txt': `few ${include('/open.txt', 2)}${include('/private/page.txt', 2)}${include('/private/open/page.txt', 1)}`,
  '/srv/www/ssi/many.txt': `many ${include('/private/page.txt', 30)}`,
  '/srv/www/ssi/deep.txt': `deep ${include('/ssi/few.txt', 3)}${include('/tried/x', 3)}${include('/private/', 3)}`,
  '/srv/www/private/ssi.txt': `signed ${include('/private/page.txt', 30)}`,
};
const lines = `
        root  /srv/www;
        index absent.html index.txt;
        ssi       on;
        ssi_types text/plain;
        location /tried/     { try_files $uri /absent.txt /private/page.txt; }
        location /listed/    { try_files $uri /private/open/page.txt; }
        location /missing/   { error_page 404 =200 /private/page.txt; }
        location /named/     { try_files /absent @named; }
        location @named      { try_files /absent.txt /private/page.txt; }
        location /failing/   { error_page 418 = @again; return 418; }
        location @again      { rewrite ^ /private/page.txt break; }
        location /twice/     { try_files /absent /tried/again; }
        location /proxied/   { proxy_pass http://127.0.0.1:8092; }
        location /private/proxied/ { proxy_pass http://127.0.0.1:8092; }`;
const serverOf = (domain: string) => `
    server {
        listen 8080;
        listen 8082@LISTEN_HTTP2@;
        server_name ${domain};
        add_header X-Reason "$edge_auth_decision $edge_auth_reason" always;
        include edge-auth/servers/${domain}.conf;
        ${lines}
    }`;
const extraServer = `
    server {
        listen 127.0.0.1:8092;
        return 200 "$request_method $http_content_length $request_uri";
    }`;

const signing = {
  key1: key,
  scope: { paths: ['/private/*'], exclude_methods: ['OPTIONS'] },
  white_list: ['/private/open/*'],
  methods: ['GET', 'HEAD', 'POST'],
};
const policies: Record<string, object> = Object.fromEntries(
  (['A', 'B', 'C', 'D'] as const).flatMap((type): [string, object][] => [
    [`${type.toLowerCase()}.test`, { url_signing: { type, ...signing } }],
    // Everything needs a signature but what is listed.
    [`${type.toLowerCase()}-all.test`, { url_signing: { type, ...signing, scope: {}, deny_status: 410 } }],
  ]),
);
const domains = Object.keys(policies);

const targets = [
  ...[
    '/open.txt',
    '/dir/',
    '/dir/index.txt',
    '/absent',
    '/private/',
    '/private/page.txt',
    '/private/open/page.txt',
  ],
  ...['/tried/x', '/listed/x', '/missing/x', '/named/x', '/failing/x', '/twice/x', '/private', '/dir'],
  ...[
    '/ssi/few.txt',
    '/private/ssi.txt',
    '/proxied/x?a=1&b=%2F',
    '/private/proxied/x?a=1',
    '//private/page.txt',
  ],
  ...[
    '/dir/../private/page.txt',
    '/%70rivate/page.txt',
    '/private%2Fpage.txt',
    '/PRIVATE/page.txt',
    '/_edge_auth_refused',
  ],
];
const methods = ['GET', 'HEAD', 'POST', 'OPTIONS', 'DELETE'];
interface Row {
  domain: string;
  method: string;
  target: string;
}
const rows: Row[] = domains.flatMap((domain) => {
  const type = domain.charAt(0).toUpperCase() as Signer['type'];
  const signed = (target: string, by: string) => sign(target, { type, key: by });
  const all = targets.flatMap((target) => [target, signed(target, key), signed(target, 'a-wrong-key')]);
  return all.flatMap((target) => methods.map((method) => ({ domain, method, target })));
});

onLiveRuntimes('redirects and parts of pages', (runtime) => {
  let fixed: Edge;
  let live: LiveEdge;

  const answersOf = async (port: number, prefix: string, http2Port?: number) => {
    const answers: unknown[] = [];
    let next = 0;
    const lane = async () => {
      for (let i = next++; i < rows.length; i = next++) {
        // A connection each: a part of them has to do.
        if (http2Port && i % 4 > 0) continue;
        const { domain, method, target } = rows[i]!;
        const body = method === 'POST' ? 'x'.repeat(20_000) : undefined;
        const request = { port: http2Port ?? port, method, path: target, headers: { host: prefix + domain } };
        const reply = await (http2Port ? sendHttp2 : send)({ ...request, ...(body && { body }) });
        const { status, headers } = reply;
        const location = String(headers['location']).replace(/^http:\/\/[^/]*/, '');
        answers[i] = [status, headers['x-reason'], location, reply.body];
      }
    };
    await Promise.all(Array.from({ length: 8 }, lane));
    return answers;
  };
  const differences = (one: unknown[], other: unknown[]) =>
    rows
      .map((row, i) => ({ ...row, fixed: one[i], live: other[i] }))
      .filter((row) => JSON.stringify(row.fixed) !== JSON.stringify(row.live))
      .slice(0, 3);

  beforeAll(async () => {
    const later = Object.fromEntries(domains.map((domain) => [`later-${domain}`, { url_signing: false }]));
    const conf = path.join(__dirname, 'nginx.conf');
    const http2 = (text: string) =>
      text.replaceAll('@LISTEN_HTTP2@', runtime.nginxVersion < '1.25.1' ? ' http2' : '');
    const httpLines = runtime.nginxVersion < '1.25.1' ? '' : 'http2 on;';
    [fixed, live] = await Promise.all([
      startEdge({
        runtime,
        conf,
        policies,
        ports: [8080, 8082],
        files: pages,
        vars: {
          WORKERS: '1',
          HTTP_LINES: httpLines,
          SERVERS: http2(domains.map(serverOf).join('') + extraServer),
        },
      }),
      startLiveEdge({
        runtime,
        policies: { ...policies, ...later },
        ports: [8082],
        httpLines,
        files: pages,
        servers: http2([...domains, ...Object.keys(later)].map(serverOf).join('') + extraServer),
      }),
    ]);
    for (const [domain, policy] of Object.entries(policies)) await live.put(`later-${domain}`, policy);
  }, 90_000);
  afterAll(async () => {
    await Promise.all([fixed?.stop(), live?.stop()]);
  });

  test(`${rows.length} requests: the rendered edge, the conf that fits and the one that does not`, async () => {
    const expected = await answersOf(fixed.port(), '');
    expect(differences(expected, await answersOf(live.port, ''))).toEqual([]);
    expect(differences(expected, await answersOf(live.port, 'later-'))).toEqual([]);
    // Worth something only where both happen.
    const leaked = rows.filter((_, i) => String((expected[i] as string[])[3]).includes(PRIVATE));
    expect(leaked.length).toBeGreaterThan(50);
    expect(rows.filter((_, i) => (expected[i] as number[])[0] === 403).length).toBeGreaterThan(200);
  }, 90_000);

  test('HTTP/2', async () => {
    const expected = await answersOf(0, '', fixed.port(8082));
    expect(differences(expected, await answersOf(0, '', live.edge.port(8082)))).toEqual([]);
    expect(differences(expected, await answersOf(0, 'later-', live.edge.port(8082)))).toEqual([]);
  }, 90_000);

  test.each(['/ssi/many.txt', '/ssi/deep.txt'])(
    '%s: no part that needs a signature is in a page that has none',
    async (target) => {
      for (const domain of domains.filter((name) => !name.includes('-all')))
        for (const host of [domain, `later-${domain}`]) {
          const { status, body } = await send({ port: live.port, path: target, headers: { host } });
          expect([host, status, body.includes(PRIVATE)]).toEqual([host, 200, false]);
        }
    },
  );

  test('a signed page has its 30 parts', async () => {
    for (const domain of domains)
      for (const host of [domain, `later-${domain}`]) {
        const type = domain.charAt(0).toUpperCase() as Signer['type'];
        const target = sign('/private/ssi.txt', { type, key });
        const { status, body } = await send({ port: live.port, path: target, headers: { host } });
        expect([host, status, body.split(PRIVATE).length - 1]).toEqual([host, 200, 30]);
      }
  });

  test('nothing above notice in the log but files that are absent', async () => {
    const lines = (await live.edge.errors()).filter(
      (line) => !/No such file|is forbidden|buffered to a temporary file/.test(line),
    );
    expect(lines.slice(0, 3)).toEqual([]);
  });
});
