import { accept, pointersOf, read, refuse } from './reading';

const closed = {
  authServers: [
    { scheme: 'http', host: 'auth.example.com', port: 80, hostHeader: 'auth.example.com', path: '/auth' },
  ],
  authPath: 'fixed',
  requestMethod: 'GET',
  scope: undefined,
  keepArgs: 'all',
  addArgs: [],
  keepHeaders: 'all',
  addHeaders: [],
  successStatus: ['2xx'],
  failureStatus: ['401', '403'],
  otherStatus: 'deny',
  failureAction: { deny: 403 },
  timeoutMs: 1000,
  timeoutAction: 'deny',
  tls: {
    verify: true,
    caFile: undefined,
    serverName: undefined,
    clientCertificate: undefined,
    clientKey: undefined,
  },
};

describe('defaults', () => {
  test('fail closed without a preset', () => {
    expect(accept({})).toEqual(closed);
  });

  test('are those of Tencent under preset "tencent"', () => {
    expect(accept({ preset: 'tencent' })).toEqual({
      ...closed,
      authPath: 'append',
      requestMethod: 'follow',
      successStatus: ['200', '206', '304'],
      timeoutAction: 'allow',
    });
  });

  test('are those of Alibaba under preset "alibaba"', () => {
    expect(accept({ preset: 'alibaba' })).toEqual({ ...closed, otherStatus: 'allow' });
  });

  test('of scope are empty lists and no case', () => {
    expect(accept({ scope: {} }).scope).toEqual({
      fileTypes: [],
      paths: [],
      excludeFileTypes: [],
      excludePaths: [],
      excludeMethods: [],
      caseSensitive: false,
    });
  });

  test('let file types match by case under preset "alibaba" only', () => {
    const scope = { file_types: ['mp4'] };
    expect(accept({ preset: 'alibaba', scope }).scope?.caseSensitive).toBe(true);
    expect(accept({ preset: 'tencent', scope }).scope?.caseSensitive).toBe(false);
  });
});

describe('a field beside the preset overrides it', () => {
  test.each([
    ['tencent', { auth_path: 'fixed' }, { authPath: 'fixed' }],
    ['tencent', { request_method: 'POST' }, { requestMethod: 'POST' }],
    ['tencent', { success_status: ['2xx'] }, { successStatus: ['2xx'] }],
    ['tencent', { other_status: 'allow' }, { otherStatus: 'allow' }],
    ['tencent', { failure_action: { throttle: '64k' } }, { failureAction: { throttle: '64k' } }],
    ['tencent', { timeout_action: 'deny' }, { timeoutAction: 'deny' }],
    ['alibaba', { auth_path: 'append' }, { authPath: 'append' }],
    ['alibaba', { other_status: 'deny' }, { otherStatus: 'deny' }],
    ['alibaba', { keep_headers: 'host' }, { keepHeaders: ['host'] }],
  ])('%s with %j', (preset, fields, result) => {
    expect(accept({ preset, ...fields })).toMatchObject(result);
  });

  test('alibaba with case_sensitive off', () => {
    expect(accept({ preset: 'alibaba', scope: { case_sensitive: false } }).scope?.caseSensitive).toBe(false);
  });
});

describe('limits of preset "alibaba"', () => {
  test.each([
    ['allows 3000 ms', { timeout_ms: 3000 }, []],
    ['refuses 3001 ms', { timeout_ms: 3001 }, ['/remote_auth/timeout_ms']],
    ['says it once for 30001 ms', { timeout_ms: 30001 }, ['/remote_auth/timeout_ms']],
  ])('%s', (_name, fields, pointers) => {
    expect(pointersOf({ preset: 'alibaba', ...fields })).toEqual(pointers);
  });

  test('tencent allows 30000 ms', () => {
    expect(accept({ preset: 'tencent', timeout_ms: 30000 }).timeoutMs).toBe(30000);
  });

  const local = [
    '127.0.0.1',
    '127.255.255.254',
    'localhost',
    'LOCALHOST',
    'localhost.',
    'a.localhost',
    '[::1]',
  ];
  const localToo = ['[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::]', '0.0.0.0'];
  test.each([...local, ...localToo])('refuses %s', (host) => {
    const auth_server = `http://${host}:8080/auth`;
    expect(refuse({ preset: 'alibaba', auth_server })).toEqual([
      `/remote_auth/auth_server: expected an address on another host, under preset "alibaba", received "${auth_server}"`,
    ]);
    expect(accept({ auth_server }).authServers).toHaveLength(1);
  });

  test.each(['126.255.255.255', '128.0.0.1', 'localhost.example.com', 'notlocalhost', '[::2]'])(
    'allows %s',
    (host) => {
      expect(pointersOf({ preset: 'alibaba', auth_server: `http://${host}/auth` })).toEqual([]);
    },
  );
});

describe('enabled', () => {
  test.each([
    ['is true by default', '{"remote_auth":{"auth_server":"http://a"}}', true],
    ['may be written', '{"enabled":true,"remote_auth":{"auth_server":"http://a"}}', true],
    ['false keeps the fields', '{"enabled":false,"remote_auth":{"auth_server":"http://a"}}', false],
  ])('%s', (_name, text, enabled) => {
    expect(read(text)).toMatchObject({ enabled, remoteAuth: { authPath: 'fixed' } });
  });

  test('false needs no remote_auth', () => {
    expect(read('{"enabled":false}')).toEqual({
      domain: 'www.example.com',
      enabled: false,
      remoteAuth: undefined,
    });
  });
});
