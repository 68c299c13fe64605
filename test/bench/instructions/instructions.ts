/**
 * `npm run bench -- --instructions`: instructions in user space of a request beyond those of plain nginx with the same target, beside the
 * budget. A busy machine does not change them. Exits 1 where a path is above its budget.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { startEdge } from '../../integration/harness/edge';
import { repositoryRoot, type Runtime, runtimes } from '../../integration/harness/runtimes';
import type { Edge } from '../../integration/harness/started-edge';
import { compareWithBudget, endWith } from '../budget';
import type { Figure } from '../judge';
import { hasLivePolicies } from '../live-render';
import { cacheMemory } from '../compare/servers';
import { type Counted, countRequest, send, startCounted } from './counted';
import { ports, putEdge } from './edges';
import { type EdgeName, liveRows, OTHER_HOST, type Row, rows as renderedRows } from './rows';

const NO_LIVE = 'live policies: none, njs shares memory between workers since 0.8.0';

/** The container, with origin and auth server. */
function startBackend(runtime: Runtime): Promise<Edge> {
  const list = path.join(repositoryRoot, '.cache/valgrind-images.json');
  const images = JSON.parse(readFileSync(list, 'utf8')) as Record<string, string>;
  const image = images[runtime.image];
  if (!image) throw new Error(`${list} has no image with valgrind for ${runtime.name}`);
  return startEdge({
    runtime: { ...runtime, image },
    conf: path.join(repositoryRoot, 'test/bench/instructions/backend.conf'),
    vars: { NAME: 'nginx', BODY: 'k'.repeat(1024), ANSWER: 'b'.repeat(200) },
    ports: Object.values(ports),
    tmpfs: cacheMemory,
  });
}

async function measureRuntime(runtime: Runtime): Promise<Figure[]> {
  const edge = await startBackend(runtime);
  try {
    const rows = hasLivePolicies(runtime) ? [...renderedRows, ...liveRows] : renderedRows;
    const [plain, ours] = await Promise.all([measurePlain(edge, rows), measureOurs(edge, rows)]);
    return rows.map((row) => ({
      path: row.path,
      value:
        ours.get(row.path)! - (row.beside === undefined ? plain.get(row.target)! : ours.get(row.beside)!),
    }));
  } finally {
    await edge.stop();
  }
}

async function start(edge: Edge, name: keyof typeof ports): Promise<Counted> {
  await putEdge(edge, name);
  return startCounted(edge, name, ports[name]);
}

/** By the target. */
async function measurePlain(edge: Edge, rows: Row[]): Promise<Map<string, number>> {
  const plain = await start(edge, 'plain');
  const counts = new Map<string, number>();
  for (const target of new Set(rows.map((row) => row.target)))
    counts.set(target, await countRequest(edge, plain, { host: OTHER_HOST, target }));
  return counts;
}

/** By the path. */
async function measureOurs(edge: Edge, rows: Row[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const started = new Map<EdgeName, Counted>();
  for (const { path: row, edge: name, refused, ...request } of rows) {
    const ours = started.get(name) ?? (await start(edge, name));
    started.set(name, ours);
    if (refused !== undefined) await send(edge, ours, { ...request, target: refused, status: 403 });
    counts.set(row, await countRequest(edge, ours, request));
  }
  return counts;
}

async function main(): Promise<void> {
  const above: string[] = [];
  for (const runtime of runtimes) {
    const begin = Date.now();
    const figures = await measureRuntime(runtime);
    above.push(...compareWithBudget('instructions', runtime, figures));
    if (!hasLivePolicies(runtime)) console.log(`  ${NO_LIVE}`);
    console.log(`  measured in ${Math.round((Date.now() - begin) / 1000)} s`);
  }
  endWith(above);
}
void main();
