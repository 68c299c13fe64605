// `edge-auth verify` and `explain` as an operator runs them.
import { createHash } from 'node:crypto';
import { ensureBuilt, runCli } from '../cli/run-cli';
import { AT, expectNoKey, KEY1, openPolicyFolder, type PolicyFolder } from './policy-folder';
import { named, policyFileOf, unixOf } from './vector';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const A = `/a?auth_key=${AT}-0-0-${md5(`/a-${AT}-0-0-${KEY1}`)}`;

let folder: PolicyFolder;
beforeAll(async () => {
  await ensureBuilt();
  folder = openPolicyFolder();
}, 60_000);
afterAll(() => folder.remove());

test.each(named)('verify allows %s', async (_name, vector) => {
  const file = folder.put('vector.example.com.json', policyFileOf(vector));
  const at = ['--at', String(unixOf(vector) + 1800)];
  const { code, stdout, stderr } = await runCli('verify', '--policy', file, ...at, vector.signed_url);
  expect(JSON.parse(stdout)).toEqual({ verdict: 'allow', reason: 'signed', clean_url: vector.url });
  expect([code, stderr]).toEqual([0, '']);
});

const a = { type: 'A' };

test('verify prints one line and ends with 1 on deny, and explain does', async () => {
  const later = ['--at', String(AT + 1801), A];
  expect(await folder.run('verify', a, ...later)).toEqual({
    code: 1,
    stdout: '{"verdict":"deny","reason":"expired","clean_url":null}\n',
    stderr: '',
  });
  const { code, stdout } = await folder.run('explain', a, ...later);
  expect(stdout).toContain('\nverdict      deny: expired\n');
  expect(code).toBe(1);
});

test('explain ends with 0 on allow', async () => {
  const { code, stdout } = await folder.run('explain', a, A);
  expect(stdout).toContain('\nverdict      allow: signed\n');
  expect(code).toBe(0);
});

describe.each(['verify', 'explain'])('%s ends with 2 where nothing can be said', (command) => {
  test.each<[string, object, string[], string]>([
    ['for something that is no URL', a, ['a'], 'expected an http(s) URL or a path'],
    ['for a policy with a fault', { type: 'E' }, ['/a'], '/url_signing/type: expected'],
    ['for a time that is none', a, ['--at', 'now', '/a'], 'expected unix seconds or a date and time'],
    ['without a URL', a, [], "missing required argument 'url'"],
    ['for an option that it has not', a, ['--rand', '1', '/a'], "unknown option '--rand'"],
  ])('%s', async (_name, signing, args, message) => {
    const { code, stdout, stderr } = await folder.run(command, signing, ...args);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([2, '']);
  });

  test('for a policy that is missing, or without url_signing', async () => {
    const none = folder.put('remote.example.com.json', { remote_auth: { auth_server: 'http://a' } });
    for (const [file, message] of [
      [none, 'expected url_signing in the policy, received none'],
      [none.replace('remote', 'missing'), 'expected a readable file, received ENOENT'],
    ] as const) {
      const { code, stdout, stderr } = await runCli(command, '--policy', file, '/a');
      expect(stderr).toContain(message);
      expect([code, stdout]).toEqual([2, '']);
    }
  });

  test('for a key that the policy refuses, without printing it', async () => {
    const file = folder.put('bad.example.com.json', {
      url_signing: { type: 'A', key1: KEY1, key2: `${KEY1}x` },
    });
    const ended = await runCli(command, '--policy', file, '/a');
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expectNoKey(ended);
  });

  test('but its help ends with 0', async () => {
    const { code, stdout } = await runCli(command, '--help');
    expect(stdout).toMatch(/Usage: edge-auth \w+ \[options\] <url>[^]*--policy[^]*--at[^]*--method/);
    expect(code).toBe(0);
  });
});

test('a policy that is switched off is judged as if it were on, with a warning', async () => {
  const file = folder.put('off.example.com.json', { enabled: false, url_signing: { type: 'A', key1: KEY1 } });
  const { code, stdout, stderr } = await runCli('verify', '--policy', file, '/a');
  expect(stderr).toContain('"enabled": false, so the edge allows every request; judged as if it were on');
  expect([code, stdout]).toEqual([1, '{"verdict":"deny","reason":"no_signature","clean_url":null}\n']);
});
