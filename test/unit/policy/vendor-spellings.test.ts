import type { Fields } from './reading';
import { acceptSigning, issuesOf, KEY, refuseSigning, signingText } from './reading';

const keys = { key1: 'secretekey1', key2: 'secretkey22' };

describe("a vendor's own object can be pasted", () => {
  test.each<[string, Fields, Fields]>([
    [
      "Baidu's requestAuth of type C",
      {
        type: 'c',
        ...keys,
        timeout: 300,
        whiteList: ['/crossdomain.xml'],
        signArg: 'sign',
        timeArg: 't',
        timestampFormat: 'dec',
      },
      {
        type: 'C',
        keys: Object.values(keys),
        timeout: 300,
        whiteList: ['/crossdomain.xml'],
        signArg: 'sign',
        timeArg: 't',
        timestampFormat: 'dec',
      },
    ],
    [
      "Baidu's requestAuth of type B",
      { type: 'B', ...keys, delAuthKey: true, timeout: 1800, timestampMetric: 'yyyyMMDDhhmm' },
      { type: 'B', timestampFormat: 'yyyyMMDDhhmm', keepArgsForOrigin: false },
    ],
    [
      "Baidu's requestAuth of type A",
      { type: 'A', ...keys, delAuthKey: false, timestampMetric: 16 },
      { type: 'A', timestampFormat: 'hex', keepArgsForOrigin: true },
    ],
    ['timestampMetric 10', { type: 'C', key1: KEY, timestampMetric: 10 }, { timestampFormat: 'dec' }],
    ['timestampMetric "10"', { type: 'C', key1: KEY, timestampMetric: '10' }, { timestampFormat: 'dec' }],
    ['timestampMetric "16"', { type: 'A', key1: KEY, timestampMetric: '16' }, { timestampFormat: 'hex' }],
    [
      "Alibaba's aliauth",
      {
        auth_type: 'type_f',
        auth_key1: KEY,
        auth_key2: 'anotherKey',
        ali_auth_delta: '600',
        sign_param: 's',
        time_param: 'ts',
        time_format: 'dec',
      },
      {
        type: 'F',
        keys: [KEY, 'anotherKey'],
        timeout: 600,
        signArg: 's',
        timeArg: 'ts',
        timestampFormat: 'dec',
      },
    ],
    ["Alibaba's seconds as a number", { type: 'A', key1: KEY, ali_auth_delta: 600 }, { timeout: 600 }],
    [
      "Tencent's TypeD",
      {
        preset: 'tencent',
        type: 'D',
        SecretKey: KEY,
        BackupSecretKey: 'anotherKey',
        ExpireTime: 600,
        SignParam: 's',
        TimeParam: 'ts',
        TimeFormat: 'hex',
      },
      {
        type: 'D',
        keys: [KEY, 'anotherKey'],
        timeout: 600,
        signArg: 's',
        timeArg: 'ts',
        timestampFormat: 'hex',
        keepArgsForOrigin: true,
      },
    ],
  ])('%s', (_name, fields, result) => {
    expect(acceptSigning(fields)).toMatchObject(result);
  });

  test.each(['a', 'b', 'c', 'd', 'f'])('auth_type type_%s', (letter) => {
    expect(acceptSigning({ auth_type: `type_${letter}`, key1: KEY }).type).toBe(letter.toUpperCase());
  });
});

