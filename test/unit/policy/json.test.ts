import { formatIssue, parsePolicy } from '../../../src/policy/policy';
import { FILE, issuesOf } from './reading';

function lines(text: string): string[] {
  return issuesOf(text).map((issue) => formatIssue(issue).replace(FILE + ': ', ''));
}

const property = 'expected a property name in double quotes';

describe('text that is not strict JSON', () => {
  test.each([
    ['an empty file', '', 'expected a JSON object, received the end of the file at line 1, column 1'],
    ['a blank file', ' \n ', 'expected a JSON object, received the end of the file at line 2, column 2'],
    [
      'a byte order mark',
      '\uFEFF{}',
      'expected JSON in UTF-8 without a byte order mark, received a byte order mark',
    ],
    ['an open brace alone', '{', `${property}, or "}", received the end of the file at line 1, column 2`],
    [
      'a file cut after a value',
      '{"a":1',
      'expected "," or "}", received the end of the file at line 1, column 7',
    ],
    ['a file cut in a list', '[1,\n', 'expected a value, received the end of the file at line 2, column 1'],
    ['a trailing comma', '{\n"a":1,\n}', `${property}, received "}" at line 3, column 1`],
    ['a missing colon', '{"a" 1}', 'expected ":", received "1" at line 1, column 6'],
    ['a missing comma', '[1 2]', 'expected "," or "]", received "2" at line 1, column 4'],
    ['single quotes', "{'a':1}", `${property}, or "}", received "'" at line 1, column 2`],
    ['a comment', '{} // x', 'expected the end of the file, received "/" at line 1, column 4'],
    ['a second value', '{} {}', 'expected the end of the file, received "{" at line 1, column 4'],
    ['a bare word', '{"a":tru}', 'expected a value, received "t" at line 1, column 6'],
    [
      'an open string',
      '{"a":"b',
      'expected the rest of a string or number as JSON writes it, received the end of the file at line 1, column 8',
    ],
    [
      'a raw newline in a string',
      '{"a":"b\nc"}',
      'expected control characters in strings written as \\n or \\u00XX, received a raw one at line 1, column 6',
    ],
  ])('%s', (_name, text, line) => {
    expect(lines(text)).toEqual([line]);
  });
});

const pair = 'expected both halves of a surrogate pair, received one';
const short =
  'expected a number of at most 15 digits, 6 of them after the point, without an exponent, received';
const rest = 'expected the rest of a string or number as JSON writes it';

describe("what an engine's own JSON.parse may take, or read otherwise than another's", () => {
  test.each([
    ['a leading zero', '[01]', 'expected "," or "]", received "1" at line 1, column 3'],
    ['a final point', '[1.]', 'expected "," or "]", received "." at line 1, column 3'],
    ['a leading point', '[.5]', 'expected a value, or "]", received "." at line 1, column 2'],
    ['a plus', '[+1]', 'expected a value, or "]", received "+" at line 1, column 2'],
    ['a minus alone', '[-]', `${rest}, received "-" at line 1, column 2`],
    ['an empty exponent', '[1e]', 'expected "," or "]", received "e" at line 1, column 3'],
    ['an exponent', '{"a":1e3}', `/a: ${short} 1e3 at line 1, column 6`],
    ['16 digits', '[0,1234567890123456]', `/1: ${short} 1234567890123456 at line 1, column 4`],
    ['seven digits after the point', '[0.0000001]', `/0: ${short} 0.0000001 at line 1, column 2`],
    ['an unknown escape', '["\\x"]', `${rest}, received "\\\\" at line 1, column 3`],
    ['an escape of three digits', '["\\u12g4"]', `${rest}, received "\\\\" at line 1, column 3`],
    ['half a pair in a value', '{"a":["\\ud800"]}', `/a/0: ${pair} at line 1, column 7`],
    ['the other half', '{"a":"\\udc00\\ud800"}', `/a: ${pair} at line 1, column 6`],
    ['two first halves', '{"a":"\\ud83d\\ud83d\\ude00"}', `/a: ${pair} at line 1, column 6`],
    ['half a pair in a name', '{"b":{"\\ud800":1}}', `/b: ${pair} at line 1, column 7`],
    [
      'what was not UTF-8',
      '{\n"a":"ä\ufffd"}',
      'expected text in UTF-8, received bytes that are none at line 2, column 7',
    ],
    [
      'half a pair as it is',
      '["😀\ud800"]',
      'expected text in UTF-8, received bytes that are none at line 1, column 4',
    ],
    ['a no-break space', '[\u00a01]', 'expected a value, or "]", received "\u00a0" at line 1, column 2'],
    ['a line separator', '[1\u2028]', 'expected "," or "]", received "\\u{2028}" at line 1, column 3'],
    ['a NUL', '{}\0', 'expected the end of the file, received "\\u0000" at line 1, column 3'],
  ])('%s', (_name, text, line) => {
    expect(lines(text)).toEqual([line]);
  });

  test.each([
    ['a number of 15 digits', '123456789012345'],
    ['a fraction', '-1.25'],
    ['six digits after the point', '123456789.000001'],
    ['zero below zero', '-0', '0'],
    ['escapes', '"\\"\\/\\b\\u00e4\\ud83d\\ude00"', '"\\"/\\bä😀"'],
    ['U+FFFD by its escape', '"\\ufffd"', '"\ufffd"'],
  ])('%s is read, and described as it is', (_name, written, told = written) => {
    expect(lines(`{"enabled":${written}}`)).toEqual([`/enabled: expected true or false, received ${told}`]);
  });

  test('a column counts characters, not their halves', () => {
    expect(lines('["😀😀"x')).toEqual(['expected "," or "]", received "x" at line 1, column 6']);
    expect(lines('[😀')).toEqual(['expected a value, or "]", received "😀" at line 1, column 2']);
  });

  test('__proto__ is a name like any other', () => {
    const [line] = lines('{"enabled":false,"__proto__":{"remote_auth":1}}');
    expect(line).toMatch(/^\/__proto__: expected a known field/);
    expect(lines('{"enabled":false,"__proto__":1,"__proto__":1}')).toHaveLength(2);
  });
});

