// Changes while all workers serve: what is valid before and after a change is never refused, and from the answer on every worker obeys.
import { setTimeout as sleep } from 'node:timers/promises';
import { sign } from '../signing/signer';
import { Connections } from './connections';
import { onLiveRuntimes, startLiveEdge, type LiveEdge } from './live-edge';

/** EDGE_AUTH_LIVE_ROTATIONS: changes of the key, one each 50 ms. */
const ROTATIONS = Number(process.env['EDGE_AUTH_LIVE_ROTATIONS'] ?? 150);
const ROUNDS = Number(process.env['EDGE_AUTH_LIVE_ROUNDS'] ?? 12);
const WORKERS = 4;
const EACH_MS = 50;

const keyOf = (n: number) => `rotated-key-${String(n).padStart(6, '0')}`;
/** `type` as the conf was rendered for: the maps judge; else JavaScript does. */
const rotated = (n: number, type: string) => ({
  url_signing: { type, key1: keyOf(n), ...(n > 0 && { key2: keyOf(n - 1) }) },
});
const serverOf = (domain: string, i: number) => `
    server {
        listen 8080${i === 0 ? ' reuseport' : ''};
        server_name ${domain};
        add_header X-Reason "$edge_auth_decision $edge_auth_reason" always;
        add_header X-Pid    $pid always;
        include edge-auth/servers/${domain}.conf;
        location / { proxy_pass http://127.0.0.1:8090; }
    }`;
const domains = ['fast.test', 'slow.test', 'states.test'];

