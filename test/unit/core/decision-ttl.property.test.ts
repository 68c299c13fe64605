import fc from 'fast-check';
import { keepingHeaders, ttlOf } from '../../../src/core/remote/decision-ttl';

const seconds = fc.integer({ min: 0, max: 86_400 });
const rules = fc.record({
  allowTtl: seconds,
  denyTtl: seconds,
  staleIfError: seconds,
  respectCacheControl: fc.boolean(),
});
const value = fc.oneof(
  fc.integer({ min: 0, max: 100_000 }).map(String),
  fc.constantFrom('', '0', '-1', 'x', '1.5', '99999999999', '"', '5=6', ' 7'),
);
const withValue = fc
  .tuple(
    fc.constantFrom('max-age', 's-maxage', 'stale-if-error', 'stale-while-revalidate', 'Max-Age', 'ext'),
    value,
    fc.boolean(),
  )
  .map(([name, text, isQuoted]) => `${name}=${isQuoted ? `"${text}"` : text}`);
const word = fc.constantFrom('public', 'no-transform', 'must-revalidate', 'immutable', 'no-store', 'private');
const noise = fc.string({ unit: 'binary', maxLength: 6 });
const directives = fc.array(fc.oneof({ weight: 4, arbitrary: withValue }, word, noise), { maxLength: 5 });
const age = fc.oneof(fc.constantFrom('', '0', 'x', '1, 2'), fc.integer({ min: 0, max: 200_000 }).map(String));
const verdict = fc.record({
  decision: fc.constantFrom('allow' as const, 'deny' as const, 'throttle' as const),
  reason: fc.constantFrom(
    'success_status' as const,
    'failure_status' as const,
    'other_status' as const,
    'request_refused' as const,
  ),
});
const question = fc.record({ rules, verdict, directives, age, status: fc.integer({ min: 0, max: 999 }) });
type Question = typeof question extends fc.Arbitrary<infer T> ? T : never;
const ttl = (asked: Question, cacheControl: string) =>
  ttlOf(asked.rules, asked.verdict, asked.status, { hasSetCookie: false, cacheControl, age: asked.age });
const runs = { numRuns: 3000 };

test('Cache-Control and Age never lengthen what the policy gives', () => {
  fc.assert(
    fc.property(question, (asked) => {
      const silent = ttl({ ...asked, age: '' }, '');
      const told = ttl(asked, asked.directives.join(','));
      expect(told.fresh).toBeLessThanOrEqual(silent.fresh);
      expect(told.stale).toBeLessThanOrEqual(silent.stale);
      expect(told.stale).toBeGreaterThanOrEqual(0);
      expect(Number.isInteger(told.fresh) && Number.isInteger(told.stale)).toBe(true);
      const { allowTtl, denyTtl, staleIfError } = asked.rules;
      const isAllowed = asked.verdict.decision === 'allow';
      expect(told.fresh).toBeLessThanOrEqual(isAllowed ? allowTtl : denyTtl);
      expect(told.stale).toBeLessThanOrEqual(isAllowed ? staleIfError : 0);
    }),
    runs,
  );
});

test('each further directive shortens or changes nothing', () => {
  const further = fc.oneof(withValue, word);
  fc.assert(
    fc.property(question, further, fc.nat(), (asked, one, at) => {
      const list = [...asked.directives];
      const before = ttl({ ...asked, age: '' }, list.join(', '));
      list.splice(at % (list.length + 1), 0, one);
      const after = ttl({ ...asked, age: '' }, list.join(', '));
      expect(after.fresh).toBeLessThanOrEqual(before.fresh);
      expect(after.stale).toBeLessThanOrEqual(before.stale);
    }),
    runs,
  );
});

test('an older answer is kept no longer', () => {
  fc.assert(
    fc.property(question, fc.nat(200_000), fc.nat(200_000), (asked, one, more) => {
      const text = asked.directives.join(',');
      const young = ttl({ ...asked, age: String(one) }, text);
      const old = ttl({ ...asked, age: String(one + more) }, text);
      expect(old.fresh).toBeLessThanOrEqual(young.fresh);
      expect(old.stale).toBeLessThanOrEqual(young.stale);
    }),
    runs,
  );
});

test('no-store is obeyed in any case, place and quotes', () => {
  const spelled = fc
    .tuple(
      fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
      fc.constantFrom('', ' ', '\t', '"'),
      fc.constantFrom('', ' ', '"', '=', '="x"', ';'),
    )
    .map(([cases, before, after]) => {
      const letters = [...'no-store'].map((char, i) => (cases[i] ? char.toUpperCase() : char));
      return before + letters.join('') + after;
    });
  fc.assert(
    fc.property(question, spelled, fc.nat(), (asked, text, at) => {
      const list = asked.directives.filter((one) => !one.includes('"'));
      list.splice(at % (list.length + 1), 0, text);
      const wanted = { ...asked, rules: { ...asked.rules, respectCacheControl: true } };
      expect(ttl(wanted, list.join(','))).toEqual({ fresh: 0, stale: 0 });
    }),
    runs,
  );
});

test('nginx serves a decision for its whole TTL and no longer, and as fresh for a second at least', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 86_400 }), fc.integer({ min: 0, max: 30 }), (fresh, renewal) => {
      const { cacheControl, expires } = keepingHeaders(fresh, renewal, 0);
      const maxAge = Number(/^@(\d+)$/.exec(expires)?.[1]);
      const overlap = Number(/^stale-while-revalidate=(\d+)$/.exec(cacheControl)?.[1]);
      // nginx keeps through the last second that it is told.
      expect(maxAge + overlap).toBe(fresh - 1);
      expect(maxAge).toBeGreaterThanOrEqual(1);
      expect(overlap).toBeLessThanOrEqual(renewal);
    }),
  );
});
