// Switching the fast path off changes no verdict, and no byte that the origin receives.
import path from 'node:path';
import fc from 'fast-check';
import { startEdge } from '../harness/edge';
import { runtimes } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import { askAll, type Answer } from './connections';
import { edgeUrl } from './edge-urls';
import { fastPolicies, fastSites, serversOf } from './sites';
import { anyUrl, type Url } from './urls';

const COUNT = 10_000;
/** EDGE_AUTH_SEED=… repeats a run, as far as the clock allows. */
const seed = Number(process.env['EDGE_AUTH_SEED'] ?? Date.now() % 2 ** 31);
const origin = `
    server {
        listen 127.0.0.1:8090;
        return 200 $request_uri;
    }`;

const requestOf = (url: Url) => ({
  ...url,
  bytes: Buffer.from(
    `${url.method} ${url.front}${url.target} HTTP/1.1\r\nHost: ${url.site.domain}\r\nContent-Length: 0\r\n\r\n`,
    'latin1',
  ),
});

const saidOf = ({ status, headers, body }: Answer): string =>
  JSON.stringify([
    status,
    headers.get('x-reason'),
    headers.get('x-clean'),
    headers.get('x-args'),
    body.toString('latin1'),
  ]);

describe.each(runtimes)('on $name', (runtime) => {
  const edges: Edge[] = [];
  beforeAll(async () => {
    for (const renderArgs of [[], ['--no-native']])
      edges.push(
        await startEdge({
          runtime,
          conf: path.join(__dirname, 'nginx.conf'),
          policies: fastPolicies,
          vars: { SERVERS: origin + serversOf(fastSites, 'proxy_pass http://127.0.0.1:8090;') },
          renderArgs,
        }),
      );
  });
  afterAll(() => Promise.all(edges.map((edge) => edge.stop())));

  async function answersOf(edge: Edge, urls: Url[]): Promise<Map<Url, string>> {
    const answers = new Map<Url, string>();
    const requests = urls.map((url) => ({ url, ...requestOf(url) }));
    await askAll(edge.port(), requests, ({ url }, answer) => answers.set(url, saidOf(answer)));
    return answers;
  }

  test(`${COUNT} URLs, most at the edges of what the fast path knows: status, reason, clean target, arguments and what the origin receives`, async () => {
    const now = Math.floor(Date.now() / 1000);
    const urls = fc.sample(fc.oneof(anyUrl(now, fastSites), edgeUrl(now)), { seed, numRuns: COUNT });
    const counts = { signed: 0, denied: 0 };
    let odd = urls;
    let differences: unknown[] = [];
    // What differs is asked for again: a second may have passed between the two.
    for (let tries = 0; tries < 3 && odd.length > 0; tries++) {
      const [fast, slow] = await Promise.all(edges.map((edge) => answersOf(edge, odd)));
      differences = [];
      odd = odd.filter((url) => {
        const said = fast?.get(url);
        if (tries === 0 && said?.includes('allow signed')) counts.signed++;
        if (tries === 0 && said?.includes('deny ')) counts.denied++;
        if (said === slow?.get(url)) return false;
        differences.push({
          domain: url.site.domain,
          method: url.method,
          target: url.target,
          said,
          slow: slow?.get(url),
        });
        return true;
      });
    }
    expect({ seed, count: odd.length, differences: differences.slice(0, 5) }).toEqual({
      seed,
      count: 0,
      differences: [],
    });
    expect({ seed, few: counts.signed < COUNT / 10 || counts.denied < COUNT / 10 }).toEqual({
      seed,
      few: false,
    });
  });

  test('a yes of the fast path is nginx’s own: without its JavaScript it stands, and all else is denied', async () => {
    const [edge] = edges;
    const now = Math.floor(Date.now() / 1000);
    const urls = fc.sample(anyUrl(now, fastSites.slice(5, 6)), { seed, numRuns: 1500 });
    const before = await answersOf(edge!, urls);
    await edge!.putFile(
      '/etc/nginx/edge-auth/edge_auth.js',
      "function none() { return ''; }\nexport default { verify: none, readEscapedUri: none };\n",
    );
    await edge!.reloadAsItIs();
    const after = await answersOf(edge!, urls);
    const opened = urls.filter((url) => after.get(url)?.startsWith('[200'));
    expect(opened.length).toBeGreaterThan(30);
    expect(opened.filter((url) => !before.get(url)?.includes('allow signed'))).toEqual([]);
  });

  test('none of them made nginx complain', async () => {
    for (const edge of edges)
      expect((await edge.errors()).filter((line) => !/js exception: TypeError/.test(line))).toEqual([]);
  });
});
