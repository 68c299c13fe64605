import { denial } from '../harness/denial';
import { runtimes } from '../harness/runtimes';
import { allowedCases, refusedCases, statuses } from './answers.cases';
import { startSigningEdge, type SigningEdge } from './signing-edge';
import { KEY1, type Site } from './site';
import { unixNow, type Signer } from './signer';

const signer: Signer = { type: 'A', key: KEY1 };
const statusDomain = (status: number) => `status${status}.test`;

// No header of the test's own here: every byte of an answer is the edge's.
describe.each(runtimes)('answers and logs on $name', (runtime) => {
  let edge: SigningEdge;
  const refusals: string[] = [];
  const expectedLog: string[] = [];

  beforeAll(async () => {
    const lines = 'location / { return 200 "opened"; }';
    const signing = {
      type: 'A',
      timeout: 60,
      max_future: 60,
      scope: { exclude_paths: ['/outside/*'] },
      white_list: ['/listed'],
    };
    const sites: Record<string, Site> = {
      'plain.test': { signing, lines, isSilent: true },
      'vendor.test': { signing: { ...signing, vendor_error_header: true }, lines, isSilent: true },
    };
    for (const status of statuses)
      sites[statusDomain(status)] = { signing: { type: 'B', deny_status: status }, lines, isSilent: true };
    edge = await startSigningEdge({ runtime, sites });
  });
  afterAll(() => edge?.stop());

  function fill(target: string): string {
    const value = (at: number, key = KEY1) => edge.sign('/f', { ...signer, key }, at).split('=')[1] ?? '';
    const now = unixNow();
    const values: Record<string, string> = {
      sig: value(now),
      early: value(now + 100),
      old: value(now - 100),
      bad: value(now, 'no-key-of-this-site'),
    };
    return target.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '?');
  }
  const headersOf = (reply: { rawHeaders: [string, string][] }) =>
    reply.rawHeaders.filter(([name]) => name !== 'Date');

  describe.each([
    ['plain.test', 'the answer is that of every refusal', false],
    ['vendor.test', "the vendor's words, and no value", true],
  ])('%s: %s', (domain, _name, hasWords) => {
    test.each(refusedCases)('$reason', async ({ reason, target, method, vendor }) => {
      const reply = await edge.ask(domain, fill(target), method ? { method } : {});
      expect(reply).toMatchObject(denial());
      expect(headersOf(reply)).toEqual([
        ['Server', 'nginx'],
        ['Content-Type', 'text/html'],
        ['Content-Length', '146'],
        ['Connection', 'keep-alive'],
        ...(hasWords ? [['X-Tengine-Error', vendor]] : []),
      ]);
      refusals.push(JSON.stringify(reply.rawHeaders) + reply.body);
      expectedLog.push(`${domain} 403 deny ${reason}`);
    });
  });

  test.each(allowedCases)(
    '$reason: opens, and nothing of ours is in the answer',
    async ({ reason, target }) => {
      for (const domain of ['plain.test', 'vendor.test']) {
        const reply = await edge.ask(domain, fill(target));
        expect(reply).toMatchObject({ status: 200, body: 'opened' });
        expect(headersOf(reply).map(([name]) => name)).toEqual([
          'Server',
          'Content-Type',
          'Content-Length',
          'Connection',
        ]);
        expectedLog.push(`${domain} 200 allow ${reason}`);
      }
    },
  );

  test.each(statuses)('deny_status %d', async (status) => {
    const reply = await edge.ask(statusDomain(status), '/f');
    expect(reply).toMatchObject(denial(status));
    expect(reply.headers).toMatchObject({ server: 'nginx' });
    expect(reply.headers).not.toHaveProperty('www-authenticate');
    expectedLog.push(`${statusDomain(status)} ${status} deny no_signature`);
  });

  test('the access log tells decision and reason of each, and the error log nothing', async () => {
    const lines = await edge.edge.accessLog(expectedLog.length);
    expect(
      lines.map(({ host, status, decision, reason }) => `${host} ${status} ${decision} ${reason}`),
    ).toEqual(expectedLog);
    expect(lines.filter(({ decision, args }) => decision === 'allow' && args !== '')).toEqual([]);
    await edge.expectCleanLogs([], refusals);
  });
});
