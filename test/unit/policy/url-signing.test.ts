import type { Fields } from './reading';
import { acceptSigning, issuesOf, KEY, read, refuseSigning, signingText } from './reading';

const a: Fields = { type: 'A', key1: KEY };
const with_ = (type: string, fields: Fields) => ({ type, key1: KEY, ...fields });
const pointersOf = (fields: Fields) => issuesOf(signingText(fields)).map((issue) => issue.pointer);

describe('a policy with url_signing', () => {
  test('protects a domain alone', () => {
    expect(read(signingText(a))).toMatchObject({ enabled: true, remoteAuth: undefined });
  });

  test('stands beside remote_auth', () => {
    const text = JSON.stringify({ url_signing: a, remote_auth: { auth_server: 'http://a.example' } });
    expect(read(text)).toMatchObject({
      remoteAuth: { authPath: 'fixed' },
      urlSigning: { type: 'A', keys: [KEY] },
    });
  });

  test('is checked where enabled is false', () => {
    const text = JSON.stringify({ enabled: false, url_signing: { ...a, timeout: -1 } });
    expect(issuesOf(text).map((issue) => issue.pointer)).toEqual(['/url_signing/timeout']);
  });

  test('has every default', () => {
    expect(acceptSigning(a)).toEqual({
      type: 'A',
      keys: [KEY],
      keyFile: undefined,
      timeout: 1800,
      maxFuture: 31536000,
      signArg: 'auth_key',
      timeArg: '',
      timestampFormat: 'dec',
      timeZone: 480,
      hash: 'md5',
      whiteList: [],
      scope: undefined,
      denyStatus: 403,
      keepArgsForOrigin: false,
      methods: ['GET', 'HEAD', 'OPTIONS'],
      vendorErrorHeader: false,
      signedForm: 'args',
    });
  });
});

const long = (n: number) => 'a'.repeat(n);
const everySign = '!#%&()*+,-./:<=>?@[]^_|~';

describe('accepted', () => {
  test.each<[string, Fields, Fields]>([
    ['a type in lower case', { type: 'a' }, { type: 'A' }],
    ['a key of 6 characters', { key1: 'abcdef' }, { keys: ['abcdef'] }],
    ['a key of 128 characters', { key1: long(128) }, { keys: [long(128)] }],
    ['a key of every sign that is allowed', { key1: everySign }, { keys: [everySign] }],
    ['a second key', { key2: 'anotherKey' }, { keys: [KEY, 'anotherKey'] }],
    ['a second key around the first', { key2: `x${KEY}x` }, { keys: [KEY, `x${KEY}x`] }],
    ['timeout 0', { timeout: 0 }, { timeout: 0 }],
    ['timeout 630720000', { timeout: 630720000 }, { timeout: 630720000 }],
    ['max_future 0', { max_future: 0 }, { maxFuture: 0 }],
    ['max_future 630720000', { max_future: 630720000 }, { maxFuture: 630720000 }],
    ['an argument of one letter', { sign_arg: 'k' }, { signArg: 'k' }],
    ['an argument of 100 letters', { sign_arg: long(100) }, { signArg: long(100) }],
    ['an argument that starts with _', { sign_arg: '_1' }, { signArg: '_1' }],
    ['hex for type A', { timestamp_format: 'hex' }, { timestampFormat: 'hex' }],
    ['sha256', { hash: 'sha256' }, { hash: 'sha256' }],
    ['a white list', { white_list: ['/a', '/b/*'] }, { whiteList: ['/a', '/b/*'] }],
    ['a pasted white list', { white_list: '/a|/b/*' }, { whiteList: ['/a', '/b/*'] }],
    ['an empty white list', { white_list: [] }, { whiteList: [] }],
    ['deny_status 400', { deny_status: 400 }, { denyStatus: 400 }],
    ['deny_status 599', { deny_status: 599 }, { denyStatus: 599 }],
    ['one method', { methods: ['GET'] }, { methods: ['GET'] }],
    ['pasted methods', { methods: 'GET|POST' }, { methods: ['GET', 'POST'] }],
    ['keep_args_for_origin', { keep_args_for_origin: true }, { keepArgsForOrigin: true }],
    ['vendor_error_header', { vendor_error_header: true }, { vendorErrorHeader: true }],
    [
      'a scope, with the defaults of one',
      { scope: { file_types: 'mp4|.flv', exclude_methods: ['OPTIONS'] } },
      { scope: { fileTypes: ['mp4', 'flv'], paths: [], excludeMethods: ['OPTIONS'], caseSensitive: false } },
    ],
    ['a scope by case', { scope: { case_sensitive: true } }, { scope: { caseSensitive: true } }],
  ])('%s', (_name, fields, result) => {
    expect(acceptSigning({ ...a, ...fields })).toMatchObject(result);
  });

  test.each([
    ['+08:00', 480],
    ['+00:00', 0],
    ['-00:00', 0],
    ['+05:45', 345],
    ['-03:30', -210],
    ['+14:00', 840],
    ['-12:00', -720],
    ['+13:59', 839],
    ['-11:59', -719],
  ])('time_zone %s is %i minutes east', (time_zone, minutes) => {
    expect(acceptSigning({ ...a, time_zone }).timeZone).toBe(minutes);
  });

  test.each(['dec', 'hex', 'yyyyMMDDhhmm'])('%s for type B', (timestamp_format) => {
    expect(acceptSigning(with_('B', { timestamp_format })).timestampFormat).toBe(timestamp_format);
  });
});

