import fc from 'fast-check';
import type { RemoteAuth } from '../../../src/policy/policy';
import { parsePolicy } from '../../../src/policy/policy';
import { characters, isFitForConf, list, near, scope, spoiled, stringsIn } from './hostile-text';
import { FILE } from './reading';

/** Every string but the literals of added arguments, which are percent-encoded before they reach conf. */
function confStrings(policy: RemoteAuth): string[] {
  const addArgs = policy.addArgs.map(({ name, value }) => [name, value.filter((part) => 'variable' in part)]);
  return stringsIn({ ...policy, addArgs });
}

function check(text: string, file = FILE): 'accepted' | 'refused' {
  const { policy, issues } = parsePolicy(text, file);
  if (policy === undefined) {
    expect(issues.length).toBeGreaterThan(0);
    for (const issue of issues) expect(issue.received.length).toBeLessThanOrEqual(200);
    return 'refused';
  }
  expect(isFitForConf(policy.domain)).toBe(true);
  if (policy.remoteAuth === undefined) return 'accepted';
  for (const string of confStrings(policy.remoteAuth)) {
    if (!isFitForConf(string)) throw new Error('reached conf: ' + JSON.stringify(string));
  }
  for (const part of stringsIn(policy.remoteAuth.addArgs))
    expect(part).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/); // eslint-disable-line no-control-regex
  return 'accepted';
}

const map = (name: fc.Arbitrary<string>, value: fc.Arbitrary<string>) =>
  fc.oneof(
    fc.dictionary(name, value, { maxKeys: 3 }),
    fc.tuple(name, value).map((pair) => pair.join('=')),
  );
const status = list(near('200', '2xx', '403'), '200,206');

const remoteAuth = fc.record(
  {
    preset: fc.constantFrom('tencent', 'alibaba'),
    auth_server: list(near('https://a.example/auth', 'https://[::1]:8443/auth', 'https://192.0.2.1:81/auth')),
    scope,
    keep_args: list(near('token', 'a%5B'), 'all', 'none'),
    add_args: map(near('token', 'vendor'), near('$arg_token', 'ali_cdn', 'a$uri')),
    keep_headers: list(near('user_agent', 'Host'), 'all', 'none'),
    add_headers: map(near('User-Agent', 'X-Real-IP'), near('$remote_addr', 'ali cdn', '')),
    success_status: status,
    failure_status: status,
    failure_action: fc.oneof(fc.record({ throttle: near('64k', '1m') }), fc.record({ deny: fc.integer() })),
    timeout_ms: fc.integer({ min: 0, max: 4000 }),
    tls: fc.record(
      {
        ca_file: near('/etc/ca.pem', 'ca.pem'),
        server_name: near('a.example'),
        client_certificate: near('c'),
        client_key: near('k'),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['auth_server'] },
);

test('no JSON value makes it throw', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => void check(JSON.stringify(value))),
    { numRuns: 1000 },
  );
});

test('no text makes it throw', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'{}[]:,"\\ \n01ae-.tfn\u0000') }),
    fc.json().chain((json) => fc.nat(json.length).map((n) => json.slice(0, n))),
  );
  fc.assert(
    fc.property(text, fc.string({ unit: 'binary' }), (json, file) => void check(json, file + '.json')),
    { numRuns: 2000 },
  );
});

test('no value of a known field makes it throw', () => {
  const names = [
    'preset',
    'auth_server',
    'scope',
    'keep_args',
    'add_args',
    'success_status',
    'failure_action',
    'tls',
  ];
  const fields = fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 3 }));
  fc.assert(
    fc.property(fields, (remote_auth) => void check(JSON.stringify({ remote_auth }))),
    { numRuns: 1000 },
  );
});

test('what is accepted holds no conf syntax', () => {
  const counts = { accepted: 0, refused: 0 };
  const one = fc.oneof(
    remoteAuth,
    // One field beside a good address, so that many of them are accepted.
    fc.tuple(remoteAuth, fc.nat(10)).map(([fields, i]) => {
      const [name, value] = Object.entries(fields)[i % Object.keys(fields).length]!;
      return { auth_server: 'https://a.example', [name]: value };
    }),
  );
  fc.assert(
    fc.property(one, (fields) => {
      counts[check(JSON.stringify({ remote_auth: fields }))]++;
    }),
    { numRuns: 4000 },
  );
  expect(counts.accepted).toBeGreaterThan(500);
  expect(counts.refused).toBeGreaterThan(500);
}, 60_000);

describe('each forbidden character, at the start, inside and at the end, reaches no conf through', () => {
  test.each<[string, string, (text: string) => unknown]>([
    ['the host of auth_server', 'auth', (text) => ({ auth_server: `http://${text}/` })],
    ['the path of auth_server', 'auth', (text) => ({ auth_server: `http://a/${text}` })],
    ['the port of auth_server', '81', (text) => ({ auth_server: `http://a:${text}/` })],
    ['a second auth_server', 'http://b/auth', (text) => ({ auth_server: ['http://a/auth', text] })],
    ['a file type', 'mp4', (text) => ({ scope: { file_types: [text] } })],
    ['pasted file types', 'mp4|flv', (text) => ({ scope: { file_types: text } })],
    ['an excluded file type', 'mp4', (text) => ({ scope: { exclude_file_types: [text] } })],
    ['a path', '/ab/*', (text) => ({ scope: { paths: [text] } })],
    ['an exact path', '/ab', (text) => ({ scope: { paths: [text] } })],
    ['pasted paths', '/ab|/c', (text) => ({ scope: { paths: text } })],
    ['an excluded path', '/ab', (text) => ({ scope: { exclude_paths: [text] } })],
    ['a method', 'GET', (text) => ({ scope: { exclude_methods: [text] } })],
    ['a kept argument', 'token', (text) => ({ keep_args: [text] })],
    ['pasted kept arguments', 'user|token', (text) => ({ keep_args: text })],
    ['a kept header', 'referer', (text) => ({ keep_headers: [text] })],
    ["an added argument's name", 'token', (text) => ({ add_args: { [text]: 'x' } })],
    ["an added argument's value", 'to$uri', (text) => ({ add_args: { a: text } })],
    ["an added header's name", 'token', (text) => ({ add_headers: { [text]: 'x' } })],
    ["an added header's value", 'to$uri', (text) => ({ add_headers: { a: text } })],
    ['pasted added headers', 'a=b|c=d', (text) => ({ add_headers: text })],
    ['a status', '2xx', (text) => ({ success_status: [text] })],
    ['throttle in bytes', '64', (text) => ({ failure_action: { throttle: text } })],
    ['throttle', '64k', (text) => ({ failure_action: { throttle: text } })],
    ['a file', 'ca.pem', (text) => ({ tls: { ca_file: text } })],
    ['a server name', 'a.example', (text) => ({ tls: { server_name: text } })],
    ['a client certificate', 'c.pem', (text) => ({ tls: { client_certificate: text, client_key: 'k' } })],
    ['a client key', 'k.pem', (text) => ({ tls: { client_certificate: 'c', client_key: text } })],
  ])('%s', (_name, good, fields) => {
    const read = (text: string) =>
      JSON.stringify({ remote_auth: { auth_server: 'https://a', ...(fields(text) as object) } });
    expect(check(read(good))).toBe('accepted');
    for (const text of spoiled(good)) check(read(text));
  });

  test.each(characters)('the domain: %j', (bad) => {
    for (const file of [bad + 'a.json', `a${bad}b.json`, `a${bad}.json`])
      expect(check('{"enabled":false}', file)).toBe('refused');
  });
});
