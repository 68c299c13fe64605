import { accept, refuse } from './reading';

const label = 'a'.repeat(63);
const longName = `${label}.${label}.${label}.${'a'.repeat(61)}`;

describe('an address', () => {
  test.each([
    ['http://auth', 'http', 'auth', 80, 'auth', ''],
    ['https://auth', 'https', 'auth', 443, 'auth', ''],
    ['http://auth/', 'http', 'auth', 80, 'auth', '/'],
    ['http://auth:80', 'http', 'auth', 80, 'auth', ''],
    ['https://auth:443/', 'https', 'auth', 443, 'auth', '/'],
    ['http://auth:443', 'http', 'auth', 443, 'auth:443', ''],
    ['https://auth:80', 'https', 'auth', 80, 'auth:80', ''],
    ['http://auth:1', 'http', 'auth', 1, 'auth:1', ''],
    ['http://auth:65535', 'http', 'auth', 65535, 'auth:65535', ''],
    ['http://auth:00080', 'http', 'auth', 80, 'auth', ''],
    ['http://Auth.Example.COM/A', 'http', 'auth.example.com', 80, 'auth.example.com', '/A'],
    ['http://auth.example.com./a', 'http', 'auth.example.com.', 80, 'auth.example.com.', '/a'],
    ['http://auth_server/a', 'http', 'auth_server', 80, 'auth_server', '/a'],
    ['http://192.0.2.1/auth', 'http', '192.0.2.1', 80, '192.0.2.1', '/auth'],
    ['https://[2001:DB8::1]:8443/auth', 'https', '[2001:db8::1]', 8443, '[2001:db8::1]:8443', '/auth'],
    ['http://a/~b!(c)*+,=:@&%27%C3%A4..', 'http', 'a', 80, 'a', '/~b!(c)*+,=:@&%27%C3%A4..'],
    ['http://a//b/', 'http', 'a', 80, 'a', '//b/'],
    [`http://${longName}/`, 'http', longName, 80, longName, '/'],
  ])('%s', (auth_server, scheme, host, port, hostHeader, path) => {
    expect(accept({ auth_server }).authServers).toEqual([{ scheme, host, port, hostHeader, path }]);
  });

  const form = 'http(s)://host[:port][/path]';
  const host = 'a host name, an IPv4 address a.b.c.d or an [IPv6] address as host';
  test.each([
    ['another scheme', 'ftp://x', form],
    ['a scheme in capitals', 'HTTP://x', form],
    ['no scheme', 'auth.example.com/auth', form],
    ['no host', 'http:///auth', form],
    ['a user name', 'http://user@auth/', form],
    ['a user name and password', 'http://user:pw@auth/', form],
    ['a query', 'http://auth/a?b=c', form],
    ['a fragment', 'http://auth/a#b', form],
    ['a space', 'http://auth/a b', form],
    ['a space before', ' http://auth/', form],
    ['a newline', 'http://auth/\n', form],
    ['a newline at the end', 'http://auth\n', form],
    ['a NUL', 'http://auth/\u0000', form],
    ['a semicolon', 'http://auth/;deny', form],
    ['a dollar sign', 'http://auth/$host', form],
    ['a dollar sign in the host', 'http://$host/', form],
    ['a brace', 'http://auth/{', form],
    ['a quote', 'http://auth/"', form],
    ['an apostrophe', "http://auth/'", form],
    ['a backslash', 'http://auth/\\', form],
    ['a backtick', 'http://auth/`', form],
    ['a letter beyond ASCII', 'http://äuth/', form],
    ['a bad percent-encoding', 'http://auth/%zz', form],
    ['a cut percent-encoding', 'http://auth/%a', form],
    ['an empty port', 'http://auth:/', form],
    ['a port of six digits', 'http://auth:123456/', form],
    ['a unix socket', 'http://unix:/run/x.sock', form],
    ['an IPv6 zone', 'http://[fe80::1%25eth0]/', form],
    ['an IPv6 address without brackets', 'http://2001:db8::1/', form],
    ['port 0', 'http://auth:0/', 'a port 1-65535'],
    ['port 65536', 'http://auth:65536/', 'a port 1-65535'],
    ['a broken IPv6 address', 'http://[1::2::3]/', host],
    ['an IPv4 number too large', 'http://192.0.2.256/', host],
    ['three IPv4 numbers', 'http://127.0.1/', host],
    ['IPv4 as one number', 'http://2130706433/', host],
    ['IPv4 with a hexadecimal number', 'http://127.0.0.0x1/', host],
    ['IPv4 with a leading zero', 'http://192.0.2.01/', host],
    ['IPv4 with a final dot', 'http://192.0.2.1./', host],
    ['an empty label', 'http://a..b/', host],
    ['a leading hyphen', 'http://-a/', host],
    ['a label of 64 characters', `http://a${label}/`, host],
    ['a name of 254 characters', `http://a${longName}/`, host],
    ['a dot segment', 'http://auth/a/../b', 'a path without "." and ".." segments'],
    ['an encoded dot segment', 'http://auth/a/%2E%2e', 'a path without "." and ".." segments'],
    ['an encoded newline', 'http://auth/%0a', 'a path without encoded control characters'],
    ['an encoded NUL', 'http://auth/a%00b', 'a path without encoded control characters'],
    ['an encoded DEL', 'http://auth/%7F', 'a path without encoded control characters'],
  ])('is refused with %s', (_name, auth_server, expected) => {
    const [issue, ...more] = refuse({ auth_server });
    expect(more).toEqual([]);
    expect(issue).toContain(`/remote_auth/auth_server: expected ${expected}, received `);
    if (auth_server.length < 70) expect(issue).toContain(JSON.stringify(auth_server));
  });

  test('has at most 2048 characters', () => {
    const start = 'http://auth/';
    expect(accept({ auth_server: start.padEnd(2048, 'a') }).authServers).toHaveLength(1);
    expect(refuse({ auth_server: start.padEnd(2049, 'a') })).toHaveLength(1);
  });

  test.each([[undefined], [null], [5], [{}], [[]], [true], ['']])(
    'is required and a string: %j',
    (auth_server) => {
      expect(refuse({ auth_server })).toHaveLength(1);
    },
  );
});

