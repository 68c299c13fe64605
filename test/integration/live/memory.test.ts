// The memory that workers share, too small, empty and lost; two writers at a time; reloads; and what of it a page or a log may show.
import { setTimeout as sleep } from 'node:timers/promises';
import { send } from '../harness/client';
import { sign } from '../signing/signer';
import { onLiveRuntimes, startLiveEdge, type LiveEdge } from './live-edge';

const DOMAINS = 300;
const key = (n: number) => `SECRET-key-${String(n).padStart(4, '0')}`;
const policyOf = (n: number, type = 'A') => ({
  url_signing: {
    type,
    key1: key(n),
    white_list: ['/open.txt', ...Array.from({ length: 20 }, (_, i) => `/open/${i}/*`)],
  },
});
const domains = Array.from({ length: DOMAINS }, (_, i) => `m${i}.test`);
const shown = `signed=$edge_auth_signed input=$edge_auth_live_input live=$edge_auth_live
  checked=$edge_auth_live_checked needed=$edge_auth_live_needed rules=$edge_auth_live_rules args=$edge_auth_live_args
  clean=$edge_auth_live_clean_uri refused=$edge_auth_live_refused refusal=$edge_auth_live_refusal scope=$edge_auth_live_scope
  ask=$edge_auth_live_ask epoch=$edge_auth_epoch policies=$edge_auth_policies guard=$edge_auth_live_guard now=$edge_auth_guard
  step=$edge_auth_step tokens=$edge_auth_api_tokens change=$edge_auth_api_change`.replace(/\s+/g, ' ');
const names = [...shown.matchAll(/\$(\w+)/g)].map(([, name]) => name);
const page = names.map((name) => `<!--# echo var="${name}" default="-" -->`).join('\n');
const serverOf = (domain: string, i: number) => `
    server {
        listen 8080;
        server_name ${domain};
        add_header X-Reason "$edge_auth_decision $edge_auth_reason" always;
        ${i < 2 ? 'access_log /var/log/nginx/shown.log shown;' : ''}
        include edge-auth/servers/${domain}.conf;
        location / { proxy_pass http://127.0.0.1:8090; }
        location /ssi/ { ssi on; ssi_types text/plain; root /srv/www; }
        location /shown { default_type text/plain; return 200 "${shown}"; }
    }`;