describe('refused, once and at its place', () => {
  test.each<[string, Fields, string]>([
    ['another preset', { preset: 'aws' }, 'preset'],
    ['type E', { type: 'E' }, 'type'],
    ['no type', { type: undefined }, 'type'],
    ['type as a list', { type: ['A'] }, 'type'],
    ['no key', { key1: undefined }, 'key1'],
    ['key2 alone', { key1: undefined, key2: KEY }, 'key1'],
    ['a key of 5 characters', { key1: 'abcde' }, 'key1'],
    ['a key of 129 characters', { key1: long(129) }, 'key1'],
    ['an empty key', { key1: '' }, 'key1'],
    ['a key of null', { key1: null }, 'key1'],
    ['a second key of 5 characters', { key2: 'abcde' }, 'key2'],
    ['the same key twice', { key2: KEY }, 'key2'],
    ['a second key that begins with the first', { key2: KEY + 'x' }, 'key2'],
    ['a second key that ends with the first', { key2: 'x' + KEY }, 'key2'],
    ['a second key that the first begins with', { key2: KEY.slice(0, 6) }, 'key2'],
    ['a second key that the first ends with', { key2: KEY.slice(-6) }, 'key2'],
    ['key1 beside a key file', { key_file: 'a.key' }, 'key1'],
    ['key2 beside a key file', { key1: undefined, key2: KEY, key_file: 'a.key' }, 'key2'],
    ['a key file with a space', { key1: undefined, key_file: 'a key' }, 'key_file'],
    ['a key file with conf', { key1: undefined, key_file: 'a;' }, 'key_file'],
    ['a folder of keys', { key1: undefined, key_file: 'keys/' }, 'key_file'],
    ['a path of 1025 characters', { key1: undefined, key_file: long(1025) }, 'key_file'],
    ['timeout -1', { timeout: -1 }, 'timeout'],
    ['timeout 630720001', { timeout: 630720001 }, 'timeout'],
    ['timeout with a fraction', { timeout: 1.5 }, 'timeout'],
    ['timeout as a string', { timeout: '1800' }, 'timeout'],
    ['max_future -1', { max_future: -1 }, 'max_future'],
    ['max_future 630720001', { max_future: 630720001 }, 'max_future'],
    ['an empty argument', { sign_arg: '' }, 'sign_arg'],
    ['an argument of 101 letters', { sign_arg: long(101) }, 'sign_arg'],
    ['an argument that starts with a digit', { sign_arg: '1a' }, 'sign_arg'],
    ['an argument with a hyphen', { sign_arg: 'auth-key' }, 'sign_arg'],
    ['an argument with a newline', { sign_arg: 'sign\n' }, 'sign_arg'],
    ['a time argument that starts with a digit', with_('D', { time_arg: '1a' }), 'time_arg'],
    ['timestamp_format 16', { timestamp_format: 16 }, 'timestamp_format'],
    ['timestamp_format HEX', { timestamp_format: 'HEX' }, 'timestamp_format'],
    ['a zone without a sign', { time_zone: '08:00' }, 'time_zone'],
    ['a zone of one digit', { time_zone: '+8:00' }, 'time_zone'],
    ['a zone of 60 minutes', { time_zone: '+08:60' }, 'time_zone'],
    ['a zone past +14:00', { time_zone: '+14:01' }, 'time_zone'],
    ['a zone past -12:00', { time_zone: '-12:01' }, 'time_zone'],
    ['a zone by name', { time_zone: 'Asia/Shanghai' }, 'time_zone'],
    ['hash sha1', { hash: 'sha1' }, 'hash'],
    ['a white path without a slash', { white_list: ['a'] }, 'white_list/0'],
    ['a climbing white path', { white_list: ['/a', '/../b'] }, 'white_list/1'],
    ['an encoded white path', { white_list: ['/%61'] }, 'white_list/0'],
    ['a white path twice', { white_list: '/a|/a' }, 'white_list'],
    ['1001 white paths', { white_list: Array.from({ length: 1001 }, (_, i) => `/${i}`) }, 'white_list'],
    ['scope as a word', { scope: 'all' }, 'scope'],
    ['a bad path of the scope', { scope: { paths: ['a'] } }, 'scope/paths/0'],
    ['a bad method of the scope', { scope: { exclude_methods: 'get' } }, 'scope/exclude_methods'],
    ['deny_status 399', { deny_status: 399 }, 'deny_status'],
    ['deny_status 600', { deny_status: 600 }, 'deny_status'],
    ['no methods', { methods: [] }, 'methods'],
    ['a method in small letters', { methods: ['get'] }, 'methods/0'],
    ['a method twice', { methods: ['GET', 'GET'] }, 'methods/1'],
    ['keep_args_for_origin as a word', { keep_args_for_origin: 'yes' }, 'keep_args_for_origin'],
    ['vendor_error_header as a number', { vendor_error_header: 1 }, 'vendor_error_header'],
    ['an unknown field', { keys: [] }, 'keys'],
  ])('%s', (_name, fields, pointer) => {
    expect(pointersOf({ ...a, ...fields })).toEqual(['/url_signing/' + pointer]);
  });

  test.each(['"', "'", '`', ';', '{', '}', '$', '\\', ' ', '\t', '\n', '\u007f', 'ä', '\u2028', '😀'])(
    'a key with %j, at its start, inside and at its end',
    (char) => {
      for (const key1 of [char + 'abcdef', 'abc' + char + 'def', 'abcdef' + char]) {
        expect(pointersOf({ ...a, key1 })).toEqual(['/url_signing/key1']);
      }
    },
  );

  test.each([
    ['a word', 'A', 'a text of 1 characters'],
    ['a list', [], 'a list'],
    ['null', null, 'null'],
    ['true', true, 'a boolean'],
    ['0', 0, 'a number'],
  ])('url_signing as %s', (_name, url_signing, received) => {
    expect(issuesOf(JSON.stringify({ url_signing }))).toMatchObject([
      { pointer: '/url_signing', expected: 'an object with type, and key1 or key_file, or false', received },
    ]);
  });

  test('every problem at once', () => {
    const fields = { type: 'B', key1: 'x', sign_arg: 'a', timeout: -1, hash: 'x', white_list: ['a'] };
    const pointers = ['key1', 'sign_arg', 'timeout', 'hash', 'white_list/0'];
    expect(pointersOf(fields).sort()).toEqual(pointers.map((name) => '/url_signing/' + name).sort());
  });
});