describe('a list of addresses', () => {
  const list = (n: number) => Array.from({ length: n }, (_, i) => `http://10.0.0.${i + 1}/auth`);

  test('keeps its order', () => {
    expect(accept({ auth_server: list(8) }).authServers.map((s) => s.host)).toEqual(
      list(8).map((url) => url.slice(7, -5)),
    );
  });

  test('has at most 8 entries', () => {
    expect(refuse({ auth_server: list(9) })).toHaveLength(1);
  });

  test.each([
    [
      'another scheme',
      ['http://a/x', 'https://b/x'],
      '/1: expected the scheme of the first auth_server, http, received https',
    ],
    [
      'another path',
      ['http://a/x', 'http://b/y'],
      '/1: expected the path of the first auth_server, "/x", received "/y"',
    ],
    [
      'a path and none',
      ['http://a', 'http://b/'],
      '/1: expected the path of the first auth_server, "", received "/"',
    ],
    [
      'a duplicate',
      ['http://a/x', 'http://b/x', 'http://A:80/x'],
      '/2: expected each auth_server once, received a:80 again',
    ],
    [
      'a faulty entry',
      ['http://a/x', 'b', 'http://c/x'],
      '/1: expected http(s)://host[:port][/path], received "b"',
    ],
    ['a number', ['http://a/x', 5], '/1: expected http(s)://host[:port][/path], received 5'],
  ])('is refused with %s, at the entry', (_name, auth_server, issue) => {
    expect(refuse({ auth_server })).toEqual(['/remote_auth/auth_server' + issue]);
  });
});