describe('an issue names the spelling that is in the file', () => {
  test.each<[string, Fields, string]>([
    ['a name', { type: 'C', key1: KEY, signArg: '1' }, 'signArg'],
    ['an entry of a list', { type: 'C', key1: KEY, whiteList: ['/a', 'b'] }, 'whiteList/1'],
    ['an entry of a pasted list', { type: 'C', key1: KEY, whiteList: '/a|b' }, 'whiteList'],
    ['a metric', { type: 'C', key1: KEY, timestampMetric: 8 }, 'timestampMetric'],
    [
      'a metric of another type',
      { type: 'C', key1: KEY, timestampMetric: 'yyyyMMDDhhmm' },
      'timestampMetric',
    ],
    ['a flag as a word', { type: 'C', key1: KEY, delAuthKey: 'true' }, 'delAuthKey'],
    ['a type without an algorithm', { auth_type: 'type_e', auth_key1: KEY }, 'auth_type'],
    ['signing switched off', { auth_type: 'no_auth', auth_key1: KEY }, 'auth_type'],
    ["a type that is not the preset's", { preset: 'alibaba', auth_type: 'type_d', key1: KEY }, 'auth_type'],
    ['seconds with a leading zero', { type: 'A', key1: KEY, ali_auth_delta: '0600' }, 'ali_auth_delta'],
    ['seconds below zero', { type: 'A', key1: KEY, ali_auth_delta: '-1790' }, 'ali_auth_delta'],
    ['seconds beyond the limit', { type: 'A', key1: KEY, ali_auth_delta: '630720001' }, 'ali_auth_delta'],
    ['seconds in 20 digits', { type: 'A', key1: KEY, ali_auth_delta: '9'.repeat(20) }, 'ali_auth_delta'],
    ['a short key', { type: 'A', SecretKey: 'abc' }, 'SecretKey'],
    ['a second key like the first', { type: 'A', auth_key1: KEY, auth_key2: KEY }, 'auth_key2'],
    ['a key beside a key file', { type: 'A', SecretKey: KEY, key_file: 'k' }, 'SecretKey'],
    ['names for both', { type: 'D', key1: KEY, SignParam: 'x', TimeParam: 'x' }, 'TimeParam'],
    ['a time for type A', { type: 'A', key1: KEY, timeArg: 't' }, 'timeArg'],
    ['a name for type B', { preset: 'baidu', type: 'B', key1: KEY, signArg: 's' }, 'signArg'],
    ['a spelling in another case', { type: 'A', key1: KEY, secretkey: KEY }, 'secretkey'],
  ])('%s', (_name, fields, pointer) => {
    expect(issuesOf(signingText(fields)).map((issue) => issue.pointer)).toEqual(['/url_signing/' + pointer]);
  });

  test.each(['A', 'B'])('type %s says that it has no time argument', (type) => {
    expect(refuseSigning({ type, key1: KEY, timeArg: 't' })).toEqual([
      `/url_signing/timeArg: expected no name: type ${type} has no argument with a timestamp alone, received one`,
    ]);
  });
});

describe('two spellings of one field', () => {
  test.each<[string, string, Fields]>([
    ['sign_arg', 'signArg', { sign_arg: 's', signArg: 's' }],
    ['signArg', 'sign_arg', { signArg: 's', sign_arg: 's' }],
    ['sign_param', 'SignParam', { sign_param: 's', SignParam: 'x' }],
    ['timestampFormat', 'timestampMetric', { timestampFormat: 'dec', timestampMetric: 10 }],
    ['keep_args_for_origin', 'delAuthKey', { keep_args_for_origin: false, delAuthKey: true }],
    ['key1', 'SecretKey', { SecretKey: KEY }],
    ['key2', 'auth_key2', { key2: 'anotherKey', auth_key2: 'anotherKey' }],
    ['type', 'auth_type', { auth_type: 'type_c' }],
  ])('%s and %s are refused', (first, second, fields) => {
    expect(refuseSigning({ type: 'C', key1: KEY, ...fields })).toEqual([
      `/url_signing/${second}: expected "${first}" or "${second}", which are one field, received both`,
    ]);
  });
});

test("remote_auth knows no vendor's spelling", () => {
  const text = JSON.stringify({ remote_auth: { auth_server: 'http://a.example', whiteList: ['/a'] } });
  expect(issuesOf(text)).toMatchObject([{ pointer: '/remote_auth/whiteList' }]);
});