describe('problems without end', () => {
  const many = (count: number) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [`x${i}`, i])));

  test('100 are told, and of more that there are more', () => {
    const protects = 1;
    expect(lines(many(100 - protects))).toHaveLength(100);
    expect(lines(many(100 - protects)).at(-1)).not.toMatch(/at most 100 problems/);
    expect(lines(many(1500))).toHaveLength(101);
    expect(lines(many(1500)).at(-1)).toBe('expected at most 100 problems, received more');
  });

  test.each([
    ['a name that stands too often', `{${'"a":1,'.repeat(1500)}"a":1}`],
    ['pasted entries without a name', JSON.stringify({ remote_auth: { add_args: '|'.repeat(1500) } })],
    [
      'items of a list',
      JSON.stringify({ remote_auth: { auth_server: 'http://a', keep_args: Array(1500).fill('') } }),
    ],
  ])('%s', (_name, text) => {
    expect(lines(text)).toHaveLength(101);
  });
});

describe('size', () => {
  test('262144 characters are read, one more is refused', () => {
    const text = '{"enabled":false}'.padEnd(262_144);
    expect(lines(text)).toEqual([]);
    expect(lines(text + ' ')).toEqual(['expected at most 262144 characters, received 262145 characters']);
  });

  test('2000 entries are read, one more is refused', () => {
    const names = (count: number) => Array.from({ length: count }, (_, i) => `"${i}":0`).join();
    expect(lines(`[${'0,'.repeat(1999)}0]`)).toEqual([expect.stringMatching(/^expected an object/)]);
    expect(lines(`{"a":[${'0,'.repeat(2000)}0]}`)).toEqual([
      '/a: expected at most 2000 entries, received more',
    ]);
    expect(lines(`{${names(2001)}}`)).toEqual(['expected at most 2000 entries, received more']);
  });

  test('24 levels are read, one more is refused', () => {
    expect(lines('['.repeat(24) + ']'.repeat(24))[0]).toMatch(/^expected an object with remote_auth/);
    expect(lines('['.repeat(25) + ']'.repeat(25))).toEqual([
      'expected at most 24 levels of nesting, received more',
    ]);
    expect(lines('['.repeat(200_000))).toEqual(['expected at most 24 levels of nesting, received more']);
  });
});

describe('a key that stands twice', () => {
  test.each([
    ['at the top', '{"enabled":false,\n"enabled":false}', '/enabled', 2, 1],
    [
      'in remote_auth',
      '{"remote_auth":{"auth_server":"http://a","auth_server":"http://a"}}',
      '/remote_auth/auth_server',
      1,
      42,
    ],
    ['in an escaped spelling', '{"enabled":false,"\\u0065nabled":false}', '/enabled', 1, 18],
  ])('%s', (_name, text, pointer, line, column) => {
    expect(lines(text)).toEqual([
      `${pointer}: expected each key once, received it again at line ${line}, column ${column}`,
    ]);
  });

  test('is reported beside the other problems', () => {
    expect(lines('{"enabled":false,"enabled":1,"x":1}')).toHaveLength(3);
  });
});

