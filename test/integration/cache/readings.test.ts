// Whatever an auth server reads: with a cache it decides what it would have decided about that very request.
import fc from 'fast-check';
import { runtimes } from '../harness/runtimes';
import type { RecordedRequest } from '../harness/recorded-request';
import { askAll } from '../signing-equality/connections';
import { startCachedEdge, type CachedEdge } from './cached-edge';
import { argumentReadings, cookieReadings } from './readings';

const COUNT = 40;
/** EDGE_AUTH_SEED=… repeats a run. */
const seed = Number(process.env['EDGE_AUTH_SEED'] ?? Date.now() % 2 ** 31);

const names = { cookie: 's_d', argument: 'doc' };
const shapes = [
  ...Object.keys(cookieReadings).map((reading) => ({ kind: 'cookie' as const, reading })),
  ...Object.keys(argumentReadings).map((reading) => ({ kind: 'argument' as const, reading })),
];
type Shape = (typeof shapes)[number];

const domainOf = ({ kind, reading }: Shape, isKept: boolean) =>
  `${reading}.${kind}.${isKept ? 'kept' : 'plain'}.test`;
const caches = { cookie: { key: [`cookie:${names.cookie}`] }, argument: {} };
const policyOf = ({ kind, reading }: Shape, isKept: boolean) => ({
  remote_auth: {
    auth_server: `{auth}/${kind}/${reading}`,
    keep_headers: kind === 'cookie' ? ['cookie'] : 'none',
    keep_args: kind === 'argument' ? [names.argument] : 'none',
    ...(isKept && { cache: { allow_ttl: 600, deny_ttl: 600, lock_timeout_ms: 0, ...caches[kind] } }),
  },
});
const policies = Object.fromEntries(
  shapes.flatMap((shape) =>
    [true, false].map((isKept) => [domainOf(shape, isKept), policyOf(shape, isKept)]),
  ),
);

/** Lets in who names nothing or something good: so each absence and each value can be mistaken for another. */
function decide({ url, headers }: RecordedRequest): { status: number } {
  const [path = '', query = ''] = url.split(/\?(.*)/s);
  const [, kind, reading = ''] = path.split('/');
  const value =
    kind === 'cookie'
      ? cookieReadings[reading]?.(names.cookie)(headers['cookie'] ?? '')
      : argumentReadings[reading]?.(names.argument)(query);
  return { status: value === undefined || value.startsWith('good') ? 200 : 403 };
}

const plain = ['good1', 'bad1', 'good1', 'bad1', 'good1', 'bad1'];
const cookieNames = [
  ...Array<string>(8).fill('s_d'),
  'S_D',
  's.d',
  's d',
  ' s_d',
  '%73_d',
  's_d[',
  'x',
  'Path',
  '$Version',
  '',
];
const cookieValues = [
  ...plain,
  'good1',
  'good2',
  'bad1',
  'bad2',
  '',
  '"good1"',
  '"bad1"',
  'x"',
  '"',
  'good1,s_d=bad1',
  '\xe9',
  'a\\',
  ' bad1',
  'good1=',
  'good1\tbad1',
];
const cookiePair = fc
  .tuple(
    fc.constantFrom(...cookieNames),
    fc.constantFrom('=', '=', '=', '=', '=', '=', ' = ', ''),
    fc.constantFrom(...cookieValues),
  )
  .map((parts) => parts.join(''));
const cookieLine = fc
  .array(fc.tuple(cookiePair, fc.constantFrom('; ', '; ', '; ', '; ', ';', ', ', ';; ', ' ;')), {
    minLength: 1,
    maxLength: 3,
  })
  .map((pairs) => pairs.flat().slice(0, -1).join(''));
const cookieLines = fc
  .tuple(cookieLine, fc.option(cookieLine, { freq: 4 }), fc.constantFrom('', '', ';', '; '))
  .map(([one, two, end]) => ['Cookie: ' + one + end, ...(two === null ? [] : ['Cookie: ' + two])]);

const argumentNames = [
  ...Array<string>(8).fill('doc'),
  'DOC',
  '%64oc',
  'd%6fc',
  '+doc',
  'doc+',
  'doc[',
  'doc[]',
  'x',
  '',
  'doc%00',
  '?doc',
];
const argumentValues = [
  ...plain,
  'good1',
  'good2',
  'bad1',
  'bad2',
  '',
  '%67ood1',
  'good1;doc=bad1',
  'good1%26doc=bad1',
  'good1=',
  '+good1',
  '%zz',
  '%',
];
const argumentPair = fc
  .tuple(
    fc.constantFrom(...argumentNames),
    fc.constantFrom('=', '=', '=', '=', '=', '=', ''),
    fc.constantFrom(...argumentValues),
  )
  .map((parts) => parts.join(''));
const query = fc
  .array(fc.tuple(argumentPair, fc.constantFrom('&', '&', '&&', ';')), { minLength: 1, maxLength: 2 })
  .map((pairs) => '?' + pairs.flat().slice(0, -1).join(''));

const cookies = (lines: string[]) => ({ kind: 'cookie' as const, target: '/', lines });
const argumentsOf = (text: string) => ({
  kind: 'argument' as const,
  target: '/' + text,
  lines: [] as string[],
});
const usual = fc.constantFrom('good1', 'good2', 'bad1', 'bad2');
const asked = fc.oneof(
  cookieLines.map(cookies),
  query.map(argumentsOf),
  usual.map((value) => cookies([`Cookie: x=1; s_d=${value}`])),
  usual.map((value) => argumentsOf(`?doc=${value}&x=1`)),
);

const bytesOf = (domain: string, target: string, lines: string[]) =>
  Buffer.from([`GET ${target} HTTP/1.1`, `Host: ${domain}`, ...lines, '', ''].join('\r\n'), 'latin1');

describe.each(runtimes)('what auth servers read, on $name', (runtime) => {
  let edge: CachedEdge;
  beforeAll(async () => {
    edge = await startCachedEdge(runtime, { policies });
    edge.server.answer(decide);
  });
  afterAll(() => edge?.stop());

  test(`${COUNT} requests for each of ${shapes.length} auth servers, seed ${seed}`, async () => {
    const samples = fc.sample(asked, { seed, numRuns: COUNT * 2 });
    const requests = samples.flatMap(({ kind, target, lines }) =>
      shapes
        .filter((shape) => shape.kind === kind)
        .flatMap((shape) =>
          [true, false].map((isKept) => ({
            bytes: bytesOf(domainOf(shape, isKept), target, lines),
            isKept,
            what: JSON.stringify([shape.reading, target, lines]),
          })),
        ),
    );
    edge.server.clear();
    const said = { true: new Map<string, number>(), false: new Map<string, number>() };
    let differing = '';
    await askAll(edge.edge.port(), requests, ({ isKept, what }, { status }) => {
      said[`${isKept}`].set(what, status);
    });
    for (const [what, status] of said.false)
      if (said.true.get(what) !== status)
        differing += `${what}: ${said.true.get(what)} instead of ${status}\n`;
    expect(differing).toBe('');
    const statuses = [...said.false.values()];
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(COUNT);
    expect(statuses.filter((status) => status === 403).length).toBeGreaterThan(COUNT);
    // All of the plain ones are asked about; of the others some are not.
    expect(edge.server.requests.length).toBeLessThan(requests.length * 0.9);
  });
});
