import { findForbidden } from '../../../src/api/forbidden';
import { parsePolicy, type Policy } from '../../../src/policy/policy';

const OWN = ['a.test', 'b.test'];
const isProtected = (host: string): boolean => OWN.includes(host);

function policyOf(value: object): Policy {
  const parsed = parsePolicy(JSON.stringify(value), 'a.test.json');
  if (parsed.policy === undefined) throw new Error(JSON.stringify(parsed.issues));
  return parsed.policy;
}

const asking = (servers: string | string[], more: object = {}): Policy =>
  policyOf({ remote_auth: { auth_server: servers, ...more } });

const pointersOf = (policy: Policy, before?: Policy, allowed = ''): string[] =>
  findForbidden(policy, before, allowed, isProtected).map(({ pointer }) => pointer);

describe('an auth server that no request may set:', () => {
  test.each([
    'http://127.0.0.1/x',
    'http://127.0.0.1:9080',
    'http://127.255.255.254',
    'http://localhost',
    'http://LOCALHOST:81',
    'http://localhost.',
    'http://api.localhost',
    'http://[::1]',
    'http://[0:0:0:0:0:0:0:1]:9181',
    'http://0.0.0.0',
    'http://[::]',
    'http://169.254.169.254/latest/meta-data',
    'http://169.254.1.1',
    'http://[fe80::1]',
    'http://[fd00:ec2::254]',
    'http://100.100.100.200',
    'http://metadata.google.internal',
    'http://metadata.google.internal.',
    'http://[::ffff:127.0.0.1]',
    'http://[::ffff:7f00:1]',
    'http://[::ffff:169.254.169.254]',
    'https://b.test',
    'https://B.test:8443/x',
    'https://b.test.',
  ])('%s', (server) => {
    expect(pointersOf(asking(server))).toEqual(['/remote_auth/auth_server']);
    expect(pointersOf(asking(['http://auth.example', 'http://auth2.example']), undefined)).toEqual([]);
  });

  test('in a list each by its place', () => {
    const servers = ['http://auth.example', 'http://127.0.0.1', 'http://b.test'];
    expect(pointersOf(asking(servers))).toEqual(['/remote_auth/auth_server/1', '/remote_auth/auth_server/2']);
  });

  test('whatever else the policy is: switched off, or under a preset', () => {
    const off = policyOf({ enabled: false, remote_auth: { auth_server: 'http://127.0.0.1' } });
    expect(pointersOf(off)).toHaveLength(1);
    expect(pointersOf(asking('http://127.0.0.1', { preset: 'tencent' }))).toHaveLength(1);
  });
});

describe('an auth server that a request may set:', () => {
  test.each([
    'https://auth.example',
    'http://10.0.0.1',
    'http://192.168.0.1',
    'http://[fd00::1]',
    'http://c.test',
  ])('%s', (server) => {
    expect(pointersOf(asking(server))).toEqual([]);
  });

  test.each<[string, string, string, boolean]>([
    ['its host', 'http://127.0.0.1:9080', '127.0.0.1', true],
    ['its host and port', 'http://127.0.0.1:9080', 'x 127.0.0.1:9080', true],
    ['its host and the default port', 'http://localhost', 'localhost:80', true],
    ['its host in capitals', 'http://localhost', 'LOCALHOST', true],
    ['an IPv6 address', 'http://[::1]:81', '[::1]:81', true],
    ['a domain of this edge', 'http://b.test', 'b.test', true],
    ['another port', 'http://127.0.0.1:9080', '127.0.0.1:9081', false],
    ['another spelling', 'http://[::ffff:127.0.0.1]', '127.0.0.1', false],
    ['a beginning', 'http://127.0.0.10', '127.0.0.1', false],
  ])('where the operator allows %s: %s', (_, server, allowed, isAllowed) => {
    expect(pointersOf(asking(server), undefined, allowed)).toHaveLength(isAllowed ? 0 : 1);
  });

  test('one that the policy names already, at the same port', () => {
    const before = asking('http://127.0.0.1:9080/x');
    expect(pointersOf(asking('http://127.0.0.1:9080/y'), before)).toEqual([]);
    expect(pointersOf(asking('http://127.0.0.1:9081/x'), before)).toHaveLength(1);
  });
});

describe('a file of the edge', () => {
  const tls = { ca_file: '/etc/ca.pem', client_certificate: '/etc/c.pem', client_key: '/etc/k.pem' };

  test('is not named by a request', () => {
    expect(pointersOf(asking('https://auth.example', { tls }))).toEqual([
      '/remote_auth/tls/ca_file',
      '/remote_auth/tls/client_certificate',
      '/remote_auth/tls/client_key',
    ]);
  });

  test('stays, goes, and is not another one', () => {
    const before = asking('https://auth.example', { tls });
    expect(pointersOf(before, before)).toEqual([]);
    expect(pointersOf(asking('https://auth.example'), before)).toEqual([]);
    const other = asking('https://auth.example', { tls: { ...tls, ca_file: '/etc/shadow' } });
    expect(pointersOf(other, before)).toEqual(['/remote_auth/tls/ca_file']);
  });
});
