// What nginx says about a URL, with its maps, its PCRE and its JavaScript engine, is what the pure function says.
import path from 'node:path';
import fc from 'fast-check';
import { areArgsKept, type MatchedForm } from '../../../src/core/signing/form';
import { servedBytes, verifyUrl } from '../../../src/core/signing/verify';
import { isDigest } from '../../../src/sign/digest';
import { startEdge } from '../harness/edge';
import { runtimes } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import { askAll, type Answer } from './connections';
import { policies, servers } from './sites';
import { anyUrl, type Url } from './urls';

const COUNT = 10_000;
/** EDGE_AUTH_SEED=… repeats a run, as far as the clock allows. */
const seed = Number(process.env['EDGE_AUTH_SEED'] ?? Date.now() % 2 ** 31);
const text = (bytes: string) => Buffer.from(bytes, 'latin1').toString();

interface Said {
  verdict: string;
  clean: string;
  /** Only of what is allowed; the path only where all of the target is UTF-8, which the pure function is told in. */
  args?: string;
  uri?: string;
}

function saidByNginx({ status, headers, body }: Answer, { method, target }: Url): Said {
  const verdict = headers.get('x-reason') ?? `status ${status}`;
  const said: Said = {
    verdict: status === 200 || status === 403 ? verdict : `status ${status}`,
    clean: text(headers.get('x-clean') ?? ''),
  };
  if (status !== 200) return said;
  said.args = text(headers.get('x-args') ?? '');
  if (method !== 'HEAD' && !text(target).includes('\ufffd')) said.uri = body.toString('latin1');
  return said;
}

function saidByFunction({ site: { signing }, method, target }: Url, now: number): Said {
  const raw = text(target);
  const verdict = verifyUrl(signing, signing.keys, method, raw, now, isDigest);
  const { decision, reason, cleanTarget, form } = verdict;
  const said: Said = { verdict: `${decision} ${reason}`, clean: cleanTarget };
  if (decision === 'deny') return said;
  // nginx ends a target at `#`.
  const served =
    ((signing.keepArgsForOrigin || areArgsLeft(form)) && said.clean.startsWith('/')
      ? withKept(raw, cleanTarget)
      : cleanTarget
    ).split('#', 1)[0] ?? '';
  said.args = served.includes('?') ? served.slice(served.indexOf('?') + 1) : '';
  if (method !== 'HEAD' && !raw.includes('\ufffd')) said.uri = servedBytes(cleanTarget);
  return said;
}

/** They are where the path has `%3B`, so that nginx sends it on as it came. */
const areArgsLeft = ({ outcome, isInPath, parts }: MatchedForm) =>
  outcome === 'signed' && !isInPath && areArgsKept(parts?.path ?? '');

/** Kept arguments stay in `$args`; a prefix of the path goes all the same. */
function withKept(raw: string, clean: string): string {
  const path = clean.split('?', 1)[0] ?? '';
  return path + raw.slice(raw.split('?', 1)[0]?.length);
}

const requestOf = (url: Url) => ({
  ...url,
  bytes: Buffer.from(
    `${url.method} ${url.front}${url.target} HTTP/1.1\r\nHost: ${url.site.domain}\r\nContent-Length: 0\r\n\r\n`,
    'latin1',
  ),
});

describe.each(runtimes)('on $name', (runtime) => {
  let edge: Edge;

  beforeAll(async () => {
    edge = await startEdge({
      runtime,
      conf: path.join(__dirname, 'nginx.conf'),
      policies,
      vars: { SERVERS: servers },
    });
  });
  afterAll(() => edge?.stop());

  test(`${COUNT} URLs, well signed, changed and hostile: verdict, reason, clean target, path and arguments are the same`, async () => {
    const urls = fc.sample(anyUrl(Math.floor(Date.now() / 1000)), { seed, numRuns: COUNT });
    const counts: Record<string, number> = {};
    const differences: unknown[] = [];
    await askAll(edge.port(), urls.map(requestOf), (url, answer, sentAt) => {
      const nginx = saidByNginx(answer, url);
      counts[nginx.verdict] = (counts[nginx.verdict] ?? 0) + 1;
      if (answer.status === 400) return;
      const possible = [sentAt, Date.now()].map((ms) => saidByFunction(url, Math.floor(ms / 1000)));
      if (possible.some((one) => JSON.stringify(one) === JSON.stringify(nginx))) return;
      const { site, method, target } = url;
      differences.push({
        domain: site.domain,
        policy: policies[site.domain],
        method,
        target,
        nginx,
        function: possible[0],
      });
    });
    expect({ seed, count: differences.length, differences: differences.slice(0, 5) }).toEqual({
      seed,
      count: 0,
      differences: [],
    });
    // The generator is worth something only if it reaches every verdict, and nginx answers most by its guard.
    expect({ seed, refused: (counts['status 400'] ?? 0) < COUNT / 3 }).toEqual({ seed, refused: true });
    const reasons = [
      'signed',
      'white_list',
      'out_of_scope',
      'no_signature',
      'malformed',
      'path_mismatch',
      'not_yet_valid',
      'expired',
      'bad_signature',
      'method_not_allowed',
    ];
    const rare = reasons.filter(
      (reason) => (counts[`allow ${reason}`] ?? counts[`deny ${reason}`] ?? 0) < COUNT / 200,
    );
    expect({ seed, rare, counts: rare.length > 0 ? counts : {} }).toEqual({ seed, rare: [], counts: {} });
  });

  test('none of them made nginx complain', async () => {
    expect(await edge.errors()).toEqual([]);
  });
});
