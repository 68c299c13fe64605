import { keepingHeaders, ttlOf, type TtlRules } from '../../../src/core/remote/decision-ttl';
import type { Decision, StatusReason } from '../../../src/core/remote/verdict';

const rules: TtlRules = { allowTtl: 60, denyTtl: 5, staleIfError: 600, respectCacheControl: true };
const silent = { hasSetCookie: false, cacheControl: '', age: '' };
const allowed = { decision: 'allow', reason: 'success_status' } as const;
const denied = { decision: 'deny', reason: 'failure_status' } as const;
const kept = { fresh: 60, stale: 600 };
const not = { fresh: 0, stale: 0 };

const ttlWith = (cacheControl: string, age = '', given: Partial<TtlRules> = {}) =>
  ttlOf({ ...rules, ...given }, allowed, 200, { ...silent, cacheControl, age });

describe('by the decision', () => {
  test.each<[string, Decision, StatusReason, number, object]>([
    ['an allowed one', 'allow', 'success_status', 200, kept],
    ['one allowed by other_status', 'allow', 'other_status', 302, kept],
    ['a denied one', 'deny', 'failure_status', 403, { fresh: 5, stale: 0 }],
    ['one denied by other_status', 'deny', 'other_status', 404, { fresh: 5, stale: 0 }],
    ['a throttled one', 'throttle', 'failure_status', 401, { fresh: 5, stale: 0 }],
    ['one that blames the request', 'deny', 'request_refused', 200, not],
    ['that of a broken policy', 'deny', 'policy_invalid', 200, not],
    ['one that only this request got', 'deny', 'repeated_header' as StatusReason, 200, not],
    ['one that an exception made', 'deny', 'error' as StatusReason, 200, not],
    ['the last before an error', 'allow', 'stale_if_error' as StatusReason, 200, not],
    ['none', '' as Decision, '' as StatusReason, 200, not],
  ])('%s', (_name, decision, reason, status, ttl) => {
    expect(ttlOf(rules, { decision, reason }, status, silent)).toEqual(ttl);
  });
});

describe('by the status', () => {
  const lasting = [200, 204, 206, 299, 301, 302, 399, 401, 402, 403, 404, 407, 409, 410, 418, 423, 451, 499];
  const passing = [
    304, 400, 405, 406, 408, 411, 412, 413, 414, 415, 416, 417, 421, 422, 425, 426, 428, 429, 431, 494,
  ];
  test.each(lasting)('%i is kept', (status) => {
    expect(ttlOf(rules, allowed, status, silent)).toEqual(kept);
    expect(ttlOf(rules, denied, status, silent).fresh).toBe(5);
  });
  test.each([...passing, 0, 9, 100, 101, 199, 500, 501, 502, 503, 504, 505, 511, 599])(
    '%i is not kept, whatever the lists say of it',
    (status) => {
      expect(ttlOf(rules, allowed, status, silent)).toEqual(not);
      expect(ttlOf(rules, denied, status, silent)).toEqual(not);
    },
  );
});

describe('Cache-Control that keeps nothing', () => {
  test.each([
    'no-store',
    'No-Store',
    'NO-STORE, max-age=60',
    'max-age=60,no-store',
    ' \tno-store\t',
    'no-store,',
    ',no-store',
    'no-store="x"',
    'no-store=1',
    'no-store no-transform',
    'public;no-store',
    '"no-store"',
    'max-age=60, max-age=60, no-store',
    'ext="a, no-store"',
    'no-cache',
    'no-cache="Set-Cookie"',
    'private',
    'Private="X-Token"',
    'max-age=0',
    'max-age="0"',
    's-maxage=0, max-age=60',
    'max-age=0, s-maxage=60',
  ])('%j', (cacheControl) => {
    expect(ttlWith(cacheControl).fresh).toBe(0);
    expect(ttlWith(cacheControl, '', { respectCacheControl: false })).toEqual(kept);
  });

  test.each(['no-store', 'no-cache', 'private'])('%s also ends stale_if_error', (word) => {
    expect(ttlWith(word)).toEqual(not);
  });

  test.each(['x-no-store', 'no-storehouse', 'ext=no-store', 'privately', 'nostore'])(
    '%j is another directive',
    (cacheControl) => {
      expect(ttlWith(cacheControl)).toEqual(kept);
    },
  );
});

