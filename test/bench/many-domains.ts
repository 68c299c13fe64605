/**
 * `npm run bench -- --domains`: edges of 10,000 domains beside as many plain servers in the same run: memory of the conf, start, and what
 * requests cost when they are spread over all domains. Compares with the budget.
 */
import { startEdge } from '../integration/harness/edge';
import { type Runtime, runtimes } from '../integration/harness/runtimes';
import { compareWithBudget, endWith } from './budget';
import { originOptions, peersImage, putAuthServer } from './compare/fleet';
import { type Grown, measureGrowth } from './compare/growth';
import { ownKinds, plain } from './compare/growth-conf';
import { cacheMemory } from './compare/servers';
import type { Figure } from './judge';

const COUNT = 10_000;
const OPTIONS = { rounds: 5, baseTimes: 2 };

interface Beside {
  name: string;
  plain: Grown[];
  ours: Grown[];
}

const start = Date.now();
const say = (text: string): void =>
  console.log(`bench: ${String(Math.round((Date.now() - start) / 1000)).padStart(3)} s  ${text}`);

/** One kind after the other, each beside plain servers of its own run: all of them at once take more memory than many machines have. */
async function measureRuntime(runtime: Runtime): Promise<Beside[]> {
  const edge = await startEdge({
    runtime: { ...runtime, image: peersImage() },
    ...originOptions(),
    tmpfs: cacheMemory,
  });
  try {
    await putAuthServer(edge);
    const measured: Beside[] = [];
    for (const [name, kind] of Object.entries(ownKinds)) {
      const options = { ...OPTIONS, say: (text: string) => say(`${name}: ${text}`) };
      const grown = await measureGrowth(edge, [plain, kind], [1, COUNT], options);
      measured.push({ name, plain: grown.get(plain.name)!, ours: grown.get(kind.name)! });
    }
    return measured;
  } finally {
    await edge.stop();
  }
}

const confOf = ([one, all]: Grown[]): number => (all!.conf - one!.conf) / (COUNT - 1);
const spreadOf = ([, all]: Grown[]): number => all!.measured.ratio.median;

function compare(runtime: Runtime, measured: Beside[]): string[] {
  const figures = (value: (one: Beside) => number): Figure[] =>
    measured.map((one) => ({ path: one.name, value: value(one) }));
  const above = [
    ...compareWithBudget(
      'domains: memory',
      runtime,
      figures((one) => confOf(one.ours) - confOf(one.plain)),
    ),
    ...compareWithBudget(
      'domains: start',
      runtime,
      figures((one) => one.ours[1]!.start / one.plain[1]!.start),
    ),
    ...compareWithBudget(
      'domains: spread',
      runtime,
      figures((one) => spreadOf(one.ours) / spreadOf(one.plain)),
    ),
  ];
  for (const one of measured) console.log(`  ${one.name}: ${besideOf(one)}`);
  return above;
}

/** The figures that the tables are made of. */
function besideOf(one: Beside): string {
  const each = (grown: Grown[]) =>
    `${confOf(grown).toFixed(1)} KB a domain, start ${grown[1]!.start.toFixed(0)} ms, spread ${spreadOf(grown).toFixed(2)} x one`;
  return `${each(one.ours)}; plain ${each(one.plain)}`;
}

async function main(): Promise<void> {
  const above: string[] = [];
  for (const runtime of runtimes) above.push(...compare(runtime, await measureRuntime(runtime)));
  say('measured');
  endWith(above);
}
void main();
