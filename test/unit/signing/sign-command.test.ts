// `edge-auth sign` as an operator runs it. What is refused of a URL is tested on the library, which runs the same code.
import { createHash } from 'node:crypto';
import { ensureBuilt, runCli } from '../cli/run-cli';
import { AT, expectNoKey, KEY1, KEY2, openPolicyFolder, type PolicyFolder } from './policy-folder';
import { isOurSpelling, named, policyFileOf, unixOf } from './vector';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

let folder: PolicyFolder;
beforeAll(async () => {
  await ensureBuilt();
  folder = openPolicyFolder();
}, 60_000);
afterAll(() => folder.remove());

const ofVendors = named.filter(([, vector]) => isOurSpelling(vector));

test.each(ofVendors)('prints the URL of %s', async (_name, vector) => {
  const file = folder.put('vector.example.com.json', policyFileOf(vector));
  const ofA = vector.type === 'A' ? ['--rand', vector.rand, '--uid', vector.uid] : [];
  const form = vector.type === 'C' ? ['--form', vector.form] : [];
  const at = ['--at', String(unixOf(vector))];
  expect(await runCli('sign', '--policy', file, ...at, ...ofA, ...form, vector.url)).toEqual({
    code: 0,
    stdout: `${vector.signed_url}\n`,
    stderr: '',
  });
});

describe('the form without --form', () => {
  test.each<[string, object, RegExp]>([
    ['is in front of the path for type C', { type: 'C' }, /^\/[0-9a-f]{32}\/6553f100\/a$/],
    [
      'is arguments for type C under preset baidu',
      { type: 'C', preset: 'baidu' },
      /^\/a\?sign=\w+&t=1700000000$/,
    ],
    [
      'is in front of the path for type B under preset baidu',
      { type: 'B', preset: 'baidu' },
      /^\/\d{12}\/\w{32}\/a$/,
    ],
    ['is arguments for type D', { type: 'D' }, /^\/a\?sign=\w+&t=1700000000$/],
  ])('%s', async (_name, signing, url) => {
    const { stdout, code } = await folder.run('sign', signing, '/a');
    expect(stdout.trimEnd()).toMatch(url);
    expect(code).toBe(0);
  });
});

test.each([
  ['key1 without --key', [], KEY1],
  ['key1', ['--key', '1'], KEY1],
  ['key2', ['--key', '2'], KEY2],
])('signs with %s', async (_name, more, key) => {
  const { stdout } = await folder.run('sign', { type: 'D' }, ...more, '/a');
  expect(stdout).toBe(`/a?sign=${md5(`${key}/a${AT}`)}&t=${AT}\n`);
});

test('signs with the keys of a key file', async () => {
  folder.put('keys.txt', `${KEY1}\n${KEY2}\n`);
  const { stdout } = await folder.run('sign', { type: 'D', key_file: 'keys.txt' }, '--key', '2', '/a');
  expect(stdout).toBe(`/a?sign=${md5(`${KEY2}/a${AT}`)}&t=${AT}\n`);
});

test.each([
  ['1700000000', 1700000000],
  ['2023-11-14T22:13:20Z', 1700000000],
  ['2023-11-14T22:13:20.999Z', 1700000000],
  ['2023-11-15T06:13:20+08:00', 1700000000],
  ['2023-11-15T03:43:20+0530', 1700000000],
  ['2023-11-14T16:43:20-05:30', 1700000000],
  ['2023-11-14T22:13Z', 1699999980],
  ['2024-02-29T00:00:00Z', 1709164800],
  ['1970-01-01T00:00:00Z', 0],
])('--at %s is the second %d', async (at, unix) => {
  const { stdout } = await folder.run('sign', { type: 'D' }, '--at', at, '/a');
  expect(stdout).toContain(`&t=${String(unix).padStart(10, '0')}\n`);
});

test.each([
  '2023-11-14T22:13:20',
  '2023-11-14',
  '2023-02-29T00:00:00Z',
  '2023-13-01T00:00:00Z',
  '2023-11-14T24:00:00Z',
  '2023-11-14T22:13:60Z',
  '1969-12-31T23:59:59Z',
  '1970-01-01T00:00:00+00:01',
  '-1',
  '1.5',
  '1e9',
  '1700000000000',
  'now',
  '',
])('--at %j is refused', async (at) => {
  const { code, stdout, stderr } = await folder.run('sign', { type: 'D' }, `--at=${at}`, '--at', at, '/a');
  expect(stderr).toMatch(/expected unix seconds or a date and time|argument missing/);
  expect([code, stdout]).toEqual([1, '']);
});

test('signs for now without --at', async () => {
  const file = folder.put('now.example.com.json', { url_signing: { type: 'D', key1: KEY1 } });
  const { stdout } = await runCli('sign', '--policy', file, '/a');
  const signed = Number(/&t=(\d{10})\n$/.exec(stdout)![1]);
  expect(Math.abs(signed - Date.now() / 1000)).toBeLessThan(30);
});