describe('what depends on the type', () => {
  test.each([
    ['B', 'sign_arg', 'no name: type B has no argument with a signature alone'],
    ['B', 'time_arg', 'no name: type B has no argument with a timestamp alone'],
    ['A', 'time_arg', 'no name: type A has no argument with a timestamp alone'],
  ])('type %s has no %s', (type, field, expected) => {
    expect(refuseSigning(with_(type, { [field]: 'x' }))).toEqual([
      `/url_signing/${field}: expected ${expected}, received one`,
    ]);
  });

  test.each(['A', 'C', 'D', 'F'])('type %s takes no date', (type) => {
    expect(refuseSigning(with_(type, { timestamp_format: 'yyyyMMDDhhmm' }))).toEqual([
      `/url_signing/timestamp_format: expected "dec" or "hex": only type B spells a date, received a date for type ${type}`,
    ]);
  });

  test.each([
    ['both', { sign_arg: 'x', time_arg: 'x' }, 'time_arg'],
    ["the time argument's default", { sign_arg: 'KEY2' }, 'sign_arg'],
    ["the signature argument's default", { time_arg: 'KEY1' }, 'time_arg'],
  ])('the same name for %s is refused', (_name, fields, pointer) => {
    expect(pointersOf(with_('C', fields))).toEqual(['/url_signing/' + pointer]);
  });

  test('names that differ in case are two', () => {
    expect(acceptSigning(with_('C', { sign_arg: 'key2' }))).toMatchObject({
      signArg: 'key2',
      timeArg: 'KEY2',
    });
  });

  test('an unknown type says nothing of the rest', () => {
    expect(pointersOf(with_('E', { time_arg: 'x' }))).toEqual(['/url_signing/type']);
  });
});

