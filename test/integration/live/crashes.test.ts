// kill -9 at any instant of changes: each policy is the old one or the new one in whole, and file, API and data plane agree.
import { setTimeout as sleep } from 'node:timers/promises';
import { send } from '../harness/client';
import { sign } from '../signing/signer';
import { onLiveRuntimes, startLiveEdge, type LiveEdge } from './live-edge';

/** EDGE_AUTH_LIVE_KILLS: of the whole nginx; EDGE_AUTH_LIVE_WORKER_KILLS: of one worker. */
const KILLS = Number(process.env['EDGE_AUTH_LIVE_KILLS'] ?? 60);
const WORKER_KILLS = Number(process.env['EDGE_AUTH_LIVE_WORKER_KILLS'] ?? 20);

const keyOf = (n: number) => `crash-key-${String(n).padStart(8, '0')}`;
/** The conf is rendered for type A: every other policy is judged by JavaScript. A long white list makes the files longer than a page. */
const typeOf = (n: number) => (n % 2 ? 'C' : 'A');
const policyOf = (n: number) => ({
  url_signing: {
    type: typeOf(n),
    key1: keyOf(n),
    white_list: Array.from({ length: n % 3 ? 1 : 190 }, (_, i) => `/open/${n}/${i}/*`),
  },
});
const domains = Array.from({ length: 4 }, (_, i) => `d${i}.test`);
const killed = Array.from({ length: WORKER_KILLS }, (_, i) => `k${i}.test`);
const serverOf = (domain: string) => `
    server {
        listen 8080;
        server_name ${domain};
        add_header X-Reason "$edge_auth_decision $edge_auth_reason" always;
        include edge-auth/servers/${domain}.conf;
        location / { proxy_pass http://127.0.0.1:8090; }
    }`;

/** Changes one domain again and again. */
class Writer {
  answered = 0;
  sent = 0;
  private isOver = true;
  private running: Promise<void> | undefined;

  constructor(
    private readonly live: LiveEdge,
    readonly domain: string,
  ) {}

  start(): void {
    this.isOver = false;
    this.running = this.run();
  }

  async end(): Promise<void> {
    this.isOver = true;
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.isOver) {
      const n = ++this.sent;
      const reply = await this.live
        .api('PUT', `/v1/policies/${this.domain}`, policyOf(n))
        .catch(() => undefined);
      if (reply?.status === 200) this.answered = n;
      else if (reply === undefined) return;
    }
  }

  /** The number of the policy that the file holds, or why it is not one that may be there. */
  stored(): number | string {
    const text = this.live.read(`${this.domain}.json`) ?? '';
    const n = Number(/crash-key-(\d+)/.exec(text)?.[1] ?? NaN);
    const isWhole = n === 0 || text === JSON.stringify(policyOf(n), null, 2) + '\n';
    if (!isWhole) return `${this.domain}: not a whole policy: ${text.slice(0, 200)}`;
    if (n === this.answered || (n > this.answered && n <= this.sent)) return n;
    return `${this.domain}: ${n}, but ${this.answered} was answered and ${this.sent} sent`;
  }
}

