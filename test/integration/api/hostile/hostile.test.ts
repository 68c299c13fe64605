// Bodies, paths, headers and bytes of somebody who wishes the edge ill: EDGE_AUTH_HOSTILE tells how many, EDGE_AUTH_HOSTILE_SEED which.
import { isAtLeast, runtimes } from '../../harness/runtimes';
import { READ, WRITE } from '../contract/api-edge';
import { harmlessDirectives, renderAndTest } from './accepted';
import { ExpectedFolder } from './folder';
import { KEY_MARK } from './harmless';
import { CHANGE_LOG, filesElsewhere, type HostileEdge, startHostileEdge, workerMemory } from './hostile-edge';
import { faultOf } from './judge';
import { Lane } from './lane';
import { Random } from './random';
import { type HostileRequest, hostileRequest } from './requests';

const COUNT = Number(process.env['EDGE_AUTH_HOSTILE'] ?? 10_000);
const SEED = Number(process.env['EDGE_AUTH_HOSTILE_SEED'] ?? 20_251_122);
const LANES = 8;
const DEPTH = 12;
/** Requests between two looks at the folder. */
const ROUND = 4_000;
/** Policies that are rendered at once. */
const RENDERED = 1_500;
/** Of a million there are more texts than one can render in an hour. */
const MAX_TEXTS = 60_000;

const able = runtimes.filter(({ njsVersion }) => isAtLeast(njsVersion, '0.8.0'));
// Before that release nginx has no API: bookworm alone skips, and says so.
const onAble = able.length > 0 ? describe.each(able) : describe.skip.each(runtimes);

onAble(`${COUNT} hostile requests to the API on $name, which needs njs 0.8.0`, (runtime) => {
  let hostile: HostileEdge;
  const folder = new ExpectedFolder();
  const texts = new Set<string>();
  const statuses: Record<number, number> = {};
  const faults: string[] = [];
  const memory: number[] = [];
  let answered = 0;

  beforeAll(async () => {
    hostile = await startHostileEdge(runtime);
  });
  afterAll(() => hostile?.stop());

  function report(fault: string, request: HostileRequest, answer: string): void {
    if (faults.length > 20) return;
    faults.push(`${fault}\n${request.bytes.toString('latin1').slice(0, 1500)}\n=> ${answer.slice(0, 1500)}`);
  }

  async function batch(random: Random, lane: Lane, number: number): Promise<void> {
    const requests: HostileRequest[] = [];
    do requests.push(hostileRequest(random, number));
    while (requests.length < DEPTH && !requests.at(-1)!.isLast);
    const replies = await lane.exchange(requests).catch((error: Error) => {
      report(error.message, requests.at(-1)!, 'no whole answer');
      lane.close();
      return [];
    });
    replies.forEach((reply, i) => {
      const request = requests[Math.min(i, requests.length - 1)]!;
      statuses[reply.status] = (statuses[reply.status] ?? 0) + 1;
      answered++;
      const fault = faultOf(request, reply);
      if (fault !== undefined)
        report(fault, request, `${reply.status} ${JSON.stringify(reply.headers)} ${reply.body}`);
      folder.note(number, request, reply);
      const isPolicy =
        reply.status < 300 && request.method === 'PUT' && !request.target.includes('requestAuth');
      if (isPolicy && !request.isLast && texts.size < MAX_TEXTS) texts.add(request.body);
    });
  }

  test(
    'each gets an answer of the contract, and the folder holds what the answers say',
    async () => {
      const lanes = Array.from({ length: LANES }, (_none, number) => ({
        lane: new Lane(hostile.port),
        random: new Random(SEED * LANES + number),
      }));
      const workers = await hostile.edge.workerPids();
      const start = performance.now();
      while (answered < COUNT && faults.length < 20) {
        const goal = Math.min(COUNT, answered + ROUND);
        await Promise.all(
          lanes.map(async ({ lane, random }, number) => {
            while (answered < goal) await batch(random, lane, number);
          }),
        );
        const look = await folder.look(hostile.edge);
        faults.push(...look.faults);
        look.texts.forEach((text) => texts.size < MAX_TEXTS && texts.add(text));
        memory.push(await workerMemory(hostile.edge));
      }
      lanes.forEach(({ lane }) => lane.close());
      const seconds = (performance.now() - start) / 1000;
      process.stdout.write(
        `${runtime.name}: ${answered} answers in ${seconds.toFixed(1)} s, seed ${SEED}, ${folder.changes} changes, ` +
          `${texts.size} texts, ${folder.domains().length} domains, statuses ${JSON.stringify(statuses)}, ` +
          `memory of a worker ${memory[0]} to ${memory.at(-1)} KiB\n`,
      );
      expect(faults).toEqual([]);
      // Else it tests nothing.
      expect(folder.changes).toBeGreaterThan(COUNT / 20);
      expect(statuses[400]).toBeGreaterThan(COUNT / 20);
      expect(await hostile.edge.workerPids()).toEqual(workers);
    },
    60_000 + COUNT * 15,
  );

  test('the memory of the workers does not grow with the requests', () => {
    const early = Math.max(...memory.slice(0, Math.ceil(memory.length / 4)));
    expect(memory.at(-1)).toBeLessThan(early * 1.5 + 8_192);
  });

  test('nothing is written elsewhere', async () => {
    expect(await filesElsewhere(hostile.edge)).toEqual([]);
  });

  test('the error log has no error of ours, and no log has a key or a token', async () => {
    const log = await hostile.edge.rawErrorLog();
    // nginx's own lines tell of requests that it refuses.
    expect(
      log.split('\n').filter((line) => /edge-auth:|js exception|js:|\[(?:crit|alert|emerg)\]/.test(line)),
    ).toEqual([]);
    expect([KEY_MARK, WRITE, READ].filter((secret) => log.includes(secret))).toEqual([]);
    const { stdout } = await hostile.edge.exec(
      `grep -c -e '${KEY_MARK}' -e '${WRITE}' -e '${READ}' ${CHANGE_LOG}; wc -l < ${CHANGE_LOG}; LC_ALL=C sed 's/\\xe2\\x80\\xa6//g' ${CHANGE_LOG} | LC_ALL=C grep -c '[^ -~]'; tail -n 3000 ${CHANGE_LOG}`,
    );
    const [secrets, lines, odd, ...last] = stdout.trim().split('\n');
    expect({ secrets, lines, odd }).toEqual({ secrets: '0', lines: String(folder.changes), odd: '0' });
    last.forEach((line) => expect(Object.keys(JSON.parse(line) as object)).toContain('request_id'));
  });

  test(
    'what was accepted renders to conf that nginx takes, with no directive that harmless policies do not have',
    async () => {
      const known = [
        await harmlessDirectives(hostile.edge, hostile.shared, false),
        await harmlessDirectives(hostile.edge, hostile.shared, true),
      ];
      const all = [...texts];
      for (let at = 0; at < all.length; at += RENDERED) {
        const isLive = (at / RENDERED) % 2 === 1;
        const named = all.slice(at, at + RENDERED).map((text, i) => [`d${i}.test`, text] as const);
        const found = await renderAndTest(hostile.edge, hostile.shared, new Map(named), isLive);
        expect([...found].filter((directive) => !known[Number(isLive)]!.has(directive))).toEqual([]);
      }
      const named = new Map(folder.domains().map((domain, i) => [domain, all[i % all.length]!]));
      const found = await renderAndTest(hostile.edge, hostile.shared, named, true);
      expect([...found].filter((directive) => !known[1]!.has(directive))).toEqual([]);
    },
    120_000 + COUNT * 4,
  );
});
