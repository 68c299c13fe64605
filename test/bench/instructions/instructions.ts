/**
 * `npm run bench -- --instructions`: instructions in user space of a request beyond those of plain nginx with the same target, beside the
 * budget. A busy machine does not change them. Exits 1 where a path is above its budget.
 */
import { type Runtime, runtimes } from '../../integration/harness/runtimes';
import type { Edge } from '../../integration/harness/started-edge';
import { compareWithBudget, type Figure } from '../budget';
import { type Counted, countRequest, send } from './counted';
import { startBackend, startOurs, startPlain } from './edges';
import { type EdgeName, OTHER_HOST, type Row, rowsOf } from './rows';

const NO_LIVE = 'live policies: none, njs shares memory between workers since 0.8.0';

async function measureRuntime(runtime: Runtime): Promise<Figure[]> {
  const edge = await startBackend(runtime);
  try {
    const rows = rowsOf(runtime);
    const [plain, ours] = await Promise.all([measurePlain(edge, rows), measureOurs(edge, rows)]);
    return rows.map(({ path, target, beside }) => ({
      path,
      value: ours.get(path)! - (beside === undefined ? plain.get(target)! : ours.get(beside)!),
    }));
  } finally {
    await edge.stop();
  }
}

/** By the target. */
async function measurePlain(edge: Edge, rows: Row[]): Promise<Map<string, number>> {
  const plain = await startPlain(edge);
  const counts = new Map<string, number>();
  for (const target of new Set(rows.map((row) => row.target)))
    counts.set(target, await countRequest(edge, plain, { host: OTHER_HOST, target }));
  return counts;
}

/** By the path. */
async function measureOurs(edge: Edge, rows: Row[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const started = new Map<EdgeName, Counted>();
  for (const { path, edge: name, refused, ...request } of rows) {
    const ours = started.get(name) ?? (await startOurs(edge, name));
    started.set(name, ours);
    if (refused !== undefined) await send(edge, ours, { ...request, target: refused, status: 403 });
    counts.set(path, await countRequest(edge, ours, request));
  }
  return counts;
}

async function main(): Promise<void> {
  const above: string[] = [];
  for (const runtime of runtimes) {
    const start = Date.now();
    const figures = await measureRuntime(runtime);
    const paths = compareWithBudget('instructions', runtime, figures);
    if (!figures.some(({ path }) => path.startsWith('live'))) console.log(`  ${NO_LIVE}`);
    console.log(`  measured in ${Math.round((Date.now() - start) / 1000)} s`);
    above.push(...paths.map((path) => `${runtime.name}: ${path}`));
  }
  if (above.length === 0) return;
  console.log(
    `\n${above.length} above the budget (test/bench/instructions/budget.json):\n${above.join('\n')}`,
  );
  process.exitCode = 1;
}
void main();
