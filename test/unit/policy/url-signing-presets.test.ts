import { acceptSigning, KEY, refuseSigning } from './reading';

type Row = [
  preset: string | undefined,
  type: string,
  sign: string,
  time: string,
  format: string,
  keep: boolean,
];
const date = 'yyyyMMDDhhmm';

/** Alibaba Cloud CDN, Configure URL signing; Tencent Cloud CDN, TypeA to TypeD; Baidu AI Cloud CDN, Set the Access Authorization. */
const published: Row[] = [
  [undefined, 'A', 'auth_key', '', 'dec', false],
  [undefined, 'B', '', '', date, false],
  [undefined, 'C', 'KEY1', 'KEY2', 'hex', false],
  [undefined, 'D', 'sign', 't', 'dec', false],
  [undefined, 'F', 'sign', 'time', 'hex', false],
  ['alibaba', 'A', 'auth_key', '', 'dec', false],
  ['alibaba', 'B', '', '', date, false],
  ['alibaba', 'C', 'KEY1', 'KEY2', 'hex', false],
  ['alibaba', 'F', 'sign', 'time', 'hex', false],
  ['tencent', 'A', 'sign', '', 'dec', true],
  ['tencent', 'B', '', '', date, false],
  ['tencent', 'C', 'KEY1', 'KEY2', 'hex', false],
  ['tencent', 'D', 'sign', 't', 'dec', true],
  ['baidu', 'A', 'auth_key', '', 'dec', false],
  ['baidu', 'B', '', '', date, false],
  ['baidu', 'C', 'sign', 't', 'dec', false],
];

test.each(published)('preset %s, type %s', (preset, type, signArg, timeArg, timestampFormat, keep) => {
  const fields = { type, key1: KEY, ...(preset === undefined ? {} : { preset }) };
  const result = { type, signArg, timeArg, timestampFormat, keepArgsForOrigin: keep };
  expect(acceptSigning(fields)).toMatchObject(result);
  expect(acceptSigning({ ...fields, type: type.toLowerCase() })).toMatchObject(result);
});

test.each([
  ['alibaba', 'D', 'A, B, C, F'],
  ['tencent', 'F', 'A, B, C, D'],
  ['baidu', 'D', 'A, B, C'],
  ['baidu', 'F', 'A, B, C'],
])('preset %s refuses type %s', (preset, type, known) => {
  expect(refuseSigning({ preset, type, key1: KEY })).toEqual([
    `/url_signing/type: expected one of the types that preset "${preset}" knows: ${known}, received type ${type}`,
  ]);
});

test.each([
  ['tencent', { type: 'A', sign_arg: 'token' }, { signArg: 'token', keepArgsForOrigin: true }],
  ['tencent', { type: 'D', keep_args_for_origin: false }, { keepArgsForOrigin: false }],
  ['tencent', { type: 'D', timestamp_format: 'hex' }, { timestampFormat: 'hex' }],
  ['baidu', { type: 'C', time_arg: 'ts' }, { signArg: 'sign', timeArg: 'ts' }],
  ['baidu', { type: 'A', timestamp_format: 'hex' }, { timestampFormat: 'hex' }],
  ['alibaba', { type: 'F', timestamp_format: 'dec' }, { timestampFormat: 'dec' }],
  ['alibaba', { type: 'B', hash: 'sha256' }, { hash: 'sha256' }],
])('a field beside preset %s overrides it: %j', (preset, fields, result) => {
  expect(acceptSigning({ preset, key1: KEY, ...fields })).toMatchObject(result);
});
