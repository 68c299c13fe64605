/** test/bench/instructions/budget.json: what the bench's figures may be at most, and the table of them beside it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isAtLeast, repositoryRoot, type Runtime } from '../integration/harness/runtimes';
import { type Budget, type EngineName, type Figure, judge } from './judge';

const file = path.join(repositoryRoot, 'test/bench/instructions/budget.json');

const engineOf = ({ engine, njsVersion }: Runtime): EngineName =>
  engine === 'qjs' ? 'qjs' : isAtLeast(njsVersion, '0.8.0') ? 'njs' : 'njs-0.7';

/** Prints the table of one part of the budget. Returns runtime, part and path of each figure above its limit. */
export function compareWithBudget(part: string, runtime: Runtime, figures: Figure[]): string[] {
  const budget = (JSON.parse(readFileSync(file, 'utf8')) as Record<string, Budget>)[part];
  if (!budget) throw new Error(`${file}: expected a part "${part}", received none`);
  const show = (value?: number) =>
    value === undefined ? '' : value.toLocaleString('en', { maximumFractionDigits: budget.digits });
  const judged = judge(budget, engineOf(runtime), figures);
  const rows = judged.map(({ path: name, value, must, aim, isMissed, isAbove }) => {
    const by = must === undefined ? '' : show(value - must);
    const verdict =
      must === undefined
        ? ''
        : isAbove
          ? `ABOVE by ${by}`
          : isMissed
            ? `missed by ${by}, as known`
            : 'within';
    return [name, show(value), show(must), show(aim), verdict];
  });
  const { name, nginxVersion, njsVersion, engine } = runtime;
  console.log(`\n${name} (nginx ${nginxVersion}, njs ${njsVersion}, ${engine} engine)`);
  console.log(aligned([[budget.unit, 'measured', 'budget', 'aim', ''], ...rows]));
  return judged.filter(({ isAbove }) => isAbove).map((one) => `${name}, ${part}: ${one.path}`);
}

/** Columns of a width of their own: the first and the last to the left, figures to the right. */
function aligned(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const isText = (column: number) => column === 0 || column === widths.length - 1;
  const cell = (text: string, column: number) =>
    isText(column) ? text.padEnd(widths[column]!) : text.padStart(widths[column]!);
  return rows.map((row) => `  ${row.map(cell).join('   ').trimEnd()}`).join('\n');
}

/** Says what is above the budget, and lets the command fail. */
export function endWith(above: string[]): void {
  if (above.length === 0) return;
  const name = path.relative(repositoryRoot, file);
  console.log(`\n${above.length} above the budget (${name}):\n${above.join('\n')}`);
  process.exitCode = 1;
}
