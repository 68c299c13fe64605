// The tables of test/vectors. test/integration/vectors replays the same ones inside nginx.
import { servedUri } from '../../../src/core/served-path';
import { buildTarget } from '../../../src/core/remote/target';
import { verdictForStatus } from '../../../src/core/remote/verdict';
import servedUris from '../../vectors/served-uri.json';
import targets from '../../vectors/target.json';
import verdicts from '../../vectors/verdict.json';

describe('verdictForStatus', () => {
  test.each(verdicts)('$name', ({ rules, status, decision, reason }) => {
    expect(verdictForStatus(rules, status)).toEqual({ decision, reason });
  });
});

describe('servedUri', () => {
  test.each(servedUris)('$name', ({ raw, told }) => {
    expect(servedUri(raw)).toBe(told);
  });
});

describe('buildTarget', () => {
  test.each(targets)('$name', ({ rules, target, variables, told }) => {
    const values = variables as Record<string, string>;
    expect(buildTarget(rules, target, (name) => values[name] ?? '')).toBe(told);
  });
});

test.each([verdicts, servedUris, targets])('no two sentences of a table are the same', (...table) => {
  const names = table.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
