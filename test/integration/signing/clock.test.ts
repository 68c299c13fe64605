import { setTimeout as sleep } from 'node:timers/promises';
import { denial } from '../harness/denial';
import { runtimes } from '../harness/runtimes';
import { clockSites, clockTables } from './clock.cases';
import { startSigningEdge, type SigningEdge } from './signing-edge';
import { KEY1, type Site } from './site';
import { spellTime, unixNow, type Signer } from './signer';

const lines = 'location / { return 200 "opened"; }';

describe.each(runtimes)('the time of a signature on $name', (runtime) => {
  let edge: SigningEdge;
  const signerOf = (domain: string): Signer => ({
    type: clockSites[domain as keyof typeof clockSites].type,
    key: KEY1,
  });
  const ask = (domain: string, at: number | string, more: Partial<Signer> = {}) =>
    edge.ask(domain, edge.sign('/f', { ...signerOf(domain), ...more }, at));
  const expectVerdict = (reply: { status: number; body: string; verdict: string }, becomes: string) =>
    expect(reply).toMatchObject(
      becomes === 'signed'
        ? { status: 200, body: 'opened', verdict: 'allow signed' }
        : { ...denial(), verdict: `deny ${becomes}` },
    );

  beforeAll(async () => {
    const sites: Record<string, Site> = {
      'short.test': { signing: { type: 'A', timeout: 2, max_future: 0 }, lines },
      'early.test': { signing: { type: 'A', timeout: 1800, max_future: 0 }, lines },
    };
    for (const [domain, signing] of Object.entries(clockSites))
      sites[domain] = { signing: { timeout: 60, max_future: 60, ...signing }, lines };
    edge = await startSigningEdge({ runtime, sites });
  });
  afterAll(() => edge?.stop());

  describe.each(Object.entries(clockTables))('%s', (_, cases) => {
    test.each(cases)('$name ($domain): $becomes', async ({ domain, at, becomes, zone }) => {
      // A request in the last second of a minute could arrive in the next one.
      if (domain === 'minute.test' && unixNow() % 60 > 57) await sleep(2_500);
      const when = typeof at === 'string' ? at : unixNow() + at;
      expectVerdict(await ask(domain, when, zone === undefined ? {} : { zone }), becomes);
    });
  });

  test('one URL opens now and no more three seconds later, and another opens only then', async () => {
    const signer: Signer = { type: 'A', key: KEY1 };
    const now = unixNow();
    const short = edge.sign('/f', signer, now);
    const early = edge.sign('/f', signer, now + 3);
    expectVerdict(await edge.ask('short.test', short), 'signed');
    expectVerdict(await edge.ask('early.test', early), 'not_yet_valid');
    await sleep(3_100);
    expectVerdict(await edge.ask('short.test', short), 'expired');
    expectVerdict(await edge.ask('early.test', early), 'signed');
  });

  test.each(['toUpperCase', 'toLowerCase'] as const)(
    'hexadecimal digits after %s open as they are spelled, and not the other way',
    async (method) => {
      // A time with a letter in it.
      const spelled = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((ago) => spellTime(unixNow() - ago, 'hex'));
      const time = spelled.find((text) => /[a-f]/.test(text))!;
      const target = edge.sign('/f', signerOf('hex.test'), time[method]());
      expectVerdict(await edge.ask('hex.test', target), 'signed');
      const other = method === 'toUpperCase' ? time : time.toUpperCase();
      expectVerdict(await edge.ask('hex.test', target.replace(time[method](), other)), 'bad_signature');
    },
  );

  test('a time before the hash is checked: an expired URL with a bad hash is expired', async () => {
    const target = edge.sign('/f', { ...signerOf('dec.test'), key: 'no-key-of-this-site' }, unixNow() - 100);
    expectVerdict(await edge.ask('dec.test', target), 'expired');
  });

  test('the signature of one path and time is not that of a shorter path and a longer time', async () => {
    const time = spellTime(unixNow(), 'dec');
    const target = edge.sign('/seg1?sign={hash}&t={time}', signerOf('dec.test'), time);
    expectVerdict(await edge.ask('dec.test', target), 'signed');
    const moved = target.replace('/seg1', '/seg').replace(`t=${time}`, `t=1${time}`);
    expectVerdict(await edge.ask('dec.test', moved), 'malformed');
  });

  test('the error log is clean', () => edge.expectCleanLogs());
});
