import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseAnswer } from '../../../demo/ask-edge.mjs';
import { compareAnswer, compareLog } from '../../../demo/check.mjs';
import { buildLines, formatCommand, formatLine } from '../../../demo/lines.mjs';

const lines = buildLines({ url: 'http://localhost:8080' });
const policy = JSON.parse(
  readFileSync(resolve(__dirname, '../../../demo/policies/localhost.json'), 'utf8'),
) as { remote_auth: { timeout_ms: number } };

describe('the lines to try', () => {
  test('show each decision and reason that the demo can cause', () => {
    expect(lines.map(({ log }) => log.split(' ').slice(0, 2).join(' '))).toEqual([
      'decision=allow reason=success_status',
      'decision=deny reason=failure_status',
      'decision=deny reason=timeout',
      'decision=deny reason=other_status',
      'decision=allow reason=out_of_scope',
      'decision=deny reason=failure_status',
      'decision=throttle reason=failure_status',
    ]);
  });

  test('expect no protected byte where the request is denied', () => {
    const denied = lines.filter(({ log }) => log.includes('decision=deny'));
    expect(denied.map(({ expected }) => [expected.status, expected.body])).toEqual(
      denied.map(() => [403, 'Access denied\n']),
    );
  });

  test("expect the timeout of the policy, well before the auth server's own 5 s", () => {
    const [least, most] = lines.find(({ log }) => log.includes('reason=timeout'))?.expected.ms ?? [0, 0];
    expect(least).toBeGreaterThanOrEqual(policy.remote_auth.timeout_ms - 10);
    expect(most).toBeLessThan(5000);
  });

  test('say what they show in one sentence each', () => {
    for (const { shows } of lines) expect(shows).toMatch(/^[A-Z].*\.$/);
  });

  test('are printed as commands that a shell takes as they are', () => {
    expect(formatLine(0, lines[0]!)).toBe(
      [
        '1. Allowed',
        "   curl -s -w '%{http_code} after %{time_total} s\\n' 'http://localhost:8080/hello.txt?token=let-me-in'",
        '   The auth server answered 200, so the edge serves the file.',
      ].join('\n'),
    );
    expect(formatCommand('echo', ["it's", 'a b', '$HOME', 'plain-1.txt', ''])).toBe(
      `echo 'it'\\''s' 'a b' '$HOME' plain-1.txt ''`,
    );
  });

  test.each(lines.map((line) => [line.name, line] as const))(
    'ask for the url: %s',
    (_name, { args, path }) => {
      expect(args.at(-1)).toBe(`http://localhost:8080${path}`);
      expect(args.includes('--path-as-is')).toBe(path.includes('/../'));
    },
  );
});

describe('what curl wrote', () => {
  test.each([
    ['a body', 'two\nlines\n200 after 0.012345 s\n', { body: 'two\nlines\n', status: 200, ms: 12 }],
    ['a body without an end of line', 'x403 after 1.0006 s\n', { body: 'x', status: 403, ms: 1001 }],
    ['no body', '200 after 2.5 s\n', { body: '', status: 200, ms: 2500 }],
    [
      'a body that looks like an answer',
      '200 after 1 s\n403 after 2 s\n',
      { body: '200 after 1 s\n', status: 403, ms: 2000 },
    ],
  ])('is read: %s', (_name, output, answer) => {
    expect(parseAnswer(output)).toEqual(answer);
  });
  test('is refused without a status', () => {
    expect(parseAnswer('curl: (7)')).toHaveProperty('problem', expect.stringContaining('"curl: (7)"'));
  });
});

describe('an answer', () => {
  const expected = { status: 200, body: 'yes\n', ms: [10, 20] as [number, number] };
  test.each([
    ['as expected', { status: 200, body: 'yes\n', ms: 10 }, []],
    ['at the last moment', { status: 200, body: 'yes\n', ms: 20 }, []],
    ['with another status', { status: 403, body: 'yes\n', ms: 10 }, ['expected status 200, received 403']],
    [
      'with another body',
      { status: 200, body: 'no\n', ms: 10 },
      ['expected the body "yes\\n", received "no\\n"'],
    ],
    ['too early', { status: 200, body: 'yes\n', ms: 9 }, ['expected 10 to 20 ms, received 9 ms']],
    ['too late', { status: 200, body: 'yes\n', ms: 21 }, ['expected 10 to 20 ms, received 21 ms']],
    ['that never came', { problem: 'curl ended with 7' }, ['curl ended with 7']],
  ])('%s', (_name, received, problems) => {
    expect(compareAnswer(expected, received)).toEqual(problems);
  });
});

describe('the access log', () => {
  const wanted = [
    { log: 'decision=allow reason=a auth_status=' },
    { log: 'decision=deny reason=b auth_status=403' },
  ];
  test.each([
    [
      'has each decision in order',
      ['x decision=allow reason=a auth_status= y', 'x decision=deny reason=b auth_status=403 y'],
      0,
    ],
    ['lacks a line', ['x decision=allow reason=a auth_status= y'], 1],
    [
      'has them in another order',
      ['x decision=deny reason=b auth_status=403 y', 'x decision=allow reason=a auth_status= y'],
      2,
    ],
    [
      'has a status where none was expected',
      ['x decision=allow reason=a auth_status=200 y', 'x decision=deny reason=b auth_status=403 y'],
      1,
    ],
  ])('%s', (_name, log, count) => {
    expect(compareLog(wanted, log)).toHaveLength(count);
  });
});
