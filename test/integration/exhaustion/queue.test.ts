// The decider's queue is full: the edge cannot connect to a part of itself.
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROTECTED } from '../harness/origin';
import { EDGE_FAULT, FILE, startShortEdge, variants, type ShortEdge } from './short-edge';

const HTTP_CONF = '/etc/nginx/edge-auth/http.conf';
const policies = {
  'timeout.test': { preset: 'tencent', timeout_ms: 2000 },
  'both.test': { other_status: 'allow', timeout_action: 'allow', timeout_ms: 2000 },
};
const kept = { keep_headers: ['x-user'], cache: { allow_ttl: 5, deny_ttl: 0 } };
/** More than the connections that the edge may have kept and a queue of one together. */
const AT_ONCE = 60;
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
    await short.edge.reloadAsItIs();
    short.auth.answer({ status: 403 });
  });
  afterAll(() => short?.stop());

  test.each(Object.keys(policies))('lets nobody in, %s', async (domain) => {
    const { edge } = short;
    await edge.mark();
    const sockets = Array.from({ length: AT_ONCE }, () => net.connect(edge.port(), 'localhost'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const answers = sockets.map(async (socket) => {
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
      await once(socket, 'close');
      return text;
    });
    // The worker sleeps until all have come, so that it connects for each of them before it accepts for any.
    const [pid] = await edge.workerPids();
    await edge.exec(`kill -STOP ${pid}`);
    for (const [index, socket] of sockets.entries())
      socket.write(`GET ${FILE}?${index} HTTP/1.1\r\nHost: ${domain}\r\nConnection: close\r\n\r\n`);
    await sleep(200);
    await edge.exec(`kill -CONT ${pid}`);

    for (const answer of await Promise.all(answers)) {
      expect(answer).not.toContain(PROTECTED);
      expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    }
    const lines = await edge.accessLog(AT_ONCE);
    expect(lines).toHaveLength(AT_ONCE);
    expect([...new Set(lines.map(({ decision }) => decision))]).toEqual(['deny']);
    const reasons = new Set(lines.map(({ reason }) => reason));
    reasons.delete('failure_status');
    expect([...reasons]).toEqual([EDGE_FAULT]);
    const errors = await edge.errors();
    expect(errors.some((line) => REFUSED.test(line))).toBe(true);
    expect(errors.filter((line) => !REFUSED.test(line))).toEqual([]);
  });
});
