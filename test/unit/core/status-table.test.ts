/** The status table, which nginx reads as a map, says of each status what `judge` says, and denies what no server sends. */
import fc from 'fast-check';
import {
  lookUp,
  type StatusLists,
  type StatusTable,
  statusTable,
} from '../../../src/core/remote/status-table';
import { parsePolicy } from '../../../src/policy/policy';
import { clientFaults, judge, rulesLine } from '../../../src/core/remote/verdict';
import verdicts from '../../vectors/verdict.json';

const statuses = Array.from({ length: 500 }, (_none, i) => 100 + i);
const classes = ['1xx', '2xx', '3xx', '4xx', '5xx'];

/** What `judge` reads of the same policy. */
const lineOf = ({ success, failure, other, failureAction }: StatusLists): string =>
  rulesLine({ success: success.join(' '), failure: failure.join(' '), other, failureAction });

const code = fc.oneof(
  fc.integer({ min: 100, max: 599 }).map(String),
  fc.constantFrom('200', '204', '206', '299', '301', '302', '401', '403', '404', '500', '503'),
  fc.constantFrom(...clientFaults.trim().split(' ')),
);
const entry = fc.oneof(code, fc.constantFrom(...classes));

/** As the policy takes them: each entry once, and none in both lists. */
const lists: fc.Arbitrary<StatusLists> = fc
  .record({
    entries: fc.uniqueArray(fc.tuple(entry, fc.boolean()), { selector: ([name]) => name, maxLength: 10 }),
    other: fc.constantFrom('allow' as const, 'deny' as const),
    failureAction: fc.constantFrom('deny' as const, 'throttle' as const),
  })
  .map(({ entries, ...rest }) => ({
    success: entries.filter(([, succeeds]) => succeeds).map(([name]) => name),
    failure: entries.filter(([, succeeds]) => !succeeds).map(([name]) => name),
    ...rest,
  }));

/** Every status of which the two differ, with what each says. */
const differences = (given: StatusLists): string[] => {
  const table = statusTable(given);
  const line = lineOf(given);
  return statuses.flatMap((status) => {
    const [said, judged] = [lookUp(table, String(status)), judge(line, status)];
    return said === judged ? [] : [`${status}: the table says ${said}, judge says ${judged}`];
  });
};

