// A client who leaves the edge without connections or descriptors, while a healthy auth server refuses everybody.
import { send } from '../harness/client';
import { PROTECTED } from '../harness/origin';
import { EDGE_FAULT, FILE, hasSharedMemory, limit, startShortEdge, variants } from './short-edge';
import type { Limits, ShortEdge } from './short-edge';
import { FULL, SlowHeads } from './slow-heads';

const resources: [name: string, limits: Limits][] = [
  ['connections', { events: 'worker_connections 48;' }],
  ['descriptors', { events: 'worker_connections 512;', main: 'worker_rlimit_nofile 56;' }],
];
const freed = [0, 1, 2, 3, 4, 5, 6];

/** Every setting that opens. nginx accepts nothing for half a second where it has no descriptor: one timeout is shorter, one longer. */
const settings: Record<string, object> = {
  'status.test': { preset: 'alibaba' },
  'timeout.test': { preset: 'tencent', timeout_ms: 300 },
  'both.test': { other_status: 'allow', timeout_action: 'allow', timeout_ms: 900 },
};
const kept = { keep_headers: ['x-user'], cache: { allow_ttl: 5, deny_ttl: 0 } };
const stale = { keep_headers: ['x-user'], cache: { stale_if_error: 60 } };

/** What nginx says of its want, and of auth requests that met it. */
const expected = [
  FULL,
  /Too many open files/,
  /upstream (?:timed out|prematurely closed connection)/,
  /recv\(\) failed \(104: Connection reset by peer\) while reading response header from upstream/,
];

describe.each(variants)('an edge that is full, $name', (variant) => {
  const policies: Record<string, object> = {};
  for (const [domain, policy] of Object.entries(settings))
    policies[domain] = variant.cached ? { ...policy, ...kept } : policy;
  if (variant.cached && hasSharedMemory(variant.runtime)) policies['stale.test'] = stale;

  let short: ShortEdge;
  let inForce: Limits | undefined;
  beforeAll(async () => {
    short = await startShortEdge(variant, { policies });
  });
  afterAll(() => short?.stop());

  const states = resources.flatMap(([resource, limits]) =>
    freed.flatMap((count) => Object.keys(policies).map((domain) => ({ resource, limits, count, domain }))),
  );
  test.each(states)(
    'lets nobody in with $count $resource to spare, $domain',
    async ({ resource, limits, count, domain }) => {
      const { edge, auth } = short;
      if (inForce !== limits) await limit(edge, limits);
      inForce = limits;
      const user = `${resource}-${count}`;
      auth.answer({});
      if (domain === 'stale.test') {
        const headers = { host: domain, 'x-user': user };
        expect((await send({ port: edge.port(), path: FILE, headers })).status).toBe(200);
      }
      auth.answer({ status: 403 }).clear();
      await edge.mark();
      const target = (index: number) => `${FILE}?${user}-${index}`;
      const heads = await SlowHeads.fill(
        edge,
        (index) => `GET ${target(index)} HTTP/1.1\r\nHost: ${domain}\r\nX-User: ${user}\r\nX: `,
      );
      await heads.free(count);
      const answer = await heads.finish();
      const asked = auth.requests.length;
      await heads.leave();

      expect(answer).not.toContain(PROTECTED);
      const lines = await edge.accessLog(1);
      const [line] = lines.filter(({ uri }) => uri === target(0));
      // nginx closes the connection of a request whose decision it cannot write to a file: a denial, too.
      if (answer === '' && variant.cached && resource === 'descriptors') {
        expect(['', 'deny']).toContain(line?.['decision'] ?? '');
        return;
      }
      expect(answer).toMatch(/^HTTP\/1\.1 403 /);
      expect(line).toMatchObject({ status: '403', decision: 'deny' });
      expect(asked === 0 ? [EDGE_FAULT] : [EDGE_FAULT, 'failure_status']).toContain(line?.['reason']);
      expect(asked).toBeLessThanOrEqual(1);
      expect((await edge.errors()).filter((said) => !expected.some((one) => said.search(one) >= 0))).toEqual(
        [],
      );
    },
  );
});