describe('a value that is no policy', () => {
  test.each(['[]', 'null', '5', '"x"', 'true', '[{"enabled":false}]'])('%s', (text) => {
    expect(lines(text)).toEqual([`expected an object with remote_auth or url_signing, received ${text}`]);
  });

  const once = JSON.stringify({ url_signing: { type: 'A', key1: 'a-key-to-hide' } });
  const twice = JSON.stringify(once);
  test.each([
    [twice, `a text of ${once.length} characters, one of them a quote`],
    [`[${twice}]`, 'a list'],
  ])('%s, a policy that was encoded twice, is not printed with its keys', (text, received) => {
    expect(lines(text)).toEqual([`expected an object with remote_auth or url_signing, received ${received}`]);
  });

  test.each([twice, JSON.stringify([JSON.stringify(JSON.parse(once), null, 2)])])(
    '%s is not printed in the place of a field, either',
    (text) => {
      expect(lines(`{"enabled":${text},"url_signing":false}`).join()).toMatch(
        /^\/enabled: expected true or false, received (?:a text|\["…"\])[^{]*$/,
      );
    },
  );

  test.each(['{}', '{"enabled":true}', '{"$schema":"x"}'])('%s protects nothing', (text) => {
    expect(lines(text)).toEqual([
      'expected remote_auth, url_signing or both, or "enabled": false, since nothing else protects the domain, received neither',
    ]);
  });
});

describe("the file's name gives the domain", () => {
  const label = 'a'.repeat(63);
  test.each([
    ['policies/www.example.com.json', 'www.example.com'],
    ['www.example.com.json', 'www.example.com'],
    ['/etc/a b/WWW.Example.COM.json', 'www.example.com'],
    ['a_b-c.example.json', 'a_b-c.example'],
    ['localhost.json', 'localhost'],
    ['192.0.2.1.json', '192.0.2.1'],
    [`${label}.${label}.${label}.${'a'.repeat(61)}.json`, `${label}.${label}.${label}.${'a'.repeat(61)}`],
  ])('%s', (file, domain) => {
    expect(parsePolicy('{"enabled":false}', file).policy?.domain).toBe(domain);
  });

  test.each([
    'policies/*.example.com.json',
    'policies/www.example.com',
    'policies/www.example.com.yaml',
    'policies/.json',
    'policies/',
    'a..b.json',
    '.a.json',
    'a..json',
    '-a.json',
    'a-.json',
    'a b.json',
    'a;b.json',
    'a$b.json',
    'a\nb.json',
    'ä.json',
    'a\\b.json',
    `${'a'.repeat(64)}.json`,
    `${label}.${label}.${label}.${'a'.repeat(62)}.json`,
  ])('%j is refused', (file) => {
    expect(issuesOf('{"enabled":false}', file)).toMatchObject([
      {
        pointer: '',
        expected: 'a file named <domain>.json, the domain being a host name without a wildcard',
      },
    ]);
  });
});

describe('an issue', () => {
  test('reads file: pointer: expected, received', () => {
    const issue = { file: 'a.json', pointer: '/remote_auth/x', expected: 'a number', received: '"y"' };
    expect(formatIssue(issue)).toBe('a.json: /remote_auth/x: expected a number, received "y"');
    expect(formatIssue({ ...issue, pointer: '' })).toBe('a.json: expected a number, received "y"');
  });

  test('cuts what it received at 80 characters', () => {
    const [issue] = issuesOf(JSON.stringify({ enabled: 'S'.repeat(500) }));
    expect(issue?.received).toBe('"' + 'S'.repeat(78) + '…');
  });

  test('stays on one line, without control or invisible characters', () => {
    const key = 'a\n\u0000\u0085\u2028\u202e\u007fb/c~d';
    const [issue] = issuesOf(JSON.stringify({ enabled: false, [key]: 1 }), 'x\ny.example.json');
    expect(formatIssue(issue!)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    const all = issuesOf(JSON.stringify({ enabled: false, [key]: 1 })).map(formatIssue);
    expect(all.join('')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    expect(all.join('')).toContain('b~1c~0d: expected a known field');
  });
});
