/**
 * Measures on the runtimes that the set-up step made: what a request costs beside plain nginx and nginx's own auth_request and
 * secure_link in the same run, what live policies add to it, how late the answer to a silent auth server is, how soon a change is in
 * force, and the memory that a download holds. With `--domains`: an edge of 1, 100 and 10,000 domains with live policies.
 */
import { startAuthServer } from '../integration/harness/auth-server';
import * as misbehaviour from '../integration/harness/misbehaviour';
import { type Runtime, runtimes } from '../integration/harness/runtimes';
import { startBenchEdge } from './bench-edge';
import { type Case, casesOf, downloadsOf, policiesOf, TIMEOUT_MS } from './cases';
import { type ChangeTimes, measureChanges } from './change';
import { measureCost } from './cost';
import { measureDeadline } from './deadline';
import { measureDomains } from './domains';
import { hasLivePolicies } from './live-render';
import { measureMemory } from './memory';

const NO_LIVE = 'live: none, njs shares memory between workers since 0.8.0';

function formatCost(cost: Map<string, number>, cases: Case[]): string[] {
  const plain = [...cost.values()][0] ?? NaN;
  return cases.map(({ name, beside }) => {
    const each = cost.get(name) ?? NaN;
    const more = each - (cost.get(beside ?? '') ?? NaN);
    const added = beside ? `   ${more < 0 ? '-' : '+'}${Math.abs(more).toFixed(1)} us beside ${beside}` : '';
    return (
      `  ${name.padEnd(44)} ${each.toFixed(1).padStart(6)} us CPU   ${(each / plain).toFixed(2)} x plain` +
      added
    );
  });
}

function formatDeadline(late: number[]): string {
  const shown = [0, Math.floor(late.length / 2), late.length - 1].map((index) => late[index]!.toFixed(1));
  return (
    `  silent auth server, timeout_ms ${TIMEOUT_MS}: answer late by ${shown.join(' / ')} ms ` +
    `(min / median / max of ${late.length})`
  );
}

function formatChanges({ answered, obeyed, workers, before, after }: ChangeTimes): string {
  const shown = (ms: number[]) =>
    `${ms[Math.floor(ms.length / 2)]!.toFixed(1)} / ${ms[ms.length - 1]!.toFixed(1)} ms`;
  return (
    `  change by the API: in force on the last of ${workers} workers after ${shown(obeyed)}, answered after ` +
    `${shown(answered)} (median / max of ${answered.length});\n    ${after} requests sent after the answers, none ` +
    `by an old policy (${before} before them)`
  );
}

function formatMemory(memory: Map<string, number | undefined>): string {
  const sizeOf = (each?: number) => (each === undefined ? 'not in flight any more' : `${each.toFixed(1)} KB`);
  return [...memory].map(([name, each]) => `${name} ${sizeOf(each)}`).join(', ');
}

/** Prints what it finds and returns the line on memory, which belongs to the end. */
async function measure(runtime: Runtime, wiring: 'hop' | 'inline'): Promise<string> {
  const isLive = hasLivePolicies(runtime);
  const auth = await startAuthServer();
  auth.misbehave(misbehaviour.silent());
  try {
    const bench = await startBenchEdge(runtime, wiring, policiesOf(auth.url));
    try {
      console.log(`${titleOf(runtime)}, ${wiring}`);
      const cases = casesOf(wiring, isLive);
      console.log(formatCost(await measureCost(bench, cases), cases).join('\n'));
      if (!isLive) console.log(`  ${NO_LIVE}`);
      console.log(formatDeadline(await measureDeadline(bench)));
      if (isLive && wiring === 'hop') console.log(formatChanges(await measureChanges(bench)));
      const memory = formatMemory(await measureMemory(bench, downloadsOf(wiring, isLive)));
      return `  ${`${runtime.name}, ${wiring}`.padEnd(20)} ${memory}`;
    } finally {
      await bench.edge.stop();
    }
  } finally {
    await auth.stop();
  }
}

const titleOf = ({ name, nginxVersion, njsVersion, engine }: Runtime): string =>
  `\n${name} (nginx ${nginxVersion}, njs ${njsVersion}, ${engine} engine)`;

async function main(): Promise<void> {
  if (process.argv.includes('--domains')) {
    for (const runtime of runtimes.filter((one) => !hasLivePolicies(one)))
      console.log(`${titleOf(runtime)}\n  ${NO_LIVE}`);
    await measureDomains(runtimes.filter(hasLivePolicies), (runtime, text) =>
      console.log(`${titleOf(runtime)}\n${text}`),
    );
    return;
  }
  const memory: string[] = [];
  for (const runtime of runtimes)
    for (const wiring of ['hop', 'inline'] as const) memory.push(await measure(runtime, wiring));
  console.log(`\nmemory per download in flight\n${memory.join('\n')}`);
}
void main();
