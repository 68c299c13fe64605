/** `npm run bench`: what edge-auth costs beside what people would use instead. */
import { startFleet, type Fleet } from './fleet';
import { type Cell, measureRounds } from './rounds';
import { type Answer, hostOf, instances, isAsking, type System } from './systems';
import { type Size, targetOf } from './policies';

const ROUNDS = 5;
const say = (text: string): void => console.log(`bench: ${text}`);

export function cellsOf(
  fleet: Fleet,
  size: Size,
  answer: Answer,
  connections: number,
  seconds: number,
): Cell[] {
  const idOf = (system: System) => `${system.id}.${size.replace(' ', '')}.${answer}`;
  return fleet.systems.map((system) => ({
    id: idOf(system),
    process: system.instance,
    port: instances[system.instance].port,
    connections,
    seconds,
    requests: [`${hostOf(system, answer)} ${targetOf(system, size)}`],
    plain: idOf(fleet.systems[0]!),
  }));
}

async function main(): Promise<void> {
  const fleet = await startFleet();
  try {
    for (const [name, reason] of fleet.skipped) say(`SKIPPED ${name}: ${reason}`);
    const cells = cellsOf(fleet, '1 KB', 'empty', 8, 0.6);
    const all = await measureRounds(fleet.edge, cells, ROUNDS, say);
    for (const [id, one] of all)
      say(
        `${id.padEnd(32)} ${one.cpu.median.toFixed(1)} us, ${one.ratio.median.toFixed(2)} (${one.ratio.min.toFixed(2)}-${one.ratio.max.toFixed(2)}) x plain, ${one.requestsPerSecond.median.toFixed(0)}/s, p50 ${one.p50.median.toFixed(2)} p99 ${one.p99.median.toFixed(2)}`,
      );
  } finally {
    await fleet.edge.stop();
  }
}
void main();