onLiveRuntimes('changes under load', (runtime) => {
  let live: LiveEdge;
  let connections: Connections;

  beforeAll(async () => {
    live = await startLiveEdge({
      runtime,
      workers: WORKERS,
      policies: Object.fromEntries(domains.map((domain) => [domain, rotated(0, 'A')])),
      servers: domains.map(serverOf).join(''),
    });
    connections = await Connections.open(live.port, 'fast.test', WORKERS, 6);
  });
  afterAll(async () => {
    await connections?.close();
    await live?.stop();
  });

  test.each([
    ['fast.test', 'A'],
    ['slow.test', 'C'],
  ] as const)(
    `%s: type %s, ${ROTATIONS} keys, one each ${EACH_MS} ms`,
    async (domain, type) => {
      await live.put(domain, rotated(0, type));
      let [sent, answered] = [0, 0];
      let isOver = false;
      let asked = 0;
      const wrong: unknown[] = [];
      const target = (n: number) => sign(`/${n}`, { type, key: keyOf(n) });

      const traffic = Promise.all(
        Array.from({ length: 8 }, async () => {
          const own = await Connections.open(live.port, domain, 1, 1);
          while (!isOver) {
            const [n, before] = [answered, sent];
            const [reply] = await own.ask(domain, target(n));
            asked++;
            // Two changes on, and the key is gone.
            if (reply!.status !== 200 && sent <= n + 1) wrong.push(['refused', n, before, sent, reply]);
          }
          await own.close();
        }),
      );
      let obeyed = 0;
      for (let n = 1; n <= ROTATIONS; n++) {
        const start = performance.now();
        sent = n;
        await live.put(domain, rotated(n, type));
        answered = n;
        // Once on each connection: at once the key that has gone, then the new one.
        if (n >= 2)
          for (const reply of await connections.ask(domain, target(n - 2)))
            if (reply.status !== 403 || !reply.reason.endsWith('bad_signature'))
              wrong.push(['gone', n, reply]);
        for (const reply of await connections.ask(domain, target(n)))
          if (reply.status !== 200) wrong.push(['new', n, reply]);
        obeyed += 2 * connections.all.length;
        await sleep(Math.max(0, EACH_MS - (performance.now() - start)));
      }
      isOver = true;
      await traffic;
      expect({ wrong: wrong.slice(0, 5), count: wrong.length }).toEqual({ wrong: [], count: 0 });
      expect(obeyed).toBeGreaterThan(ROTATIONS * 40);
      expect(asked).toBeGreaterThan(ROTATIONS);
      expect(new Set(connections.all.map(({ pid }) => pid)).size).toBe(WORKERS);
    },
    120_000,
  );

  test(`${ROUNDS} rounds through every kind of change: all workers obey from the answer on`, async () => {
    const domain = 'states.test';
    const key = keyOf(1);
    const other = keyOf(2);
    const v2 = `/v2/domain/${domain}/config?requestAuth`;
    const v1 = `/v1/policies/${domain}`;
    const signed = (type: 'A' | 'B' | 'C' | 'D' | 'F', by = key) => sign('/x', { type, key: by });
    type Step = [name: string, method: string, path: string, body: unknown, checks: [string, number][]];
    const steps: Step[] = [
      [
        'type A, as rendered',
        'PUT',
        v1,
        { url_signing: { type: 'A', key1: key } },
        [
          [signed('A'), 200],
          ['/x', 403],
        ],
      ],
      [
        'another key',
        'PUT',
        v1,
        { url_signing: { type: 'A', key1: other } },
        [
          [signed('A'), 403],
          [signed('A', other), 200],
        ],
      ],
      [
        'type B',
        'PUT',
        v1,
        { url_signing: { type: 'B', key1: key } },
        [
          [signed('B'), 200],
          [signed('A'), 403],
        ],
      ],
      [
        'type C, SHA-256',
        'PUT',
        v1,
        { url_signing: { type: 'C', key1: key, hash: 'sha256' } },
        [
          [signed('C'), 403],
          [sign('/x', { type: 'C', key, hash: 'sha256' }), 200],
        ],
      ],
      [
        'switched off',
        'PUT',
        v1,
        { enabled: false, url_signing: { type: 'A', key1: key } },
        [
          ['/x', 200],
          [signed('D'), 200],
        ],
      ],
      [
        "on again, by the vendor's form",
        'PUT',
        v2,
        { requestAuth: { type: 'A', key1: 'secretekey1', timeout: 300 } },
        [
          ['/x', 403],
          [sign('/x', { type: 'A', key: 'secretekey1' }), 200],
        ],
      ],
      [
        'type D',
        'PUT',
        v1,
        { url_signing: { type: 'D', key1: key, deny_status: 410 } },
        [
          [signed('D'), 200],
          ['/x', 410],
        ],
      ],
      [
        "off by the vendor's form",
        'PUT',
        v2,
        { requestAuth: [] },
        [
          ['/x', 200],
          [signed('D'), 200],
        ],
      ],
      [
        "on by the vendor's form",
        'PUT',
        v2,
        { requestAuth: { type: 'a', key1: 'secretekey1', timeout: 300 } },
        [
          ['/x', 403],
          [sign('/x', { type: 'A', key: 'secretekey1' }), 200],
        ],
      ],
      [
        'deleted',
        'DELETE',
        v1,
        undefined,
        [
          ['/x', 403],
          [sign('/x', { type: 'A', key: 'secretekey1' }), 403],
        ],
      ],
      [
        'created',
        'PUT',
        v1,
        { url_signing: { type: 'F', key1: key } },
        [
          [signed('F'), 200],
          [signed('D'), 403],
        ],
      ],
      [
        'white list',
        'PUT',
        v1,
        { url_signing: { type: 'A', key1: key, white_list: ['/x'] } },
        [
          ['/x', 200],
          ['/y', 403],
        ],
      ],
    ];
    const wrong: unknown[] = [];
    for (let round = 0; round < ROUNDS; round++)
      for (const [name, method, path, body, checks] of steps) {
        const answer = await live.api(method, path, body);
        expect([name, answer.status, answer.status < 300 || answer.body]).toEqual([
          name,
          answer.status,
          true,
        ]);
        for (const [target, status] of checks)
          for (const reply of await connections.ask(domain, target))
            if (reply.status !== status) wrong.push([round, name, target, status, reply]);
      }
    expect({ wrong: wrong.slice(0, 5), count: wrong.length }).toEqual({ wrong: [], count: 0 });
  });

  test('nothing above notice in the log but the domain that was deleted', async () => {
    const lines = (await live.edge.errors()).filter((line) => !/its policy is missing/.test(line));
    expect(lines.slice(0, 5)).toEqual([]);
  });
});
