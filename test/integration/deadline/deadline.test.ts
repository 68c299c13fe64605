import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { denialBody } from '../harness/denial';
import { startAuthServer, type AuthServer } from '../harness/auth-server';
import { send, type ClientReply } from '../harness/client';
import { startEdge } from '../harness/edge';
import { PROTECTED, startOrigin, type Origin } from '../harness/origin';
import { runtimes } from '../harness/runtimes';
import type { AccessLine, Edge } from '../harness/started-edge';
import { behaviours, EARLY_MS, TIMEOUT_MS, type Behaving } from './behaviours';
import { serversOf } from './servers';

const DENIED = 451;
const TOLERANCE_MS = 50;
const BASELINE = 'baseline.test';
const actions = ['allow', 'deny'] as const;
const cases = runtimes.flatMap((runtime) =>
  (['hop', 'inline'] as const).map((wiring) => ({ name: runtime.name, runtime, wiring })),
);
const domainOf = (index: number, action: string) => `b${index}-${action}.test`;

describe.each(cases)('the deadline, $wiring, on $name', ({ runtime, wiring }) => {
  let origin: Origin;
  let quick: AuthServer;
  let behaving: Behaving[];
  let edge: Edge;
  let baselineMs: number;
  let lines: AccessLine[];
  let log: string[];
  const replies = new Map<string, ClientReply>();
  const ask = (domain: string) => send({ port: edge.port(), path: '/secret', headers: { host: domain } });

  beforeAll(async () => {
    [origin, quick] = await Promise.all([startOrigin(), startAuthServer()]);
    behaving = await Promise.all(behaviours.map(({ start }) => start()));
    const policies: Record<string, object> = Object.fromEntries(
      behaving.flatMap(({ url }, index) =>
        actions.map((action) => [
          domainOf(index, action),
          {
            remote_auth: {
              auth_server: `${url}/check`,
              timeout_ms: behaviours[index]!.timeoutMs ?? TIMEOUT_MS,
              timeout_action: action,
              failure_action: { deny: DENIED },
            },
          },
        ]),
      ),
    );
    policies[BASELINE] = { remote_auth: { auth_server: quick.url, timeout_ms: TIMEOUT_MS } };
    const conf = path.join(__dirname, 'nginx.conf');
    const vars = { SERVERS: serversOf(Object.keys(policies), origin.url) };
    edge = await startEdge({ runtime, wiring, conf, policies, vars });
    await probeAll();
    baselineMs = await measureBaseline();
  });
  afterAll(async () => {
    await edge?.stop();
    for (const server of behaving ?? []) await server.stop();
    await Promise.all([origin?.stop(), quick?.stop()]);
  });

  /** The cost of the way there and back, with an answer that comes at once: the middle of 15. */
  async function measureBaseline(): Promise<number> {
    const times: number[] = [];
    for (let i = 0; i < 15; i++) times.push((await ask(BASELINE)).ms);
    return times.sort((a, b) => a - b)[7] ?? 0;
  }

  /** Asks every domain, all at once but a little apart; those that move much afterwards, one by one. */
  async function probeAll(): Promise<void> {
    await ask(BASELINE);
    origin.clear();
    await edge.mark();
    const probe = async (index: number, action: string) =>
      void replies.set(domainOf(index, action), await ask(domainOf(index, action)));
    const running: Promise<void>[] = [];
    for (const [index, { isHeavy }] of behaviours.entries()) {
      if (isHeavy) continue;
      for (const action of actions) {
        running.push(probe(index, action));
        await sleep(10);
      }
    }
    await Promise.all(running);
    for (const [index, { isHeavy }] of behaviours.entries()) {
      if (isHeavy) for (const action of actions) await probe(index, action);
    }
    lines = await edge.accessLog(behaviours.length * actions.length);
    await sleep(TIMEOUT_MS); // What dripped is given up now.
    log = await edge.errors();
    for (const [index, behaviour] of behaviours.entries()) {
      if (behaviour.answered === 'with the answer')
        for (const action of actions) await probeAgain(domainOf(index, action), behaviour.reason);
    }
  }

  /** An answer that a busy machine brought too late is asked for again, alone: what stays late is the edge's own doing. */
  async function probeAgain(domain: string, reason: string): Promise<void> {
    const isOf = (line: string) => line.includes(`server: ${domain},`);
    for (let again = 0; again < 3 && lines.some((line) => isLate(line, domain, reason)); again++) {
      await edge.mark();
      const others = origin.requests.filter(({ headers }) => headers['x-domain'] !== domain);
      origin.requests.splice(0, origin.requests.length, ...others);
      replies.set(domain, await ask(domain));
      lines = [...lines.filter(({ host }) => host !== domain), ...(await edge.accessLog(1))];
      log = [...log.filter((line) => !isOf(line)), ...(await edge.errors())];
    }
  }
  const isLate = (line: AccessLine, domain: string, reason: string) =>
    line['host'] === domain && line['reason'] === 'timeout' && reason !== 'timeout';

  const table = behaviours.flatMap((behaviour, index) =>
    actions.map((action) => ({ ...behaviour, ...behaviour[wiring], index, action })),
  );

  test.each(table)(
    'an auth server that $name, timeout_action $action',
    ({ index, action, reason, decision = action, status = DENIED }) => {
      const domain = domainOf(index, action);
      const reply = replies.get(domain)!;
      expect(lines.filter(({ host }) => host === domain)).toEqual([
        expect.objectContaining({ decision, reason, status: String(reply.status) }),
      ]);
      if (decision === 'deny') {
        expect(reply.status).toBe(status);
        expect(reply.body).toEqual(denialBody(reply.status));
      } else {
        expect(reply.status).toBe(200);
        expect(reply.body).toContain(PROTECTED);
      }
      expect(origin.requests.filter(({ headers }) => headers['x-domain'] === domain)).toHaveLength(
        decision === 'allow' ? 1 : 0,
      );
    },
  );

  test.each(table)(
    '… leaves no other log line when it $name, timeout_action $action',
    ({ index, action, logged }) => {
      const own = log.filter((line) => line.includes(`server: ${domainOf(index, action)},`));
      expect(own.filter((line) => !logged?.test(line))).toEqual([]);
      // The hop may add its own line to that of the decider; and nginx tries again on each connection that it kept, one line for each.
      const said = new Set(own.map((line) => line.replace(/^.*?\*\d+ /, '')));
      // auth_request adds one about an answer without a status.
      expect(said.size).toBeLessThanOrEqual(3);
    },
  );

  const due = {
    'at once': 0,
    'at the deadline': TIMEOUT_MS,
    'with the answer': TIMEOUT_MS - EARLY_MS,
  };
  const dueOf = (answered: string) => due[answered as keyof typeof due] as number | undefined;

  test(`answers within ${TOLERANCE_MS} ms of the deadline, and sooner where the failure shows sooner`, async () => {
    const timed: number[] = [];
    const late: string[] = [];
    for (const { name, index, action, answered } of table) {
      const dueMs = dueOf(answered);
      if (dueMs === undefined) continue;
      const domain = domainOf(index, action);
      // The machine may be busy for a moment: what is late is asked again, alone. What stays late is the edge's own doing.
      let error = replies.get(domain)!.ms - baselineMs - dueMs;
      for (let again = 0; again < 3 && Math.abs(error) > TOLERANCE_MS; again++) {
        error = (await ask(domain)).ms - baselineMs - dueMs;
      }
      if (answered === 'at the deadline') timed.push(error);
      if (Math.abs(error) > TOLERANCE_MS) late.push(`${name}, ${action}: ${error.toFixed(1)} ms`);
    }
    const [least, most] = [Math.min(...timed), Math.max(...timed)].map((ms) => ms.toFixed(1));
    process.stdout.write(
      `deadline error, ${runtime.name} ${wiring}: ${least} to ${most} ms around ${TIMEOUT_MS} ms ` +
        `(${timed.length} questions; ${baselineMs.toFixed(1)} ms to and fro subtracted)\n`,
    );
    expect(late).toEqual([]);
  });
});
