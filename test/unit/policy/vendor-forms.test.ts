import { accept, refuse } from './reading';

const token = { name: 'token', value: [{ variable: 'arg_token' }] };
const vendor = { name: 'vendor', value: [{ literal: 'ali_cdn' }] };

describe("a console's field can be pasted", () => {
  test.each([
    ['file types', { scope: { file_types: 'mp4|flv' } }, { scope: { fileTypes: ['mp4', 'flv'] } }],
    ['one file type', { scope: { file_types: 'mp4' } }, { scope: { fileTypes: ['mp4'] } }],
    [
      'file types with dots',
      { scope: { file_types: '.mp4|.tar.gz' } },
      { scope: { fileTypes: ['mp4', 'tar.gz'] } },
    ],
    ['paths', { scope: { paths: '/a|/b/*' } }, { scope: { paths: ['/a', '/b/*'] } }],
    [
      'excluded file types',
      { scope: { exclude_file_types: 'css|js' } },
      { scope: { excludeFileTypes: ['css', 'js'] } },
    ],
    ['excluded paths', { scope: { exclude_paths: '/a|/b' } }, { scope: { excludePaths: ['/a', '/b'] } }],
    [
      'methods',
      { scope: { exclude_methods: 'OPTIONS|HEAD' } },
      { scope: { excludeMethods: ['OPTIONS', 'HEAD'] } },
    ],
    ['success codes', { success_status: '200,206' }, { successStatus: ['200', '206'] }],
    ['codes with spaces', { success_status: ' 200, 2xx ' }, { successStatus: ['200', '2xx'] }],
    ['failure codes', { failure_status: '400,403' }, { failureStatus: ['400', '403'] }],
    ['kept arguments', { keep_args: 'user|token' }, { keepArgs: ['user', 'token'] }],
    ['one kept argument', { keep_args: 'token' }, { keepArgs: ['token'] }],
    ['all arguments', { keep_args: 'all' }, { keepArgs: 'all' }],
    ['no arguments', { keep_args: 'none' }, { keepArgs: 'none' }],
    [
      'kept headers',
      { keep_headers: 'user_agent|referer|cookies' },
      { keepHeaders: ['user-agent', 'referer', 'cookies'] },
    ],
    ['no headers', { keep_headers: 'none' }, { keepHeaders: 'none' }],
    ['added arguments', { add_args: 'token=$arg_token|vendor=ali_cdn' }, { addArgs: [token, vendor] }],
    [
      'added headers',
      { add_headers: 'User-Agent=$http_user_agent|vendor=ali_cdn' },
      { addHeaders: [{ name: 'user-agent', value: [{ variable: 'http_user_agent' }] }, vendor] },
    ],
    [
      'a value with equals signs',
      { add_args: 'a=b=c=' },
      { addArgs: [{ name: 'a', value: [{ literal: 'b=c=' }] }] },
    ],
  ])('%s', (_name, fields, result) => {
    expect(accept(fields)).toMatchObject(result);
  });
});

test.each([
  [
    'status as numbers and strings',
    { success_status: [200, '206', '3xx'] },
    { successStatus: ['200', '206', '3xx'] },
  ],
  ['an empty added argument', { add_args: { a: '' } }, { addArgs: [{ name: 'a', value: [] }] }],
  [
    'bars in a value of a map',
    { add_args: { a: 'x|y' } },
    { addArgs: [{ name: 'a', value: [{ literal: 'x|y' }] }] },
  ],
  [
    'an argument named __proto__',
    { add_args: '__proto__=x' },
    { addArgs: [{ name: '__proto__', value: [{ literal: 'x' }] }] },
  ],
])('the long form takes %s', (_name, fields, result) => {
  expect(accept(fields)).toMatchObject(result);
});

const name = 'an argument name of letters, digits, ".", "_", "~", "-" and %XX';
const fileType = 'a file type of letters, digits, ".", "_" and "-", such as "mp4"';

test.each([
  [
    'an entry without =',
    { add_args: 'token' },
    'add_args',
    'entries of the form name=value, each name once',
    '"token"',
  ],
  [
    'an entry without a name',
    { add_args: 'a=1|=2' },
    'add_args',
    'entries of the form name=value, each name once',
    '"=2"',
  ],
  [
    'a name twice',
    { add_args: 'a=1|a=2' },
    'add_args',
    'entries of the form name=value, each name once',
    '"a=2"',
  ],
  [
    'a trailing bar',
    { add_args: 'a=1|' },
    'add_args',
    'entries of the form name=value, each name once',
    '""',
  ],
  [
    'an empty string of pairs',
    { add_headers: '' },
    'add_headers',
    'entries of the form name=value, each name once',
    '""',
  ],
  ['a faulty name', { add_args: 'a b=1' }, 'add_args', name, '"a b"'],
  ['an empty list of file types', { scope: { file_types: '' } }, 'scope/file_types', fileType, '""'],
  ['one faulty file type', { scope: { file_types: 'mp4|a b|flv' } }, 'scope/file_types', fileType, '"a b"'],
  ['a comma for a bar', { scope: { file_types: 'mp4,flv' } }, 'scope/file_types', fileType, '"mp4,flv"'],
  [
    'a bar for a comma',
    { success_status: '200|206' },
    'success_status',
    'a code 100-599 or a class such as "2xx"',
    '"200|206"',
  ],
])('refuses %s, at the field itself', (_name, fields, field, expected, received) => {
  expect(refuse(fields)).toEqual([`/remote_auth/${field}: expected ${expected}, received ${received}`]);
});

test('reports each faulty entry of a pasted list', () => {
  expect(refuse({ success_status: '200,99,600' })).toHaveLength(2);
});
