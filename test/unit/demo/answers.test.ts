import { parseAnswer } from '../../../demo/ask-edge.mjs';
import { compareAnswer } from '../../../demo/check.mjs';

describe('what curl wrote', () => {
  test.each([
    ['a body', 'two\nlines\n200 after 0.012345 s\n', { body: 'two\nlines\n', status: 200, ms: 12 }],
    ['a body without an end of line', 'x403 after 1.0006 s\n', { body: 'x', status: 403, ms: 1001 }],
    ['no body', '200 after 2.5 s\n', { body: '', status: 200, ms: 2500 }],
    ['no time', 'Access denied\n403\n', { body: 'Access denied\n', status: 403, ms: undefined }],
    ['a body of digits without a time', '1200403\n', { body: '1200', status: 403, ms: undefined }],
    ['a body in a file', '200 1048576 bytes after 2 s\n', { body: '', status: 200, ms: 2000 }],
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

  test.each([
    ['has all its bytes', 'yes\n', 0],
    ['ended early', 'ye', 2],
    ['has more than its bytes', 'yes\nyes\n', 1],
    ['has as many, and other ones', 'yeah', 1],
  ])('whose body is known to the byte: %s', (_name, body, count) => {
    const received = { status: 200, body, ms: undefined };
    expect(compareAnswer({ status: 200, body: 'yes\n', bytes: 4 }, received)).toHaveLength(count);
  });

  test('at any time, where no time is expected', () => {
    const untimed = { status: 403, body: 'no\n' };
    expect(compareAnswer(untimed, { status: 403, body: 'no\n', ms: undefined })).toEqual([]);
    expect(compareAnswer(untimed, { status: 200, body: 'no\n', ms: undefined })).toHaveLength(1);
  });
});
