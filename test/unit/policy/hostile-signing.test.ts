import fc from 'fast-check';
import { parsePolicy } from '../../../src/policy/policy';
import type { Fields } from './reading';
import { isFitForConf, list, near, paths, scope, spoiled, stringsIn } from './hostile-text';
import { FILE, KEY, signingText } from './reading';

function check(text: string): 'accepted' | 'refused' {
  const { policy, issues } = parsePolicy(text, FILE);
  if (policy === undefined) {
    expect(issues.length).toBeGreaterThan(0);
    for (const issue of issues) expect(issue.received.length).toBeLessThanOrEqual(200);
    return 'refused';
  }
  for (const string of stringsIn(policy.urlSigning)) {
    if (!isFitForConf(string)) throw new Error('reached conf: ' + JSON.stringify(string));
  }
  return 'accepted';
}

const urlSigning = fc.record(
  {
    type: near('A', 'b', 'C', 'd'),
    key1: near(KEY, '!#%&()*+,-./:<=>?@[]^_|~'),
    key2: near('anotherKey', KEY),
    timeout: fc.integer({ min: -1, max: 4000 }),
    SignParam: near('sign', '_s'),
    timestampMetric: near('dec', '10', '16'),
    time_zone: near('+08:00', '-12:00'),
    hash: near('md5', 'sha256'),
    whiteList: paths,
    scope,
    deny_status: fc.integer({ min: 399, max: 600 }),
    methods: list(near('GET', 'POST')),
    delAuthKey: fc.boolean(),
  },
  { requiredKeys: ['type', 'key1'] },
);

test('no value of a known field makes it throw', () => {
  const ours = ['preset', 'type', 'key1', 'key2', 'key_file', 'sign_arg', 'time_arg', 'time_zone', 'scope'];
  const theirs = ['auth_type', 'SecretKey', 'ali_auth_delta', 'timestampMetric', 'delAuthKey', 'whiteList'];
  const name = fc.constantFrom(...ours, ...theirs, '__proto__', 'constructor');
  const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom('A', 'tencent', KEY));
  fc.assert(
    fc.property(fc.dictionary(name, value), (fields) => void check(signingText(fields))),
    { numRuns: 2000 },
  );
});

test('what is accepted holds no conf syntax', () => {
  const counts = { accepted: 0, refused: 0 };
  const one = fc.oneof(
    urlSigning,
    // One field beside a good key, so that many of them are accepted.
    fc.tuple(urlSigning, fc.nat(12)).map(([fields, i]) => {
      const [name, value] = Object.entries(fields)[i % Object.keys(fields).length]!;
      return { type: 'A', key1: KEY, [name]: value };
    }),
  );
  fc.assert(
    fc.property(one, (fields) => {
      counts[check(signingText(fields))]++;
    }),
    { numRuns: 3000 },
  );
  expect(counts.accepted).toBeGreaterThan(500);
  expect(counts.refused).toBeGreaterThan(500);
}, 60_000);

describe('each forbidden character, at the start, inside and at the end, reaches no conf through', () => {
  const keyless: Fields = { key1: undefined };
  test.each<[string, string, (text: string) => Fields]>([
    ['the type', 'A', (type) => ({ type })],
    ['the preset', 'alibaba', (preset) => ({ preset })],
    ['a key', KEY, (key1) => ({ key1 })],
    ['a second key', 'anotherKey', (key2) => ({ key2 })],
    ['a key file', 'keys/a.key', (key_file) => ({ ...keyless, key_file })],
    ['the signature argument', 'sign', (sign_arg) => ({ sign_arg })],
    ['the time argument', 'time', (time_arg) => ({ type: 'D', time_arg })],
    ['the timestamp format', 'hex', (timestamp_format) => ({ timestamp_format })],
    ['the time zone', '+08:00', (time_zone) => ({ time_zone })],
    ['the hash', 'sha256', (hash) => ({ hash })],
    ['a white path', '/ab/*', (text) => ({ white_list: [text] })],
    ['a pasted white list', '/ab|/c', (white_list) => ({ white_list })],
    ['a method', 'GET', (text) => ({ methods: [text] })],
    ['pasted methods', 'GET|POST', (methods) => ({ methods })],
    ['a path of the scope', '/ab/*', (text) => ({ scope: { paths: [text] } })],
    ['file types of the scope', 'mp4|flv', (file_types) => ({ scope: { file_types } })],
    ["Alibaba's type", 'type_a', (auth_type) => ({ type: undefined, auth_type })],
    ["Alibaba's seconds", '600', (ali_auth_delta) => ({ ali_auth_delta })],
    ["Tencent's key", KEY, (SecretKey) => ({ ...keyless, SecretKey })],
    ["Tencent's argument", 'sign', (SignParam) => ({ SignParam })],
    ["Baidu's argument", 'sign', (signArg) => ({ signArg })],
    ["Baidu's metric", '16', (timestampMetric) => ({ timestampMetric })],
    ["Baidu's white list", '/ab', (text) => ({ whiteList: [text] })],
  ])('%s', (_name, good, fields) => {
    const read = (text: string) => signingText({ type: 'A', key1: KEY, ...fields(text) });
    expect(check(read(good))).toBe('accepted');
    for (const text of spoiled(good)) check(read(text));
  });
});
