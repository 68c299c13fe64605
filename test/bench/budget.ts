/** What the bench's figures may be at most: test/bench/instructions/budget.json, and how measured figures compare. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isAtLeast, repositoryRoot, type Runtime } from '../integration/harness/runtimes';

/** The engine of a runtime, as the budget names it. njs-0.7 is that of nginx 1.22. */
type EngineName = 'njs' | 'qjs' | 'njs-0.7';
type Limit = number | Partial<Record<EngineName, number>>;

interface Budget {
  unit: string;
  /** Two runs differ by so much. */
  tolerance: number;
  /** An engine may take so many times a limit that is one number. */
  factor: Partial<Record<EngineName, number>>;
  paths: Record<string, { must: Limit; aim?: Limit }>;
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

/** Prints the table of one part of the budget. Returns the paths that are above their limit, or have none. */
export function compareWithBudget(part: string, runtime: Runtime, figures: Figure[]): string[] {
  const budget = (JSON.parse(readFileSync(file, 'utf8')) as Record<string, Budget>)[part];
  if (!budget) throw new Error(`${file} has no part ${part}`);
  const { unit, tolerance, factor, paths } = budget;
  const engine = engineOf(runtime);
  const limitOf = (limit?: Limit): number | undefined =>
    typeof limit === 'number' ? limit * (factor[engine] ?? 1) : limit?.[engine];
  const above: string[] = [];
  const show = (value?: number) =>
    value === undefined ? '' : value.toLocaleString('en', { maximumFractionDigits: tolerance < 1 ? 2 : 0 });
  const rows = figures.map(({ path: name, value }) => {
    const must = limitOf(paths[name]?.must);
    const isWithin = must !== undefined && value <= must + tolerance;
    if (!isWithin) above.push(name);
    const verdict = isWithin ? 'within' : must === undefined ? 'NO BUDGET' : `ABOVE by ${show(value - must)}`;
    return [name, show(value), show(must), show(limitOf(paths[name]?.aim)), verdict];
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
