/** docs/bench/: the figures as JSON, as tables, and as a chart. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../../integration/harness/runtimes';
import type { Memory } from './connections';
import type { Grown } from './growth';
import { folder } from './fleet';
import type { Machine } from './machine';
import type { Measured } from './rounds';
import type { System } from './systems';
import { writeReadme } from './readme';
import { tablesOf } from './tables';

export type SituationName = '1 KB' | 'many' | 'body' | '1 MB' | '5 ms' | '50 ms';

export interface SystemResults extends System {
  measured: Partial<Record<SituationName, Measured>>;
  memory: Memory;
}

export interface Results {
  machine: Machine;
  /** How long the run took. */
  seconds: number;
  rounds: number;
  skipped: { name: string; reason: string }[];
  systems: SystemResults[];
  /** By the kind's name. */
  domains: Record<string, Grown[]>;
}

export async function writeResults(results: Results): Promise<void> {
  const out = path.join(repositoryRoot, 'docs/bench');
  await mkdir(out, { recursive: true });
  const round = (key: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(5)) : value;
  await writeFile(path.join(out, 'results.json'), JSON.stringify(results, round, 2));
  await writeFile(path.join(out, 'results.md'), tablesOf(results));
  const readme = path.join(repositoryRoot, 'README.md');
  await writeReadme(readme, results);
  const { execPath } = process;
  await promisify(execFile)(execPath, [path.join(folder, 'chart.mjs'), out]);
  const prettier = path.join(repositoryRoot, 'node_modules/prettier/bin/prettier.cjs');
  const written = [readme, ...['results.json', 'results.md'].map((name) => path.join(out, name))];
  await promisify(execFile)(execPath, [prettier, '--write', ...written], { cwd: repositoryRoot });
}
