// A client has no header by which it chooses the status of a healthy auth server, unless the policy names that header.
import { send } from '../harness/client';
import { PROTECTED } from '../harness/origin';
import type { RecordedRequest } from '../harness/recorded-request';
import { FILE, startShortEdge, variants, type ShortEdge } from './short-edge';

/** What a server makes of them: RFC 9110 sections 13 and 14, RFC 8470 section 5. */
const provoking: [header: string, value: string, status: number][] = [
  ['If-None-Match', '*', 304],
  ['If-Modified-Since', 'Fri, 31 Dec 2099 23:59:59 GMT', 304],
  ['If-Match', '"none"', 412],
  ['If-Unmodified-Since', 'Thu, 01 Jan 1970 00:00:00 GMT', 412],
  ['If-Range', '"none"', 206],
  ['Range', 'bytes=500000-', 416],
  ['Early-Data', '1', 425],
];
const names = provoking.map(([header]) => header);

function obliging({ headers }: RecordedRequest) {
  const found = provoking.find(([header]) => headers[header.toLowerCase()] !== undefined);
  return { status: found ? found[2] : 403 };
}

const settings: Record<string, object> = {
  'default.test': {},
  'alibaba.test': { preset: 'alibaba' },
  'tencent.test': { preset: 'tencent', timeout_ms: 2000 },
};

describe.each(variants)('headers that provoke a status, $name', (variant) => {
  let short: ShortEdge;
  beforeAll(async () => {
    const all = Object.entries(settings).map(([domain, policy]) => [
      domain,
      {
        timeout_ms: 2000,
        ...policy,
        ...(variant.cached && { cache: { allow_ttl: 5, deny_ttl: 0, shared: true } }),
      },
    ]);
    const listed = { other_status: 'allow', keep_headers: names, timeout_ms: 2000, success_status: [200] };
    short = await startShortEdge(variant, {
      policies: { ...(Object.fromEntries(all) as object), 'listed.test': listed },
    });
    short.auth.answer(obliging);
  });
  beforeEach(async () => {
    short.auth.clear();
    await short.edge.mark();
  });
  afterAll(() => short?.stop());

  let count = 0;
  const ask = (domain: string, header: string, value: string) =>
    send({ port: short.edge.port(), path: `${FILE}?${count++}`, headers: { host: domain, [header]: value } });

  test.each(Object.keys(settings).flatMap((domain) => provoking.map((row) => [domain, ...row] as const)))(
    '%s: %s stays with the client',
    async (domain, header, value) => {
      for (const spelling of [header, header.toLowerCase()]) {
        const reply = await ask(domain, spelling, value);
        expect(reply.status).toBe(403);
        expect(reply.body).not.toContain(PROTECTED);
      }
      expect(short.auth.requests).toHaveLength(2);
      for (const { headers } of short.auth.requests) expect(headers[header.toLowerCase()]).toBeUndefined();
      const lines = await short.edge.accessLog(2);
      expect(lines.map(({ reason }) => reason)).toEqual(['failure_status', 'failure_status']);
      expect(await short.edge.errors()).toEqual([]);
    },
  );

  test.each(provoking.filter(([, , status]) => status !== 206))(
    'listed by name, %s goes to the auth server, and other_status: allow does not cover what it provokes',
    async (header, value, status) => {
      const reply = await ask('listed.test', header, value);
      expect(short.auth.requests[0]?.headers[header.toLowerCase()]).toBe(value);
      expect(reply.status).toBe(403);
      expect(reply.body).not.toContain(PROTECTED);
      const lines = await short.edge.accessLog(1);
      expect(lines).toMatchObject([{ decision: 'deny', reason: 'request_refused', answer: String(status) }]);
    },
  );
});
