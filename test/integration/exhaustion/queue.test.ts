// A decider that accepts nobody, because no descriptor is left, and whose queue is full: the edge cannot connect to a part of itself.
import { PROTECTED } from '../harness/origin';
import { EDGE_FAULT, FILE, limit, startShortEdge, variants, type ShortEdge } from './short-edge';
import { SlowHeads } from './slow-heads';

const HTTP_CONF = '/etc/nginx/edge-auth/http.conf';
const policies = {
  'timeout.test': { preset: 'tencent', timeout_ms: 300 },
  'both.test': { other_status: 'allow', timeout_action: 'allow', timeout_ms: 900 },
};
const kept = { keep_headers: ['x-user'], cache: { allow_ttl: 5, deny_ttl: 0 } };
const AT_ONCE = 5;
const REFUSED = /connect\(\) to unix:\S+ failed \(11: Resource temporarily unavailable\)/;

describe.each(variants.filter(({ wiring }) => wiring === 'hop'))('a queue that is full, $name', (variant) => {
  let short: ShortEdge;
  beforeAll(async () => {
    short = await startShortEdge(variant, {
      policies: Object.fromEntries(
        Object.entries(policies).map(([domain, policy]) => [
          domain,
          { ...policy, ...(variant.cached && kept) },
        ]),
      ),
    });
    const { exitCode } = await short.edge.exec(
      `sed -i 's/backlog=65535/backlog=1/' ${HTTP_CONF} && grep -q 'backlog=1;' ${HTTP_CONF}`,
    );
    expect(exitCode).toBe(0);
    await limit(short.edge, { events: 'worker_connections 512;', main: 'worker_rlimit_nofile 60;' });
    short.auth.answer({ status: 403 });
  });
  afterAll(() => short?.stop());

  test.each(Object.keys(policies))('lets nobody in, %s', async (domain) => {
    const { edge } = short;
    await edge.mark();
    const heads = await SlowHeads.fill(
      edge,
      (index) => `GET ${FILE}?${domain}-${index} HTTP/1.1\r\nHost: ${domain}\r\nX: `,
    );
    await heads.free(AT_ONCE + 1);
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => heads.finish(index)));
    await heads.leave();

    for (const answer of answers) {
      expect(answer).not.toContain(PROTECTED);
      expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    }
    const lines = (await edge.accessLog(AT_ONCE)).filter(({ status }) => status !== '400');
    expect(lines).toHaveLength(AT_ONCE);
    for (const { decision, reason } of lines) {
      expect(decision).toBe('deny');
      expect([EDGE_FAULT, 'failure_status']).toContain(reason);
    }
    expect(lines.map(({ reason }) => reason)).toContain(EDGE_FAULT);
    expect((await edge.errors()).some((line) => REFUSED.test(line))).toBe(true);
  });
});
