/** The status table as rows of maps: what lets in by itself, what is steered, and which codes nginx judges at all. */
import fc from 'fast-check';
import { lookUp, type StatusTable } from '../../../src/core/remote/status-table';
import {
  allowed2xx,
  judgedCodes,
  opensBeyond2xx,
  plainRows,
  steerRows,
  tableHint,
  tableOf,
  verdictRows,
} from '../../../src/conf/remote/table';
import { parsePolicy, type RemoteAuth } from '../../../src/policy/policy';

/** The remote_auth of a policy with these fields; undefined if the policy is refused. */
function parsed(fields: object): RemoteAuth | undefined {
  const text = JSON.stringify({ remote_auth: { auth_server: 'http://auth.example.com', ...fields } });
  return parsePolicy(text, 'a.example.com.json').policy?.remoteAuth;
}
const auth = (fields: object): RemoteAuth => {
  const found = parsed(fields);
  if (!found) throw new Error(`refused: ${JSON.stringify(fields)}`);
  return found;
};

const policies: [name: string, fields: object][] = [
  ['the default', {}],
  ['codes', { success_status: [200, 206, 304], failure_status: [401, 403] }],
  ['a code that fails within a class', { success_status: ['2xx'], failure_status: [206, '4xx'] }],
  ['other statuses allowed', { success_status: [200], failure_status: [201, '4xx'], other_status: 'allow' }],
  ['a class beyond 2xx', { success_status: ['2xx', '3xx'], failure_status: ['4xx'] }],
  ['an interim class', { success_status: ['1xx', 200] }],
  [
    '2xx that throttles',
    { success_status: [200], failure_status: ['2xx'], failure_action: { throttle: '1k' } },
  ],
  ['a failure that throttles', { failure_status: ['4xx'], failure_action: { throttle: '1k' } }],
  ['2xx that fails', { success_status: [200], failure_status: ['2xx'] }],
];

const entry = fc.oneof(
  fc.constantFrom('1xx', '2xx', '3xx', '4xx', '5xx', '200', '201', '204', '206', '304', '401', '403', '416'),
  fc.integer({ min: 100, max: 599 }).map(String),
);
const generated = fc
  .record({
    success_status: fc.uniqueArray(entry, { minLength: 1, maxLength: 5 }),
    failed: fc.uniqueArray(entry, { maxLength: 5 }),
    other_status: fc.constantFrom('allow', 'deny'),
    failure_action: fc.constantFrom({ deny: 403 }, { throttle: '1k' }),
  })
  .map(({ failed, ...rest }) => ({
    ...rest,
    failure_status: failed.filter((name) => !rest.success_status.includes(name)),
  }));

/** As nginx writes a status. */
const textOf = (status: number): string => String(status).padStart(3, '0');

/** Reads rows as nginx reads a map: exact entries first, then patterns in their order. */
function readRows(rows: string, fallback: string): (status: number) => string {
  const plain = (word: string): string => word.replace(/^"(.*)"$/, '$1').replace(/\\(.)/g, '$1');
  const pairs = rows
    .split('\n')
    .filter(Boolean)
    .map((line): [key: string, value: string] => {
      const [, key, value] = /^("[^"]*"|\S+) +("[^"]*"|\S+);$/.exec(line) ?? [];
      if (key === undefined || value === undefined) throw new Error(`no row of a map: ${line}`);
      return [key.startsWith('"') ? plain(key) : key, plain(value)];
    });
  const keys = pairs.map(([key]) => key);
  if (new Set(keys).size !== keys.length) throw new Error(`nginx refuses a key that is there twice: ${rows}`);
  const exact = new Map(pairs);
  const patterns = pairs
    .filter(([key]) => key.startsWith('~'))
    .map(([key, value]): [pattern: RegExp, value: string] => [new RegExp(key.slice(1)), value]);
  return (status) => {
    const text = textOf(status);
    return exact.get(text) ?? patterns.find(([pattern]) => pattern.test(text))?.[1] ?? fallback;
  };
}

const everyStatus = Array.from({ length: 1000 }, (_none, status) => status);
/** nginx's auth_request lets these in, and no others. */
const letsIn = (status: number): boolean => status >= 200 && status < 300;

function expectSteered(table: StatusTable): void {
  const verdict = readRows(verdictRows(table), table.fallback);
  const steer = readRows(steerRows(table), '@edge_auth_deny');
  for (const status of everyStatus) {
    const said = verdict(status);
    if (said !== lookUp(table, textOf(status)))
      throw new Error(`${status}: the rows say ${said}, the table ${lookUp(table, textOf(status))}`);
    const expected = said.startsWith('deny ')
      ? '@edge_auth_deny'
      : letsIn(status) && said === 'allow success_status'
        ? ''
        : '@edge_auth_allow';
    if (steer(status) !== expected)
      throw new Error(`${status}: ${said}, steered to "${steer(status)}", not to "${expected}"`);
  }
}

