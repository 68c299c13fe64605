// What `render --api…` refuses, and what it makes of a file of tokens.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { apiSettings, parseTokens } from '../../../src/cli/api-options';
import { ensureBuilt, runCli } from './run-cli';

const folder = mkdtempSync(join(tmpdir(), 'edge-auth-api-'));
afterAll(() => rmSync(folder, { recursive: true }));
const tokenFile = join(folder, 'tokens');
writeFileSync(tokenFile, 'write wwwwwwwwwwwwwwwwwwww\n');
const digest = (token: string) => createHash('sha256').update(token).digest('hex');

const plain = { apiTokens: tokenFile, apiHost: [], apiAllowAuthServer: [], apiLog: '/var/log/api.log' };

describe('a file of tokens', () => {
  test('is rendered as roles and digests, without a token', () => {
    const text = '# operators\n\nread rrrrrrrrrrrrrrrr\r\n  write\twwwwwwwwwwwwwwww  \n';
    expect(parseTokens(text, 'tokens')).toBe(
      `read:${digest('rrrrrrrrrrrrrrrr')} write:${digest('wwwwwwwwwwwwwwww')}`,
    );
  });

  test.each([
    ['nothing', '', 'received none'],
    ['comments only', '# read rrrrrrrrrrrrrrrr\n', 'received none'],
    ['a token of 15 characters', `read ${'s'.repeat(15)}\n`, 'in line 1'],
    ['a token of 257 characters', `read ${'s'.repeat(257)}\n`, 'in line 1'],
    ['another role', 'read rrrrrrrrrrrrrrrr\nadmin ssssssssssssssss\n', 'in line 2'],
    ['a role in capitals', 'READ ssssssssssssssss\n', 'in line 1'],
    ['a role alone', 'write\n', 'in line 1'],
    ['a token with a space', 'write ssssssss ssssssss\n', 'in line 1'],
    ['a token with a letter beyond ASCII', `write ssssssssssssssss\u00e9\n`, 'in line 1'],
    ['one token for both roles', 'read ssssssssssssssss\nwrite ssssssssssssssss\n', 'again in line 2'],
  ])('with %s is refused, and the message holds no token', (_name, text, words) => {
    const refuse = () => parseTokens(text, 'tokens');
    expect(refuse).toThrow(words);
    expect(refuse).not.toThrow(/sss|rrr/);
  });

  test('of 257 characters is refused, one of 16 and one of 256 are not', () => {
    for (const length of [16, 256])
      expect(parseTokens(`read ${'s'.repeat(length)}`, 'tokens')).toBe(`read:${digest('s'.repeat(length))}`);
  });
});

describe('the settings', () => {
  test.each([
    ['127.0.0.1:9181', ['127.0.0.1:9181', 'localhost:9181']],
    ['127.8.9.1:80', ['127.8.9.1:80', 'localhost:80']],
    ['[::1]:9181', ['[::1]:9181', 'localhost:9181']],
    ['unix:/run/edge-auth-api.sock', ['localhost']],
  ])('of %s answer to %p', (api, hosts) => {
    const settings = apiSettings({ ...plain, api }, '/etc/policies');
    expect(settings).toMatchObject({ listen: api, hosts, policies: '/etc/policies' });
  });

  test('without --api are none', () => {
    expect(
      apiSettings({ apiHost: [], apiAllowAuthServer: [], apiLog: '/x' }, '/etc/policies'),
    ).toBeUndefined();
  });

  test.each(['10.0.0.1:9181', '0.0.0.0:9181', '[::]:9181', '[2001:db8::1]:9181', '128.0.0.1:9181'])(
    'refuse %s unless remote addresses are allowed',
    (api) => {
      expect(() => apiSettings({ ...plain, api }, '/etc/policies')).toThrow('--api-allow-remote');
      const settings = apiSettings(
        { ...plain, api, apiAllowRemote: true, apiHost: ['edge.example.com'] },
        '/p',
      );
      expect(settings?.hosts).toEqual([api, 'edge.example.com']);
    },
  );
});

describe('the command line refuses', () => {
  beforeAll(ensureBuilt, 60_000);

  test.each([
    ['--api without --api-tokens', ['--api', '127.0.0.1:9181'], '--api-tokens'],
    ['--api-tokens without --api', ['--api-tokens', tokenFile], '--api'],
    ['a host name to listen on', ['--api', 'localhost:9181'], 'an IP address with a port'],
    ['a port of 0', ['--api', '127.0.0.1:0'], 'an IP address with a port'],
    ['a port of 65536', ['--api', '127.0.0.1:65536'], 'an IP address with a port'],
    ['an address with a brace', ['--api', '127.0.0.1:9181}'], 'an IP address with a port'],
    ['a socket path with a space', ['--api', 'unix:/run/a b'], 'unix:/path'],
    ['a relative policies path', ['--api-policies', 'policies'], 'an absolute path'],
    ['a policies path with a quote', ['--api-policies', '/etc/"x'], 'an absolute path'],
    ['a log with a variable', ['--api-log', '/var/log/$host'], 'an absolute path'],
    ['a host with a space', ['--api-host', 'a b'], 'a host name or an IP address'],
    ['an auth server with a semicolon', ['--api-allow-auth-server', 'a;b'], 'a host name or an IP address'],
    ['an auth server with a path', ['--api-allow-auth-server', '10.0.0.1/x'], 'a host name or an IP address'],
  ])('%s', async (_name, options, words) => {
    const policies = mkdtempSync(join(folder, 'policies-'));
    writeFileSync(join(policies, 'a.test.json'), '{"url_signing":{"type":"A","key1":"firstkey1"}}');
    const out = join(policies, 'out');
    const { code, stderr } = await runCli('render', '--policies', policies, '--out', out, ...options);
    expect(code).not.toBe(0);
    expect(stderr).toContain(words);
  });
});
