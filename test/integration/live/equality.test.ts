// A live guard says to the byte what a guard says that was rendered for the policy: where the conf fits the policy, where it was rendered
// from another one and the policy came later by the API or as a file, and after nginx was killed and started again.
import path from 'node:path';
import fc from 'fast-check';
import { startEdge } from '../harness/edge';
import type { Edge } from '../harness/started-edge';
import { askAll, type Answer } from '../signing-equality/connections';
import { anyUrl, type Url } from '../signing-equality/urls';
import { onLiveRuntimes, startLiveEdge, type LiveEdge } from './live-edge';
import { renderedFrom, serverOf, sitesFor } from './sites';

/** EDGE_AUTH_LIVE_COUNT: URLs. Each is asked for at the rendered edge, at the conf that fits and at one that does not. */
const COUNT = Number(process.env['EDGE_AUTH_LIVE_COUNT'] ?? 3000);
const seed = Number(process.env['EDGE_AUTH_SEED'] ?? 20264);
const sites = sitesFor(seed, 40);
const before = renderedFrom(seed, sites);

const requestOf = (url: Url, i: number, domain: string) => ({
  i,
  url,
  domain,
  bytes: Buffer.from(
    `${url.method} ${url.front && `http://${domain}`}${url.target} HTTP/1.1\r\nHost: ${domain}\r\n` +
      `${i % 2 ? 'X-Uri: 1\r\n' : ''}Content-Length: 0\r\n\r\n`,
    'latin1',
  ),
});

/** What the client can tell. A refusal with a header of the vendor's has no headers of the server's. */
function saidBy({ status, headers, body }: Answer) {
  const vendor = headers.get('x-tengine-error');
  const [reason, clean, args] = ['x-reason', 'x-clean', 'x-args'].map((name) => headers.get(name));
  // $args of a refused request are nobody's: only one of the two takes the signature off before it judges.
  const own = [reason, clean, reason?.startsWith('deny ') ? undefined : args];
  return {
    status,
    vendor,
    type: headers.get('content-type'),
    own: vendor === undefined ? own : [],
    body: body.toString('latin1'),
  };
}

onLiveRuntimes('live guards', (runtime) => {
  let fixed: Edge;
  let live: LiveEdge;
  let urls: Url[];
  let expected: ReturnType<typeof saidBy>[];

  const ask = async (port: number, domainOf: (url: Url) => string) => {
    const answers: ReturnType<typeof saidBy>[] = [];
    const requests = urls.map((url, i) => requestOf(url, i, domainOf(url)));
    await askAll(port, requests, ({ i }, answer) => (answers[i] = saidBy(answer)), 24);
    return answers;
  };
  const differences = async (prefix: string) => {
    const answers = await ask(live.port, ({ site }) => prefix + site.domain);
    const found = answers.flatMap((said, i) => {
      const { method, target, site } = urls[i]!;
      const k = sites.findIndex(({ domain }) => domain === site.domain);
      const [own = '', ...rest] = expected[i]!.own;
      const possible = [expected[i]!];
      // A conf that was rendered with remote authentication says so of what it asks nobody about; a `return` comes before it.
      if (prefix !== '' && 'remote_auth' in before[k]! && own.startsWith('allow '))
        for (const reason of ['allow out_of_scope', ' '])
          possible.push({ ...expected[i]!, own: [reason, ...rest] });
      if (possible.some((one) => JSON.stringify(said) === JSON.stringify(one))) return [];
      return [
        { method, target, policy: sites[k]?.policy, rendered: before[k], live: said, fixed: expected[i] },
      ];
    });
    return {
      seed,
      count: found.length,
      found: found.slice(0, Number(process.env['EDGE_AUTH_LIVE_SHOW'] ?? 4)).map((x) => JSON.stringify(x)),
    };
  };
  const none = { seed, count: 0, found: [] };

  beforeAll(async () => {
    const same = Object.fromEntries(sites.map(({ domain, policy }) => [domain, policy]));
    const later = Object.fromEntries(sites.map(({ domain }, i) => [`later-${domain}`, before[i]!]));
    [fixed, live] = await Promise.all([
      startEdge({
        runtime,
        conf: path.join(__dirname, 'nginx.conf'),
        policies: same,
        vars: { WORKERS: '1', HTTP_LINES: '', SERVERS: Object.keys(same).map(serverOf).join('') },
      }),
      startLiveEdge({
        runtime,
        policies: { ...same, ...later },
        servers: Object.keys({ ...same, ...later })
          .map(serverOf)
          .join(''),
        workers: 2,
      }),
    ]);
    urls = fc.sample(anyUrl(Math.floor(Date.now() / 1000), sites), { seed, numRuns: COUNT });
    expected = await ask(fixed.port(), ({ site }) => site.domain);
  });
  afterAll(async () => {
    await Promise.all([fixed?.stop(), live?.stop(true)]);
  });

  test(`the conf fits the policy: ${COUNT} URLs`, async () => {
    expect(await differences('')).toEqual(none);
  });

  test('the URLs reach every answer', () => {
    const reasons = new Set(expected.map(({ own }) => own[0]?.split(' ')[1]));
    for (const reason of [
      'signed',
      'white_list',
      'out_of_scope',
      'no_signature',
      'malformed',
      'path_mismatch',
    ])
      expect([...reasons]).toContain(reason);
    for (const reason of ['not_yet_valid', 'expired', 'bad_signature', 'method_not_allowed'])
      expect([...reasons]).toContain(reason);
    expect(expected.filter(({ vendor }) => vendor).length).toBeGreaterThan(COUNT / 200);
    expect(new Set(expected.map(({ status }) => status)).size).toBeGreaterThan(5);
  });

  test('the policy came later: by the API, or as a file', async () => {
    for (const [i, { domain, policy }] of sites.entries()) {
      if (i % 2) await live.put(`later-${domain}`, policy);
      else live.write(`later-${domain}.json`, JSON.stringify(policy));
    }
    await live.compile();
    await live.reread();
    expect(await differences('later-')).toEqual(none);
  });

  test('after kill -9 and a start', async () => {
    expect(await live.control('again')).toBe('');
    expect(await differences('later-')).toEqual(none);
    expect(await differences('')).toEqual(none);
  });

  test('nothing above notice in the log', async () => {
    expect((await live.edge.errors()).slice(0, 5)).toEqual([]);
  });
});