describe('ends with 1, says why, and prints no URL', () => {
  test.each<[string, object, string[], string]>([
    [
      'for a URL that the edge would refuse',
      { type: 'A' },
      ['/a//b'],
      'expected a path that the edge serves as it is signed',
    ],
    ['for a URL that is signed', { type: 'A' }, ['/a?auth_key=1'], 'expected a URL without a signature'],
    ['for a fragment', { type: 'A' }, ['/a#b'], 'expected a URL without a fragment'],
    ['for something that is no URL', { type: 'A' }, ['a'], 'expected an http(s) URL'],
    ['for a rand with a hyphen', { type: 'A' }, ['--rand', '1-2', '/a'], 'expected a rand of letters'],
    [
      'for a rand that the type has no place for',
      { type: 'C' },
      ['--rand', '1', '/a'],
      'expected no rand for type C',
    ],
    [
      'for a form that the type has not',
      { type: 'A' },
      ['--form', 'path', '/a'],
      'expected form args for type A',
    ],
    [
      'for a time that the format cannot hold',
      { type: 'A' },
      ['--at', '10000000000', '/a'],
      'expected a time that dec can hold in 10 digits',
    ],
    [
      'for a timeout that is over within the minute',
      { type: 'B', timeout: 19 },
      ['/a'],
      'set timeout to 60 or more',
    ],
    ['for a third key', { type: 'A' }, ['--key', '3', '/a'], 'Allowed choices are 1, 2'],
    ['without a URL', { type: 'A' }, [], "missing required argument 'url'"],
    ['for a policy with a fault', { type: 'A', timeout: -1 }, ['/a'], '/url_signing/timeout: expected'],
    [
      'for a key file that is missing',
      { type: 'A', key_file: 'none.txt' },
      ['/a'],
      '/url_signing/key_file: expected',
    ],
  ])('%s', async (_name, signing, args, message) => {
    const { code, stdout, stderr } = await folder.run('sign', signing, ...args);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([1, '']);
  });

  test('for a key2 that is not there', async () => {
    const file = folder.put('one.example.com.json', { url_signing: { type: 'A', key1: KEY1 } });
    const ended = await runCli('sign', '--policy', file, '--key', '2', '/a');
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toContain('expected key1 and key2 in the policy for --key 2');
    expectNoKey(ended);
  });

  test('for a policy without url_signing', async () => {
    const file = folder.put('none.example.com.json', { remote_auth: { auth_server: 'http://a' } });
    const { code, stdout, stderr } = await runCli('sign', '--policy', file, '/a');
    expect(stderr).toMatch(/none\.example\.com\.json: expected url_signing in the policy, received none\n$/);
    expect([code, stdout]).toEqual([1, '']);
  });

  test('for a key that the policy refuses, without printing it', async () => {
    const file = folder.put('bad.example.com.json', { url_signing: { type: 'A', key1: `${KEY1}$` } });
    const ended = await runCli('sign', '--policy', file, '/a');
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toContain('/url_signing/key1');
    expectNoKey(ended);
  });
});

test('a timeout of 20 outlasts the twenty seconds that type B forgets', async () => {
  expect((await folder.run('sign', { type: 'B', timeout: 20 }, '/a')).code).toBe(0);
});

describe('warns on stderr, and signs all the same,', () => {
  test.each<[string, object, string]>([
    [
      'where the path is in white_list',
      { white_list: ['/a'] },
      'GET needs no signature here: its path is in white_list',
    ],
    [
      'where the path is out of scope',
      { scope: { paths: ['/b/*'] } },
      'GET needs no signature here: it is out of scope',
    ],
  ])('%s', async (_name, fields, message) => {
    const { code, stdout, stderr } = await folder.run('sign', { type: 'D', ...fields }, '/a');
    expect(stderr).toBe(`edge-auth: warning: ${message}\n`);
    expect(stdout).toBe(`/a?sign=${md5(`${KEY1}/a${AT}`)}&t=${AT}\n`);
    expect(code).toBe(0);
  });

  test('where the policy is switched off', async () => {
    const file = folder.put('off.example.com.json', {
      enabled: false,
      url_signing: { type: 'D', key1: KEY1 },
    });
    const { code, stdout, stderr } = await runCli('sign', '--policy', file, '--at', String(AT), '/a');
    expect(stderr).toContain('warning: ');
    expect(stderr).toContain('"enabled": false, so the edge allows every request');
    expect([code, stdout]).toEqual([0, `/a?sign=${md5(`${KEY1}/a${AT}`)}&t=${AT}\n`]);
  });
});

test('a path outside of both lists is signed without a warning', async () => {
  const signing = { type: 'D', white_list: ['/b'], scope: { exclude_methods: ['OPTIONS'] } };
  expect((await folder.run('sign', signing, '/a')).stderr).toBe('');
});
