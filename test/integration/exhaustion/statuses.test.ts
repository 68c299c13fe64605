// Whose status is it? What nginx makes up is nobody's, and what the auth server says stays its own, whatever nginx does with the same number.
import type { Answer } from '../harness/auth-server';
import { closeEarly, garbage, rawBytes, silent } from '../harness/misbehaviour';
import { refusingPort } from '../harness/listening';
import { send } from '../harness/client';
import { PROTECTED } from '../harness/origin';
import { TEST_HOST } from '../harness/test-host';
import { startAuthServer, type AuthServer } from '../harness/auth-server';
import { FILE, startShortEdge, variants, type ShortEdge } from './short-edge';

type Outcome = [decision: 'allow' | 'deny', reason: string];

/** Statuses that nginx says itself where something fails, and that of a request which has waited. */
const shared = [425, 500, 502, 503, 504];
const cache = { keep_headers: ['x-user'], cache: { allow_ttl: 5, deny_ttl: 0 } };
const open = { other_status: 'allow', timeout_action: 'allow' };
const policies: Record<string, object> = {
  'failing.test': { ...open, failure_status: [401, 403, ...shared] },
  'passing.test': { success_status: ['2xx', ...shared] },
  'open.test': open,
  'strict.test': { timeout_action: 'allow' },
};
const expected: Record<string, (status: number) => Outcome> = {
  'failing.test': () => ['deny', 'failure_status'],
  'passing.test': () => ['allow', 'success_status'],
  'open.test': (status) => (status === 425 ? ['deny', 'request_refused'] : ['allow', 'other_status']),
  'strict.test': () => ['deny', 'other_status'],
};

/** What the second of two auth servers does, of which the first fails; nginx tells the tries with a comma between. */
const tried: [name: string, answer: Answer, outcome: Outcome, answered: string][] = [
  ['500', { status: 500 }, ['allow', 'other_status'], '500'],
  ['503 with a body', { status: 503, body: 'x'.repeat(2000) }, ['allow', 'other_status'], '503'],
  ['403', { status: 403 }, ['deny', 'failure_status'], '403'],
  ['200', {}, ['allow', 'success_status'], '200'],
  ['429', { status: 429 }, ['deny', 'request_refused'], '429'],
  ['an interim answer', rawBytes('HTTP/1.1 150 X\r\n\r\n'), ['deny', 'other_status'], '150'],
  ['no byte', closeEarly(), ['allow', 'closed'], ''],
  ['garbage', garbage(), ['deny', 'invalid_answer'], ''],
  ['nothing', silent(), ['allow', 'timeout'], ''],
];

describe.each(variants)('the status of an answer, $name', (variant) => {
  let short: ShortEdge;
  let first: AuthServer;
  let second: AuthServer;
  beforeAll(async () => {
    [first, second] = await Promise.all([startAuthServer(), startAuthServer()]);
    first.misbehave(closeEarly());
    const refusing = `http://${TEST_HOST}:${await refusingPort()}`;
    const wanted = Object.entries(policies).map(([domain, policy]) => [
      domain,
      { ...policy, timeout_ms: 5000 },
    ]);
    short = await startShortEdge(variant, {
      policies: Object.fromEntries(
        [
          ...wanted,
          ['refused.test', { ...open, timeout_ms: 2000, auth_server: [refusing, second.url] }],
          ['closed.test', { ...open, timeout_ms: 2000, auth_server: [first.url, second.url] }],
        ].map(([domain, policy]) => [domain, { ...(policy as object), ...(variant.cached && cache) }]),
      ) as Record<string, object>,
    });
  });
  afterAll(async () => {
    await short?.stop();
    await Promise.all([first?.stop(), second?.stop()]);
  });

  let count = 0;
  async function ask(domain: string) {
    await short.edge.mark();
    const path = `${FILE}?${count++}`;
    const reply = await send({ port: short.edge.port(), path, headers: { host: domain } });
    const [line] = await short.edge.accessLog(1);
    return { reply, line };
  }

  test.each(Object.keys(policies).flatMap((domain) => shared.map((status) => ({ domain, status }))))(
    'is that of the auth server where it says $status, $domain',
    async ({ domain, status }) => {
      short.auth.answer({ status }).clear();
      const { reply, line } = await ask(domain);
      const [decision, reason] = expected[domain]!(status);
      expect(line).toMatchObject({ decision, reason, answer: String(status) });
      expect(reply.status).toBe(decision === 'allow' ? 200 : 403);
      expect(reply.body.includes(PROTECTED)).toBe(decision === 'allow');
      expect(short.auth.requests).toHaveLength(1);
      expect(await short.edge.errors()).toEqual([]);
    },
  );

  test.each(
    ['refused.test', 'closed.test'].flatMap((domain) => tried.map((row) => [domain, ...row] as const)),
  )(
    'is that of the last server, %s and then %s',
    async (domain, _name, answer, [decision, reason], answered) => {
      second.answer(() => answer);
      const { reply, line } = await ask(domain);
      // A header that is none, an interim one included, may be read as no answer at all.
      if (line?.['reason'] !== 'closed' || reason !== 'other_status' || decision !== 'deny')
        expect(line).toMatchObject({ decision, reason, answer: answered });
      // nginx's auth_request answers what has no status that it knows with 500.
      expect(decision === 'allow' ? [200] : [403, 500]).toContain(reply.status);
      expect(reply.body.includes(PROTECTED)).toBe(decision === 'allow');
    },
  );
});