describe('steering', () => {
  test.each(policies)('of %s: nothing passes by itself but a 2xx that succeeds', (_name, fields) => {
    expectSteered(tableOf(auth(fields)));
  });

  test('of any policy', () => {
    let accepted = 0;
    fc.assert(
      fc.property(generated, (fields) => {
        const found = parsed(fields);
        if (!found) return;
        accepted++;
        expectSteered(tableOf(found));
      }),
      { numRuns: 200 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  test('has a location for those that are let in, exactly where a row leads to it', () => {
    fc.assert(
      fc.property(generated, (fields) => {
        const found = parsed(fields);
        if (!found) return;
        const table = tableOf(found);
        expect(opensBeyond2xx(table)).toBe(steerRows(table).includes('@edge_auth_allow'));
      }),
      { numRuns: 500 },
    );
  });
});

test.each<[string, object, string]>([
  ['the default', {}, '2xx'],
  ['codes', { success_status: '200,206' }, '200_206'],
  ['other statuses allowed', { success_status: [200], other_status: 'allow' }, '200_else_allow'],
  ['a failure that throttles', { failure_action: { throttle: '1k' } }, '2xx_throttle'],
])('the word for %s', (_name, fields, hint) => {
  expect(tableHint(auth(fields))).toBe(hint);
});

describe('the 2xx that let in', () => {
  test.each(policies)('of %s are those whose verdict is no denial', (_name, fields) => {
    const table = tableOf(auth(fields));
    const allowed = allowed2xx(table);
    expect(allowed).toEqual(
      everyStatus.filter((status) => letsIn(status) && !lookUp(table, String(status)).startsWith('deny ')),
    );
  });

  test.each<[string, object, number]>([
    ['the default', {}, 100],
    ['one code', { success_status: [200] }, 1],
    ['no 2xx', { success_status: [304] }, 0],
    [
      'a failure among them that throttles',
      { failure_status: [206], failure_action: { throttle: '1k' } },
      100,
    ],
    ['a failure among them', { failure_status: [206] }, 99],
  ])('of %s are as many as the policy lets in', (_name, fields, count) => {
    expect(allowed2xx(tableOf(auth(fields)))).toHaveLength(count);
  });
});

test('what needs no look at the header of an answer is a plain 2xx', () => {
  fc.assert(
    fc.property(generated, (fields) => {
      const found = parsed(fields);
      if (!found) return;
      const plain = readRows(plainRows(tableOf(found)), 'none');
      const isPlain = (status: number): boolean =>
        [200, 204].includes(status) && lookUp(tableOf(found), String(status)) === 'allow success_status';
      expect(everyStatus.filter((status) => plain(status) === 'allow success_status')).toEqual(
        everyStatus.filter(isPlain),
      );
      expect(new Set(everyStatus.map(plain))).toEqual(
        new Set(everyStatus.map((status) => (isPlain(status) ? 'allow success_status' : 'none'))),
      );
    }),
    { numRuns: 200 },
  );
});

describe('the codes that the edge judges', () => {
  /** The codes of the error_page lines. */
  const codesOf = (lines: string): number[] =>
    lines.split('\n').flatMap((line) => {
      const [, codes] = /^error_page ((?:\d{3} )+)= @edge_auth_judge;$/.exec(line) ?? [];
      if (codes === undefined) throw new Error(`no error_page line: ${line}`);
      return codes.trim().split(' ').map(Number);
    });
  const named = { success_status: ['2xx', 333, 599], failure_status: [433, 577, 408, '5xx'] };
  /** nginx ends the connection on 444, refuses 499, and hangs up on 408. */
  const unlisted = [408, 444, 499];

  test('are all from 300 to 599 on an edge with a hundred domains, but those that nginx does not take', () => {
    const every = everyStatus.filter((status) => status >= 300 && status < 600 && !unlisted.includes(status));
    for (const domains of [1, 100]) expect(codesOf(judgedCodes(auth({}), domains))).toEqual(every);
  });

  test('are the usual ones and those that the policy names, on an edge with more', () => {
    const usual = codesOf(judgedCodes(auth({}), 101));
    expect(usual.length).toBeLessThan(80);
    expect(usual).toEqual(
      expect.arrayContaining([301, 302, 304, 400, 401, 403, 404, 429, 500, 502, 503, 504]),
    );
    const more = codesOf(judgedCodes(auth(named), 101));
    expect(more.filter((code) => !usual.includes(code))).toEqual([333, 433, 577]);
    expect(usual.filter((code) => !more.includes(code))).toEqual([]);
    for (const code of unlisted) expect(more).not.toContain(code);
  });

  test.each([1, 101])(
    'stand once, in order, and in lines of one hundred and 20 codes at most, for %i domains',
    (domains) => {
      const lines = judgedCodes(auth(named), domains);
      const codes = codesOf(lines);
      expect(codes).toEqual([...new Set(codes)].sort((a, b) => a - b));
      for (const line of lines.split('\n')) {
        const ofLine = codesOf(line);
        expect(ofLine.length).toBeLessThanOrEqual(20);
        expect(new Set(ofLine.map((code) => Math.floor(code / 100))).size).toBe(1);
      }
    },
  );

  test.each([1, 101])('hold each code from 300 on that the policy names, for %i domains', (domains) => {
    fc.assert(
      fc.property(generated, (fields) => {
        const found = parsed(fields);
        if (!found) return;
        const codes = codesOf(judgedCodes(found, domains));
        const wanted = [...found.successStatus, ...found.failureStatus]
          .filter((code) => /^[345]\d\d$/.test(code))
          .map(Number)
          .filter((code) => !unlisted.includes(code));
        expect(wanted.filter((code) => !codes.includes(code))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
