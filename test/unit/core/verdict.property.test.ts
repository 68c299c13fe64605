import fc from 'fast-check';
import { type StatusRules, verdictForStatus } from '../../../src/core/remote/verdict';

const status = fc.integer({ min: 100, max: 599 });
const entry = fc.oneof(status.map(String), fc.constantFrom('1xx', '2xx', '3xx', '4xx', '5xx'));
const list = (minLength: number) => fc.array(entry, { minLength, maxLength: 5 });
const holds = (entries: string[], code: number) => ({
  exactly: entries.includes(String(code)),
  byClass: entries.includes(`${Math.floor(code / 100)}xx`),
});
const rulesOf = (
  success: string[],
  failure: string[],
  other: string,
  failureAction: string,
): StatusRules => ({
  success: success.join(' '),
  failure: failure.join(' '),
  other,
  failureAction,
});
const action = fc.constantFrom('deny', 'throttle');
const other = fc.constantFrom('allow', 'deny');
/** Statuses near the listed ones, so that hits are not rare. */
const codeFor = (lists: string[][]) =>
  fc.oneof(status, fc.constantFrom(...lists.flat().map((text) => Number(text.replace('xx', '07')))));
const question = fc
  .tuple(list(1), list(0), other, action)
  .chain(([success, failure, otherStatus, failureAction]) =>
    fc.record({
      success: fc.constant(success),
      failure: fc.constant(failure),
      code: codeFor([success, failure]),
      rules: fc.constant(rulesOf(success, failure, otherStatus, failureAction)),
    }),
  );

test('with other codes denied, nothing outside success is allowed', () => {
  fc.assert(
    fc.property(question, ({ success, code, rules }) => {
      const { exactly, byClass } = holds(success, code);
      const { decision } = verdictForStatus({ ...rules, other: 'deny' }, code);
      if (!exactly && !byClass) expect(decision).not.toBe('allow');
    }),
    { numRuns: 2000 },
  );
});

test('failure beats an equal success', () => {
  fc.assert(
    fc.property(question, ({ success, failure, code, rules }) => {
      const good = holds(success, code);
      const bad = holds(failure, code);
      fc.pre(bad.exactly || (bad.byClass && !good.exactly));
      expect(verdictForStatus(rules, code)).toEqual({
        decision: rules.failureAction,
        reason: 'failure_status',
      });
    }),
    { numRuns: 2000 },
  );
});

test('a success that no failure equals is allowed', () => {
  fc.assert(
    fc.property(question, ({ success, failure, code, rules }) => {
      const good = holds(success, code);
      const bad = holds(failure, code);
      fc.pre((good.exactly && !bad.exactly) || (good.byClass && !bad.exactly && !bad.byClass));
      expect(verdictForStatus(rules, code)).toEqual({ decision: 'allow', reason: 'success_status' });
    }),
    { numRuns: 2000 },
  );
});

test('order and repetitions of a list change nothing', () => {
  fc.assert(
    fc.property(question, ({ success, failure, code, rules }) => {
      const turned = {
        ...rules,
        success: [...success, ...success].reverse().join(' '),
        failure: [...failure].reverse().join(' '),
      };
      expect(verdictForStatus(turned, code)).toEqual(verdictForStatus(rules, code));
    }),
  );
});

/** A second reading of the rules, without the regular expression of the first. */
function isWellFormed(rules: StatusRules): boolean {
  const allowed = new Set(['1xx', '2xx', '3xx', '4xx', '5xx']);
  for (let code = 100; code < 600; code++) allowed.add(String(code));
  const isList = (text: string) => text.split(' ').every((item) => allowed.has(item));
  return (
    isList(rules.success) &&
    (rules.failure === '' || isList(rules.failure)) &&
    ['allow', 'deny'].includes(rules.other) &&
    ['deny', 'throttle'].includes(rules.failureAction)
  );
}

test('broken rules deny everything, and well-formed ones are never called broken', () => {
  const text = fc.oneof(
    list(0).map((entries) => entries.join(' ')),
    fc.string({
      unit: fc.constantFrom('2', '0', 'x', 'X', ' ', '\n', ',', '\0', '٢', '6', '*'),
      maxLength: 8,
    }),
    fc.string(),
  );
  const word = fc.oneof(fc.constantFrom('allow', 'deny', 'throttle', '', 'Allow', 'allow '), fc.string());
  const rules = fc.record({ success: text, failure: text, other: word, failureAction: word });
  fc.assert(
    fc.property(rules, status, (any, code) => {
      const verdict = verdictForStatus(any, code);
      if (isWellFormed(any)) expect(verdict.reason).not.toBe('policy_invalid');
      else expect(verdict).toEqual({ decision: 'deny', reason: 'policy_invalid' });
    }),
    { numRuns: 3000 },
  );
});