test('the table says what judge says, of every status from 100 to 599', () => {
  fc.assert(
    fc.property(lists, (given) => {
      expect(differences(given)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

describe.each(['allow', 'deny'] as const)('with other statuses: %s', (other) => {
  test.each(['deny', 'throttle'] as const)(
    'each pair of lists of one entry, failure: %s',
    (failureAction) => {
      const entries = ['200', '204', '304', '403', '404', ...classes];
      for (const success of entries)
        for (const failure of [undefined, ...entries.filter((name) => name !== success)])
          expect(
            differences({ success: [success], failure: failure ? [failure] : [], other, failureAction }),
          ).toEqual([]);
    },
  );
});

describe('the vectors', () => {
  const entriesOf = (text: string): string[] => text.split(' ').filter(Boolean);
  const valid = verdicts
    .filter(({ reason }) => reason !== 'policy_invalid')
    .map(({ rules, ...rest }) => ({
      ...rest,
      success: entriesOf(rules.success),
      failure: entriesOf(rules.failure),
      other: rules.other as StatusLists['other'],
      failureAction: rules.failureAction as StatusLists['failureAction'],
    }));
  const isInBoth = ({ success, failure }: StatusLists): boolean =>
    success.some((name) => failure.includes(name));

  test.each(valid.filter((vector) => !isInBoth(vector)))('$name', (vector) => {
    const { status, decision, reason } = vector;
    expect(lookUp(statusTable(vector), String(status))).toBe(`${decision} ${reason}`);
  });

  test.each(valid.filter(isInBoth))('"$name" is refused as a policy, so no table is made of it', (vector) => {
    const { success, failure } = vector;
    const remote_auth = {
      auth_server: 'http://auth.example.com',
      success_status: success,
      failure_status: failure,
    };
    const { policy, issues } = parsePolicy(JSON.stringify({ remote_auth }), 'a.example.com.json');
    expect(policy).toBeUndefined();
    expect(JSON.stringify(issues)).toContain('no entry that is also in success_status');
  });

  test('are more than the broken policies', () => {
    expect(valid.filter((vector) => !isInBoth(vector)).length).toBeGreaterThan(20);
  });
});

/** As nginx writes what is no status: bytes that are not HTTP are 009, and no answer is empty. */
const impossible = [
  '',
  '0',
  '000',
  '9',
  '009',
  '99',
  '099',
  '600',
  '999',
  '1000',
  '2000',
  '20',
  '20x',
  '-200',
  ' 200',
];

test.each(impossible)('%j denies, whatever the policy says', (status) => {
  fc.assert(
    fc.property(lists, (given) => {
      expect(lookUp(statusTable(given), status)).toMatch(/^deny /);
    }),
    { numRuns: 200 },
  );
});

describe('the rows', () => {
  const widest: StatusLists = {
    success: ['2xx'],
    failure: ['4xx'],
    other: 'allow',
    failureAction: 'throttle',
  };

  test('are such that nginx takes the map: no row twice, codes before patterns', () => {
    fc.assert(
      fc.property(lists, (given) => {
        const rows = statusTable(given).rows.map(({ status }) => status);
        expect(rows.filter((status, i) => rows.indexOf(status) !== i)).toEqual([]);
        const isPattern = rows.map((status) => status.startsWith('~'));
        expect(isPattern).toEqual([...isPattern].sort((a, b) => Number(a) - Number(b)));
        for (const status of rows) expect(status).toMatch(/^(?:[1-5]\d\d|~\^(?:[1-5]|\[2-5\])\\d\\d\$)$/);
      }),
      { numRuns: 500 },
    );
  });

  test('and the fallback name verdicts that are known, and the fallback denies', () => {
    fc.assert(
      fc.property(lists, (given) => {
        const table: StatusTable = statusTable(given);
        expect(table.fallback).toBe('deny other_status');
        for (const { verdict } of table.rows)
          expect([
            'allow success_status',
            'allow other_status',
            'deny failure_status',
            'throttle failure_status',
            'deny request_refused',
          ]).toContain(verdict);
      }),
    );
  });

  test.each<[string, Partial<StatusLists>, string, string]>([
    ['200 needs no pattern where every 2xx succeeds', {}, '200', 'allow success_status'],
    ['a code that is listed wins over its class', { failure: ['206'] }, '206', 'throttle failure_status'],
    [
      'a code that succeeds wins over a class that fails',
      { success: ['404'] },
      '404',
      'allow success_status',
    ],
    ['what a client may provoke is refused', { failure: [] }, '416', 'deny request_refused'],
    ['it fails where its class is listed', {}, '416', 'throttle failure_status'],
    ['it succeeds where it is listed', { success: ['416'] }, '416', 'allow success_status'],
    ['an interim answer is none', {}, '100', 'deny other_status'],
    ['an interim answer that is listed succeeds', { success: ['1xx'] }, '100', 'allow success_status'],
  ])('%s', (_name, changed, status, verdict) => {
    expect(lookUp(statusTable({ ...widest, ...changed }), status)).toBe(verdict);
  });

  test('200 and 204 are rows of their own only where every 2xx succeeds and neither is listed', () => {
    const codes = (success: string[], failure: string[] = []) =>
      statusTable({ success, failure, other: 'deny', failureAction: 'deny' }).rows.map(
        ({ status }) => status,
      );
    expect(codes(['2xx'])).toEqual(['200', '204', '~^2\\d\\d$']);
    expect(codes(['2xx'], ['204'])).toEqual(['204', '200', '~^2\\d\\d$']);
    expect(codes(['206'])).toEqual(['206']);
  });
});
