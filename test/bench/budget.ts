/** What the bench's figures may be at most: test/bench/instructions/budget.json, and how measured figures compare. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isAtLeast, repositoryRoot, type Runtime } from '../integration/harness/runtimes';

/** The engine of a runtime, as the budget names it. njs-0.7 is that of nginx 1.22. */
type EngineName = 'njs' | 'qjs' | 'njs-0.7';
type Limit = number | Partial<Record<EngineName, number>>;

interface Budget {
  /** The heading of its table. */
  unit: string;
  /** Behind the point. */
  digits: number;
  /** Two runs differ by so much. */
  tolerance: number;
  /** An engine may take so many times a limit that is one number. */
  factor?: Partial<Record<EngineName, number>>;
  /** What has no limit is printed only. */
  paths: Record<string, { must?: Limit; aim?: Limit }>;
}

/** A measured figure; `path` is the budget's name of it. */
export interface Figure {
  path: string;
  value: number;
}

const file = path.join(repositoryRoot, 'test/bench/instructions/budget.json');

export function engineOf({ engine, njsVersion }: Runtime): EngineName {
  return engine === 'qjs' ? 'qjs' : isAtLeast(njsVersion, '0.8.0') ? 'njs' : 'njs-0.7';
}

/** Prints the table of one part of the budget. Returns the runtime and path of each figure above its limit. */
export function compareWithBudget(part: string, runtime: Runtime, figures: Figure[]): string[] {
  const budget = (JSON.parse(readFileSync(file, 'utf8')) as Record<string, Budget>)[part];
  if (!budget) throw new Error(`${file} has no part ${part}`);
  const { unit, digits, tolerance, factor = {}, paths } = budget;
  const engine = engineOf(runtime);
  const limitOf = (limit?: Limit): number | undefined =>
    typeof limit === 'number' ? limit * (factor[engine] ?? 1) : limit?.[engine];
  const show = (value?: number) =>
    value === undefined ? '' : value.toLocaleString('en', { maximumFractionDigits: digits });
  const above: string[] = [];
  const rows = figures.map(({ path: name, value }) => {
    const row = paths[name];
    if (!row) throw new Error(`${file}: ${part} has no path "${name}"`);
    const must = limitOf(row.must);
    const isAbove = must !== undefined && !(value <= must + tolerance);
    if (isAbove) above.push(`${runtime.name}: ${name}`);
    const verdict = must === undefined ? '' : isAbove ? `ABOVE by ${show(value - must)}` : 'within';
    return [name, show(value), show(must), show(limitOf(row.aim)), verdict];
  });
  console.log(
    `\n${runtime.name} (nginx ${runtime.nginxVersion}, njs ${runtime.njsVersion}, ${runtime.engine} engine)`,
  );
  console.log(aligned([[unit, 'measured', 'budget', 'aim', ''], ...rows]));
  return above;
}

/** Columns of a width of their own: the first and the last to the left, figures to the right. */
function aligned(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const cell = (text: string, column: number) =>
    column === 0 || column === widths.length - 1
      ? text.padEnd(widths[column]!)
      : text.padStart(widths[column]!);
  return rows.map((row) => `  ${row.map(cell).join('   ').trimEnd()}`).join('\n');
}

/** Says what is above the budget, and lets the command fail. */
export function endWith(above: string[]): void {
  if (above.length === 0) return;
  console.log(
    `\n${above.length} above the budget (${path.relative(repositoryRoot, file)}):\n${above.join('\n')}`,
  );
  process.exitCode = 1;
}