describe('unknown fields name the nearest known one', () => {
  test.each([
    ['/url_signing', 'sign_ar', 'sign_arg'],
    ['/url_signing', 'file_types', '/url_signing/scope/file_types'],
    ['/url_signing', 'auth_server', '/remote_auth/auth_server'],
    ['/remote_auth', 'sign_arg', '/url_signing/sign_arg'],
    ['/remote_auth', 'timeout', 'timeout_ms'],
    ['', 'key1', '/url_signing/key1'],
  ])('%s/%s: %s', (section, field, meant) => {
    const sections = { url_signing: a, remote_auth: { auth_server: 'http://a.example' } };
    const name = section.slice(1) as keyof typeof sections;
    const policy =
      section === ''
        ? { ...sections, [field]: 1 }
        : { ...sections, [name]: { ...sections[name], [field]: 1 } };
    expect(issuesOf(JSON.stringify(policy))).toMatchObject([
      { pointer: `${section}/${field}`, expected: `a known field (did you mean "${meant}"?)` },
    ]);
  });

  test.each(['__proto__', 'constructor', 'toString'])('%s is one', (name) => {
    const text = `{"url_signing":{"type":"A","key1":"${KEY}","${name}":{"x":1}}}`;
    expect(issuesOf(text)).toMatchObject([{ pointer: `/url_signing/${name}` }]);
  });
});

describe('url_signing false switches signing off in writing', () => {
  const remote_auth = { auth_server: 'http://auth.example.com/auth' };

  test('alone: the domain is open', () => {
    expect(read('{"url_signing":false}')).toEqual({
      domain: 'www.example.com',
      enabled: true,
      remoteAuth: undefined,
      urlSigning: undefined,
    });
  });

  test('beside remote_auth, which stays', () => {
    expect(read(JSON.stringify({ url_signing: false, remote_auth }))).toMatchObject({
      remoteAuth: { authPath: 'fixed' },
      urlSigning: undefined,
    });
  });

  test('beside other mistakes, which are reported', () => {
    expect(issuesOf('{"url_signing":false,"remote_auth":{}}').map((issue) => issue.pointer)).toEqual([
      '/remote_auth/auth_server',
    ]);
  });
});