onLiveRuntimes('shared memory', (runtime) => {
  let live: LiveEdge;
  const ask = async (domain: string, n: number, type: 'A' | 'C' = 'A') => {
    const path = sign('/x', { type, key: key(n) });
    return (await send({ port: live.port, path, headers: { host: domain } })).status;
  };
  /** Asks all domains, 16 at a time: `keyOf` says whose key. */
  const askAll = async (keyOf: (i: number) => number) => {
    const answers: number[] = [];
    let next = 0;
    const lane = async () => {
      for (let i = next++; i < DOMAINS; i = next++) answers[i] = await ask(domains[i]!, keyOf(i));
    };
    await Promise.all(Array.from({ length: 16 }, lane));
    return answers;
  };
  const all = (status: number) => domains.map(() => status);

  beforeAll(async () => {
    live = await startLiveEdge({
      runtime,
      policies: Object.fromEntries(domains.map((domain, i) => [domain, policyOf(i)])),
      servers: domains.map(serverOf).join(''),
      httpLines: `log_format shown escape=none '${shown}';`,
      files: { '/srv/www/ssi/page.txt': page },
      // Room for a few dozen of 300 policies.
      editConf: (conf) => {
        const small = conf.replace(/zone=edge_auth_live:\d+m/, 'zone=edge_auth_live:64k');
        if (small === conf) throw new Error('expected the zone edge_auth_live in http.conf');
        return small;
      },
    });
  }, 90_000);
  afterAll(() => live?.stop(true));

  test(`${DOMAINS} policies of which a few fit: each domain obeys its own`, async () => {
    expect(await askAll((i) => i)).toEqual(all(200));
    expect(await askAll((i) => (i + 1) % DOMAINS)).toEqual(all(403));
    // njs 0.8.9 says so before it puts others out.
    const lines = (await live.edge.errors()).filter(
      (line) => !/using uninitialized|no memory in js shared zone/.test(line),
    );
    expect(lines.slice(0, 3)).toEqual([]);
  });

  test('changes while the memory is full are in force from the answer on', async () => {
    const wrong: unknown[] = [];
    const lane = async (first: number) => {
      for (let i = first; i < DOMAINS; i += 8) {
        await live.put(domains[i]!, policyOf(i + 1000));
        const after = [
          await ask(domains[i]!, i),
          await ask(domains[i]!, i + 1000),
          await ask(domains[i]!, i),
        ];
        if (String(after) !== '403,200,403') wrong.push([i, after]);
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, first) => lane(first)));
    expect({ wrong: wrong.slice(0, 3), count: wrong.length }).toEqual({ wrong: [], count: 0 });
    expect(await askAll((i) => i + 1000)).toEqual(all(200));
  });

  test('policies of which not even one fits beside others are read from their files', async () => {
    const white_list = Array.from({ length: 190 }, (_, i) => `/${'long'.repeat(60)}/${i}`);
    const large = domains.slice(5, 15);
    for (const [i, domain] of large.entries())
      await live.put(domain, { url_signing: { type: 'A', key1: key(5005 + i), white_list } });
    for (let round = 0; round < 3; round++) {
      const small = askAll((i) => i + 1000);
      for (const [i, domain] of large.entries())
        expect([await ask(domain, 5005 + i), await ask(domain, 1005 + i)]).toEqual([200, 403]);
      expect((await small).slice(15)).toEqual(all(200).slice(15));
    }
    for (const [i, domain] of large.entries()) {
      await live.put(domain, policyOf(1005 + i));
      expect([await ask(domain, 5005 + i), await ask(domain, 1005 + i)]).toEqual([403, 200]);
    }
  });

  test('If-Match: of eight changes at a time one is made, 40 times', async () => {
    const domain = domains[0]!;
    for (let round = 0; round < 40; round++) {
      const { headers } = await live.api('GET', `/v1/policies/${domain}`);
      const etag = String(headers['etag']);
      const numbers = Array.from({ length: 8 }, (_, i) => 2000 + round * 8 + i);
      const replies = await Promise.all(
        numbers.map((n) => live.api('PUT', `/v1/policies/${domain}`, policyOf(n), { 'if-match': etag })),
      );
      const made = numbers.filter((_, i) => replies[i]!.status === 200);
      expect(made).toHaveLength(1);
      for (const { status } of replies) expect([200, 409, 412]).toContain(status);
      expect(live.read(`${domain}.json`)).toContain(key(made[0]!));
      for (const n of numbers) expect([n, await ask(domain, n)]).toEqual([n, n === made[0] ? 200 : 403]);
    }
  });

  test('without If-Match the last answer stands, in file and memory alike', async () => {
    const domain = domains[1]!;
    for (let round = 0; round < 20; round++) {
      const numbers = Array.from({ length: 6 }, (_, i) => 3000 + round * 6 + i);
      await Promise.all(
        numbers.map((n) => live.api('PUT', `/v1/policies/${domain}`, policyOf(n, n % 2 ? 'A' : 'C'))),
      );
      const n = Number(/SECRET-key-(\d+)/.exec(live.read(`${domain}.json`) ?? '')?.[1]);
      expect(numbers).toContain(n);
      for (const one of numbers)
        expect([one, await ask(domain, one, one % 2 ? 'A' : 'C')]).toEqual([one, one === n ? 200 : 403]);
    }
  });

  test('reloads in the middle of changes: from the answer on every new connection obeys', async () => {
    const domain = domains[2]!;
    let isOver = false;
    const reloads = (async () => {
      for (let i = 0; i < 6; i++) {
        await live.edge.reload();
        await sleep(100);
      }
      isOver = true;
    })();
    let n = 4000;
    while (!isOver) {
      await live.put(domain, policyOf(++n)).catch(async () => {
        // The old worker closed the connection: whether the change was made is not known.
        await live.put(domain, policyOf(n));
      });
      expect([n, await ask(domain, n), await ask(domain, n - 1)]).toEqual([n, 200, 403]);
    }
    await reloads;
    expect(n).toBeGreaterThan(4010);
  });

  test('after kill -9 the memory is empty, and all is read from files', async () => {
    const before = await live.api('GET', `/v1/policies/${domains[2]}`);
    expect(await live.control('again')).toBe('');
    const after = await live.api('GET', `/v1/policies/${domains[2]}`);
    expect([after.body, after.headers['etag']]).toEqual([before.body, before.headers['etag']]);
    const n = Number(/SECRET-key-(\d+)/.exec(after.body)?.[1]);
    expect([await ask(domains[2]!, n), await ask(domains[2]!, n - 1)]).toEqual([200, 403]);
    expect((await askAll((i) => i + 1000)).slice(6)).toEqual(all(200).slice(6));
  });

  test.each([
    ['as rendered', 'A'],
    ['another type', 'C'],
  ] as const)('%s: no page, log or answer shows a key', async (_name, type) => {
    const [first, second] = [domains[0]!, domains[1]!];
    const found: string[] = [];
    for (const domain of [first, second]) {
      await live.put(domain, {
        url_signing: { type, key1: key(7001), key2: key(7002), scope: { paths: ['/x', '/shown', '/ssi/*'] } },
      });
      for (const path of ['/shown', '/ssi/page.txt', '/x'])
        for (const n of [7001, 7002, 7003])
          for (const target of [path, sign(path, { type, key: key(n) })]) {
            const reply = await send({ port: live.port, path: target, headers: { host: domain } });
            const said = JSON.stringify(reply.headers) + reply.body;
            if (path === '/ssi/page.txt' && reply.status === 200)
              expect(reply.body.split('\n')).toHaveLength(names.length);
            found.push(...(said.match(/SECRET-key-\d+/g) ?? []));
          }
    }
    await sleep(200);
    const { stdout } = await live.edge.exec('cat /var/log/nginx/*.log /srv/control.log');
    expect(stdout).toContain('rules=');
    found.push(...(stdout.match(/SECRET-key-\d+|write-token\S+/g) ?? []));
    expect(found).toEqual([]);
  });
});
