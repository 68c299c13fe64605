/** The bench's budget: what is above it, for which engine, and that its file names what the bench measures. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { liveRows, rows } from '../../bench/instructions/rows';
import { type Budget, type EngineName, judge } from '../../bench/judge';

const budget: Budget = {
  unit: 'instructions',
  digits: 0,
  tolerance: 150,
  factor: { 'njs-0.7': 1.3 },
  paths: {
    'one limit': { must: 1000 },
    'a limit each': { must: { njs: 1000, qjs: 2000 } },
    missed: { must: 1000, known: 3000 },
    'no longer missed': { must: 1000, known: 900 },
    printed: {},
  },
};

it.each<[string, string, EngineName, number, boolean]>([
  ['accepts the limit and the tolerance', 'one limit', 'njs', 1150, false],
  ['is above one past the tolerance', 'one limit', 'njs', 1151, true],
  ['holds QuickJS to the same limit', 'one limit', 'qjs', 1151, true],
  ['gives njs 0.7 its factor', 'one limit', 'njs-0.7', 1450, false],
  ['is above one past the factor', 'one limit', 'njs-0.7', 1451, true],
  ['takes the limit of the engine', 'a limit each', 'qjs', 2150, false],
  ['is above the limit of the engine', 'a limit each', 'qjs', 2151, true],
  ['gives a limit of its own no factor', 'a limit each', 'njs', 1151, true],
  ['only prints a path without a limit', 'printed', 'njs', 1e9, false],
  ['goes by what is known of a path that misses its limit', 'missed', 'njs', 3180, false],
  ['is above one past what is known', 'missed', 'njs', 3181, true],
  ['is above what is known where nothing was measured', 'missed', 'njs', NaN, true],
  ['never goes below the limit', 'no longer missed', 'njs', 1150, false],
  ['is above where nothing was measured', 'one limit', 'njs', NaN, true],
])('%s', (_, name, engine, value, isAbove) => {
  expect(judge(budget, engine, [{ path: name, value }])[0]!.isAbove).toBe(isAbove);
});

it.each([
  ['one limit', 1150, false],
  ['missed', 1151, true],
  ['missed', 1150, false],
  ['printed', 1e9, false],
])('says of %s at %d whether the limit is missed: %s', (name, value, isMissed) => {
  expect(judge(budget, 'njs', [{ path: name, value }])[0]!.isMissed).toBe(isMissed);
});

it('throws for a path that it does not know', () => {
  expect(() => judge(budget, 'njs', [{ path: 'other', value: 0 }])).toThrow('received "other"');
});

it('has a limit for each path whose instructions are counted, and no other path', () => {
  const file = path.join(__dirname, '../../bench/instructions/budget.json');
  const { instructions } = JSON.parse(readFileSync(file, 'utf8')) as { instructions: Budget };
  const limited = Object.entries(instructions.paths).filter(([, { must }]) => must !== undefined);
  const measured = [...rows, ...liveRows].map((row) => row.path);
  expect(limited.map(([name]) => name).sort()).toEqual(measured.sort());
});
