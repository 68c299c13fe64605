/**
 * Measures on the runtimes that the set-up step made: what a request costs beside plain nginx and nginx's own auth_request and
 * secure_link in the same run, how late the answer to a silent auth server is, and the memory that a download holds.
 */
import { startAuthServer } from '../integration/harness/auth-server';
import * as misbehaviour from '../integration/harness/misbehaviour';
import { type Runtime, runtimes } from '../integration/harness/runtimes';
import { startBenchEdge } from './bench-edge';
import { casesOf, downloadsOf, policiesOf, TIMEOUT_MS } from './cases';
import { measureCost } from './cost';
import { measureDeadline } from './deadline';
import { measureMemory } from './memory';

function formatCost(cost: Map<string, number>): string[] {
  const plain = [...cost.values()][0] ?? NaN;
  return [...cost].map(
    ([name, each]) =>
      `  ${name.padEnd(40)} ${each.toFixed(1).padStart(6)} us CPU   ${(each / plain).toFixed(2)} x plain`,
  );
}

function formatDeadline(late: number[]): string {
  const shown = [0, Math.floor(late.length / 2), late.length - 1].map((index) => late[index]!.toFixed(1));
  return (
    `  silent auth server, timeout_ms ${TIMEOUT_MS}: answer late by ${shown.join(' / ')} ms ` +
    `(min / median / max of ${late.length})`
  );
}

function formatMemory(memory: Map<string, number>): string {
  return [...memory].map(([name, each]) => `${name} ${each.toFixed(1)} KB`).join(', ');
}

/** Prints what it finds and returns the line on memory, which belongs to the end. */
async function measure(runtime: Runtime, wiring: 'hop' | 'inline'): Promise<string> {
  const auth = await startAuthServer();
  auth.misbehave(misbehaviour.silent());
  try {
    const bench = await startBenchEdge(runtime, wiring, policiesOf(auth.url));
    try {
      const { name, nginxVersion, njsVersion, engine } = runtime;
      console.log(`\n${name} (nginx ${nginxVersion}, njs ${njsVersion}, ${engine} engine), ${wiring}`);
      console.log(formatCost(await measureCost(bench, casesOf(wiring))).join('\n'));
      console.log(formatDeadline(await measureDeadline(bench)));
      return `  ${`${name}, ${wiring}`.padEnd(20)} ${formatMemory(await measureMemory(bench, downloadsOf(wiring)))}`;
    } finally {
      await bench.edge.stop();
    }
  } finally {
    await auth.stop();
  }
}

async function main(): Promise<void> {
  const memory: string[] = [];
  for (const runtime of runtimes)
    for (const wiring of ['hop', 'inline'] as const) memory.push(await measure(runtime, wiring));
  console.log(`\nmemory per download in flight\n${memory.join('\n')}`);
}
void main();
