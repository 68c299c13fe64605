// No target makes the rules slow: a pattern that backtracks would take minutes on what here takes milliseconds.
import { matchForm } from '../../../../src/core/signing/form';
import { roundabout } from '../../../../src/core/scope';
import { longTargets } from '../../../integration/signing-attacks/long-targets';
import { kinds } from './rules';

/** The fastest of three, so that a busy machine does not count. */
function msOf(run: () => void): number {
  const all = [0, 1, 2].map(() => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return Math.min(...all);
}

test.each(longTargets)('%s: 32 KB are tried within 100 ms by the rules of every type', (_name, target) => {
  for (const { rules, name } of kinds) {
    const ms = msOf(() => matchForm(rules, target));
    expect({ name, isFast: ms < 100 }).toEqual({ name, isFast: true });
  }
  expect(msOf(() => new RegExp(roundabout).test(target))).toBeLessThan(100);
});