onLiveRuntimes('crashes', (runtime) => {
  let live: LiveEdge;
  const ask = async (domain: string, n: number) => {
    const target = sign('/x', { type: typeOf(n), key: keyOf(n) });
    return (await send({ port: live.port, path: target, headers: { host: domain } })).status;
  };
  /** What file, API and data plane say of a domain whose file holds number n. */
  const disagreements = async (domain: string, n: number, others: number[]) => {
    const shown = await live.api('GET', `/v1/policies/${domain}`);
    const isShown = shown.status === 200 && shown.body.includes(keyOf(n));
    const wrong: unknown[] = isShown ? [] : [[domain, n, 'API', shown.status, shown.body.slice(0, 100)]];
    const own = await ask(domain, n);
    if (own !== 200) wrong.push([domain, n, 'own key', own]);
    for (const other of new Set(others))
      if (other !== n && (await ask(domain, other)) !== 403) wrong.push([domain, n, 'another key', other]);
    return wrong;
  };

  beforeAll(async () => {
    live = await startLiveEdge({
      runtime,
      workers: 2,
      policies: Object.fromEntries([...domains, ...killed].map((domain) => [domain, policyOf(0)])),
      servers: [...domains, ...killed].map(serverOf).join(''),
    });
  });
  afterAll(() => live?.stop(true));

  test(
    `${KILLS} kills of all of nginx in the middle of changes`,
    async () => {
      const writers = domains.map((domain) => new Writer(live, domain));
      const wrong: unknown[] = [];
      const left = { '.next': 0, '.tmp': 0, uncompiled: 0, 'made, not answered': 0, answered: 0 };
      for (let i = 0; i < KILLS; i++) {
        for (const writer of writers) writer.start();
        await live.control('kill', Math.random() * 0.04);
        await Promise.all(writers.map((writer) => writer.end()));
        const names = live.names();
        left['.next'] += names.filter((name) => name.endsWith('.next')).length;
        left['.tmp'] += names.filter((name) => name.endsWith('.tmp')).length;
        const stored = writers.map((writer) => writer.stored());
        expect(await live.control('start')).toBe('');
        for (const [k, n] of stored.entries()) {
          const { domain, answered, sent } = writers[k]!;
          if (typeof n === 'string') {
            wrong.push(n);
            continue;
          }
          left[n > answered ? 'made, not answered' : 'answered']++;
          wrong.push(...(await disagreements(domain, n, [answered, sent, n + 1, Math.max(0, n - 1)])));
          writers[k]!.answered = n;
        }
      }
      console.log(`${runtime.name}: ${KILLS} kills left ${JSON.stringify(left)}`);
      expect({ wrong: wrong.slice(0, 5), count: wrong.length }).toEqual({ wrong: [], count: 0 });
      // One change each, and nothing of it is left.
      for (const writer of writers) await live.put(writer.domain, policyOf(++writer.sent));
      const known = [...domains, ...killed];
      expect(live.names()).toEqual(
        [
          '.live',
          ...known.map((domain) => `.live/${domain}`),
          ...known.map((domain) => `${domain}.json`),
        ].sort(),
      );
    },
    // One takes a second or two; a test that is given up on goes on killing under those behind it.
    KILLS * 8_000,
  );

  test(`${WORKER_KILLS} kills of one worker in the middle of changes: the others serve, and changes go on`, async () => {
    const writers = killed.map((domain) => new Writer(live, domain));
    const served: number[] = [];
    const wrong: unknown[] = [];
    for (const writer of writers) {
      writer.start();
      await live.control('worker', Math.random() * 0.03);
      await writer.end();
      const start = performance.now();
      const status = await ask(writer.domain, writer.answered).catch(() => 0);
      served.push(performance.now() - start);
      const n = writer.stored();
      if (typeof n === 'string') wrong.push(n);
      // What was made and not answered may be in force already.
      else if (status !== 200 && n === writer.answered) wrong.push([writer.domain, status, n]);
    }
    await live.reread();
    for (const writer of writers) {
      const n = writer.stored();
      if (typeof n === 'number')
        wrong.push(...(await disagreements(writer.domain, n, [writer.answered, writer.sent])));
    }
    // A lock that a dead worker holds is let go after 5 s.
    for (const writer of writers) await live.put(writer.domain, policyOf(++writer.sent));
    expect({ wrong: wrong.slice(0, 5), count: wrong.length }).toEqual({ wrong: [], count: 0 });
    expect(Math.max(...served)).toBeLessThan(3_000);
    // The master starts another one for each that was killed.
    for (const end = Date.now() + 10_000; (await live.edge.workerPids()).length < 2 && Date.now() < end;)
      await sleep(50);
    expect(await live.edge.workerPids()).toHaveLength(2);
  }, 300_000);

  test('the log tells of killed workers and of nothing else', async () => {
    const lines = (await live.edge.errors()).filter(
      (line) => !/exited on signal 9|still could not bind|was killed by SIGKILL/.test(line),
    );
    expect(lines.slice(0, 5)).toEqual([]);
  });
});