describe('what is left of max-age', () => {
  test.each<[string, string, number]>([
    ['max-age=30', '', 30],
    ['MAX-AGE=30', '', 30],
    ['max-age="30"', '', 30],
    ['max-age = 30', '', 30],
    ['max-age=30', '10', 20],
    ['max-age=30', '29', 1],
    ['max-age=30', '30', 0],
    ['max-age=30', '9999999999', 0],
    ['max-age=30', '-1', 0],
    ['max-age=30', '1, 2', 0],
    ['max-age=30', 'soon', 0],
    ['max-age=3600', '', 60],
    ['max-age=9999999999', '9999999990', 9],
    ['public, max-age=3600', '3590', 10],
    ['public', '10', 60],
    ['max-age=50, max-age=20', '', 20],
    ['max-age=20, max-age=50', '', 20],
    ['s-maxage=20, max-age=50', '', 20],
    ['s-maxage=50, max-age=20', '', 20],
    ['max-age', '', 0],
    ['max-age=', '', 0],
    ['max-age=x', '', 0],
    ['max-age=-5', '', 0],
    ['max-age=1.5', '', 0],
    ['max-age=+5', '', 0],
    ['max-age=30;', '', 0],
    ['max-age=30=40', '', 0],
    ['max-age=99999999999', '', 0],
    ['max-age="30', '', 0],
    ['ext="a,max-age=5"', '', 0],
    ['x-max-age=5', '', 60],
  ])('%j with Age %j: %i', (cacheControl, age, fresh) => {
    expect(ttlWith(cacheControl, age).fresh).toBe(fresh);
  });

  test('Age means nothing without Cache-Control', () => {
    expect(ttlWith('', '1000')).toEqual(kept);
  });

  test('a policy that keeps none of its kind still says so', () => {
    expect(ttlWith('max-age=30', '', { allowTtl: 0 }).fresh).toBe(0);
    expect(ttlWith('max-age=30', '30', { allowTtl: 0 }).fresh).toBe(0);
  });

  test('a denial is shortened, too, and never stale', () => {
    const headers = { ...silent, cacheControl: 'max-age=2, stale-if-error=100' };
    expect(ttlOf(rules, denied, 403, headers)).toEqual({ fresh: 2, stale: 0 });
  });
});

describe('stale_if_error', () => {
  test.each<[string, string, number]>([
    ['stale-if-error=30', '', 30],
    ['stale-if-error=3000', '', 600],
    ['stale-if-error="30"', '', 30],
    ['stale-if-error', '', 0],
    ['stale-if-error=30, stale-if-error=20', '', 20],
    ['must-revalidate', '', 0],
    ['Must-Revalidate, stale-if-error=30', '', 0],
    ['proxy-revalidate', '', 0],
    ['max-age=30', '', 600],
    ['max-age=30', '30', 600],
    ['max-age=30', '130', 500],
    ['max-age=30, stale-if-error=50', '70', 10],
    ['max-age=30', '630', 0],
    ['max-age=30', 'soon', 0],
    // RFC 5861 section 4.1, the example.
    ['max-age=600, stale-if-error=1200', '', 600],
  ])('%j with Age %j: %i s', (cacheControl, age, stale) => {
    expect(ttlWith(cacheControl, age).stale).toBe(stale);
  });
});

test.each(['', 'public, max-age=60'])('an answer with Set-Cookie is for one client (%j)', (cacheControl) => {
  for (const respectCacheControl of [true, false]) {
    const headers = { ...silent, cacheControl, hasSetCookie: true };
    expect(ttlOf({ ...rules, respectCacheControl }, allowed, 200, headers)).toEqual(not);
  }
});

describe('the header for nginx', () => {
  test.each<[number, number, string, string, string]>([
    [0, 1, '', '@1', ''],
    [1, 1, '', '@1700000000', '1700000000'],
    [2, 1, 'stale-while-revalidate=0', '@1700000001', '1700000001'],
    [3, 1, 'stale-while-revalidate=1', '@1700000001', '1700000002'],
    [60, 1, 'stale-while-revalidate=1', '@1700000058', '1700000059'],
    [60, 30, 'stale-while-revalidate=30', '@1700000029', '1700000059'],
    [60, 0, 'stale-while-revalidate=0', '@1700000059', '1700000059'],
  ])('%i s of which %i for asking anew: %j, %j, until %j', (fresh, renewal, cacheControl, expires, until) => {
    expect(keepingHeaders(fresh, renewal, 1_700_000_000.9)).toEqual({ cacheControl, expires, until });
  });
});
