import path from 'node:path';
import { Pool } from 'undici';
import { denialBody } from '../harness/denial';
import { startAuthServer, type Answer, type AuthServer } from '../harness/auth-server';
import { rawBytes } from '../harness/misbehaviour';
import { startEdge } from '../harness/edge';
import { PROTECTED, startOrigin, type Origin } from '../harness/origin';
import type { RecordedRequest } from '../harness/recorded-request';
import { runtimes } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import { statusesOf, statusPolicies } from './status-expectations';

const wirings = ['hop', 'inline'] as const;
const edges = runtimes.flatMap((runtime) =>
  wirings.map((wiring) => ({ name: runtime.name, runtime, wiring })),
);
const LINE = 'HTTP/1.1 %s Interim\r\n\r\n';

/** `/status/404` asks for that status; `/interim/103/200` for an interim answer and a final one, or for none behind it. */
function answer({ url }: RecordedRequest): Answer {
  const [kind, first = '', second] = url.split('/').slice(1);
  if (kind === 'status') return { status: Number(first), headers: { Location: '/', 'Retry-After': '1' } };
  const interim = LINE.replace('%s', first);
  return rawBytes(
    second ? `${interim}HTTP/1.1 ${second} Final\r\nContent-Length: 0\r\nConnection: close\r\n\r\n` : interim,
  );
}

/** Inline, nginx's auth_request has no word for a status below 200, and error_page cannot take these three. */
const UNEXPECTED = /auth request unexpected status: (?:1\d\d|408|444|499) /;
const unexpected = { status: '500', decision: 'deny', reason: 'other_status' };

function serverBlocks(origin: string): string {
  return statusPolicies
    .map(
      ({ name }) => `
    server {
        listen 8080;
        server_name ${name}.test;
        include edge-auth/servers/${name}.test.conf;

        location / {
            proxy_pass ${origin};
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
    }`,
    )
    .join('');
}

test.each(statusPolicies)('the expectations of $name name every status from 200 to 599 once', ({ rows }) => {
  const all = rows.flatMap(([statuses]) => statusesOf(statuses));
  expect(all.sort((a, b) => a - b)).toEqual(statusesOf('200-599'));
});

describe.each(edges)('the status of the auth server, $wiring, on $name', ({ runtime, wiring }) => {
  let auth: AuthServer;
  let origin: Origin;
  let edge: Edge;
  let pool: Pool;

  beforeAll(async () => {
    [auth, origin] = await Promise.all([startAuthServer(), startOrigin()]);
    auth.answer(answer);
    const policies = statusPolicies.map(({ name, policy }) => [
      `${name}.test`,
      { remote_auth: { auth_server: auth.url, auth_path: 'append', timeout_ms: 3000, ...policy } },
    ]);
    edge = await startEdge({
      runtime,
      wiring,
      conf: path.join(__dirname, 'nginx.conf'),
      policies: Object.fromEntries(policies) as Record<string, object>,
      vars: { SERVERS: serverBlocks(origin.url) },
    });
  });
  beforeEach(async () => {
    auth.clear();
    origin.clear();
    await edge.mark();
    // Connections of its own for each test: the access log is told by them.
    pool = new Pool(`http://localhost:${edge.port()}`, { connections: 16 });
  });
  afterEach(() => pool?.close());
  afterAll(async () => {
    await edge?.stop();
    await Promise.all([auth?.stop(), origin?.stop()]);
  });

  async function get(domain: string, target: string) {
    const reply = await pool.request({ method: 'GET', path: target, headers: { host: domain } });
    return { target, status: reply.statusCode, body: await reply.body.text() };
  }

  test.each(statusPolicies)('200 to 599 under the policy "$name"', async ({ name, rows, denied = 403 }) => {
    // Where some 2xx denies, JavaScript judges what error_page leaves over, as one of them.
    const isJudged = !/^200-[23]99$/.test(rows[0]?.[0] ?? '');
    const unexpectedHere = isJudged ? { ...unexpected, status: String(denied) } : unexpected;
    const expected = new Map(
      rows.flatMap(([statuses, decision, reason]) =>
        statusesOf(statuses).map((status) => [
          `/status/${status}`,
          [408, 444, 499].includes(status) && wiring === 'inline'
            ? {
                ...unexpectedHere,
                ...(isJudged && decision === 'deny' && { reason }),
                answer: String(status),
              }
            : {
                status: String(decision === 'deny' ? denied : 200),
                decision,
                reason,
                answer: String(status),
              },
        ]),
      ),
    );
    const replies = await Promise.all([...expected.keys()].map((target) => get(`${name}.test`, target)));
    const lines = await edge.accessLog(replies.length);

    const logged = lines.map(({ uri, status, decision, reason, answer }) => [
      uri,
      { status, decision, reason, answer },
    ]);
    expect(Object.fromEntries(logged)).toEqual(Object.fromEntries(expected));
    expect(lines.every(({ time }) => Number(time) < 3 && /^\d+\.\d{3}$/.test(time ?? ''))).toBe(true);
    const clients = Object.fromEntries(replies.map(({ target, status }) => [target, String(status)]));
    expect(clients).toEqual(
      Object.fromEntries([...expected].map(([target, { status }]) => [target, status])),
    );
    for (const { status, body } of replies) {
      if (status === 200) expect(body).toContain(PROTECTED);
      else expect(body).toEqual(denialBody(status));
    }
    expect(origin.requests).toHaveLength(replies.filter(({ status }) => status === 200).length);
    expect(auth.requests).toHaveLength(400);
    const errors = await edge.errors();
    expect(errors.filter((line) => !UNEXPECTED.test(line))).toEqual([]);
    expect(errors).toHaveLength(wiring === 'inline' && !isJudged ? 3 : 0);
  });

  const interim = ['100', '102', '103', '150', '199'];
  const alone = ['default', 'other-allow', 'throttle', 'alibaba'].flatMap((name) =>
    interim.map((status) => ({ name, status, behind: 'nothing', target: `/interim/${status}` })),
  );
  const followed = interim.map((status) => ({
    name: 'other-allow',
    status,
    behind: 'a 403',
    target: `/interim/${status}/403`,
  }));
  test.each([...alone, ...followed])(
    'a $status with $behind behind it lets nobody through, under the policy "$name"',
    async ({ name, target }) => {
      const reply = await get(`${name}.test`, target);
      const refused = name === 'alibaba' ? 451 : 403;
      expect(wiring === 'inline' ? [refused, 500] : [refused]).toContain(reply.status);
      expect(reply.body).toEqual(denialBody(reply.status));
      expect(origin.requests).toEqual([]);
      const [line] = await edge.accessLog(1);
      expect(line).toMatchObject({ uri: target, decision: 'deny' });
      expect(['other_status', 'failure_status', 'closed', 'invalid_answer']).toContain(line?.['reason']);
      // nginx tries again on each connection that it kept: one line for each.
      const errors = (await edge.errors()).filter((line) => wiring === 'hop' || !UNEXPECTED.test(line));
      const isCutOff = ['closed', 'invalid_answer'].includes(line?.['reason'] ?? '');
      expect(errors.length > 0).toBe(isCutOff);
      for (const error of errors) expect(error).toMatch(/upstream prematurely closed connection/);
    },
  );
});
