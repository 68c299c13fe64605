/** `npm run bench`: what edge-auth costs beside what people would use instead. Writes docs/bench/. */
import { parseArgs } from 'node:util';
import { measureMemory } from './connections';
import { type Fleet, startFleet } from './fleet';
import { COUNTS, measureGrowth } from './growth';
import { kinds } from './growth-conf';
import { readMachine } from './machine';
import { manyRequests, type Size, targetOf } from './policies';
import { type Cell, type Measured, measureRounds } from './rounds';
import { type Answer, hostOf, instances, isAsking, type System } from './systems';
import { verifySystems, warmUntilRemembered } from './verify';
import { type Results, writeResults } from './write-results';

/** `--rounds N` for a look; fewer than five are no result. */
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const ROUNDS = Number(values.rounds);

/** A table: every system in the same situation. */
interface Situation {
  size: Size;
  answer: Answer;
  connections: number;
  /** Of each run. */
  seconds: number;
  has: (system: System) => boolean;
  /** 20,000 different URLs and users, not one. */
  isMany?: boolean;
}

const isProxy = (system: System): boolean => system.group === 'proxy' && system.id !== 'plain';
const isAsked = (system: System): boolean => system.host === 'ask' || system.id === 'plain';
const mayWait = (system: System): boolean => isAsking(system) || system.id === 'plain';

export const situations = {
  '1 KB': { size: '1 KB', answer: 'empty', connections: 8, seconds: 0.6, has: () => true },
  many: {
    size: '1 KB',
    answer: 'empty',
    connections: 8,
    seconds: 1,
    has: (system: System) => !isProxy(system),
    isMany: true,
  },
  body: { size: '1 KB', answer: 'body', connections: 8, seconds: 0.6, has: isAsked },
  '1 MB': { size: '1 MB', answer: 'empty', connections: 8, seconds: 0.5, has: () => true },
  '5 ms': { size: '1 KB', answer: '5ms', connections: 32, seconds: 0.5, has: mayWait },
  '50 ms': { size: '1 KB', answer: '50ms', connections: 32, seconds: 1, has: mayWait },
} as const satisfies Record<string, Situation>;

/** 10,000 domains are begun before this, or not at all: the run shall end within twelve minutes. */
const LATEST_MS = 540_000;
const start = Date.now();
const secondsTaken = (): number => Math.round((Date.now() - start) / 1000);
const say = (text: string): void => console.log(`bench: ${String(secondsTaken()).padStart(3)} s  ${text}`);
const options = (name: string) => ({
  rounds: ROUNDS,
  baseTimes: 3,
  say: (text: string) => say(`${name}: ${text}`),
});

async function measureSituation(
  fleet: Fleet,
  name: string,
  situation: Situation,
): Promise<Map<string, Measured>> {
  const { size, answer, connections, seconds, has, isMany } = situation;
  const chosen = fleet.systems.filter(has);
  const cells: Cell[] = chosen.map((system) => ({
    id: system.id,
    process: system.instance,
    port: instances[system.instance].port,
    connections,
    seconds,
    requests: isMany ? manyRequests(system) : [`${hostOf(system, answer)} ${targetOf(system, size)}`],
    base: 'plain',
  }));
  const remembering = chosen.filter((system) => system.group === 'answer remembered').map(({ id }) => id);
  for (const cell of cells.filter(({ id }) => isMany && remembering.includes(id)))
    await warmUntilRemembered(fleet.edge, cell);
  return measureRounds(fleet.edge, cells, options(name));
}

async function main(): Promise<void> {
  const fleet = await startFleet();
  try {
    for (const [name, reason] of fleet.skipped) say(`SKIPPED ${name}: ${reason}`);
    await verifySystems(fleet);
    say(`${fleet.systems.length} systems do what they should: they let in, refuse and ask`);
    const measured = new Map<string, Map<string, Measured>>();
    for (const [name, situation] of Object.entries(situations))
      measured.set(name, await measureSituation(fleet, name, situation));
    const memory = await measureMemory(fleet);
    say('memory of connections: measured');
    const counts = COUNTS.filter((count) => count <= 100 || Date.now() - start < LATEST_MS);
    if (counts.length < COUNTS.length)
      fleet.skipped.set(
        '10,000 domains',
        `the machine was busy: the run had taken ${secondsTaken()} s by then`,
      );
    const growth = await measureGrowth(fleet.edge, kinds, counts, { ...options('domains'), baseTimes: 2 });
    const results: Results = {
      machine: await readMachine(fleet),
      seconds: secondsTaken(),
      rounds: ROUNDS,
      skipped: [...fleet.skipped].map(([name, reason]) => ({ name, reason })),
      systems: fleet.systems.map((system) => ({
        ...system,
        measured: Object.fromEntries(
          [...measured].flatMap(([name, all]) => (all.has(system.id) ? [[name, all.get(system.id)!]] : [])),
        ),
        memory: memory.get(system.id) ?? {},
      })),
      domains: Object.fromEntries(growth),
    };
    await writeResults(results);
    say('wrote docs/bench/results.md, results.json and chart.svg');
  } finally {
    await fleet.edge.stop();
  }
}
void main();
