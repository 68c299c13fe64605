// `edge-auth purge`: another version in the policy, and nothing else.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPolicies } from '../../../src/files/read-policies';
import { writeLive } from '../../../src/files/write-live';
import { digestOfEntry } from '../../../src/core/live-entry';
import { sha256 } from '../../../src/policy/live-policy';
import { runCli } from './run-cli';

let folder: string;
const file = () => join(folder, 'a.test.json');
const purge = (domain = 'a.test') => runCli('purge', domain, '--policies', folder);
const written = (cache: string) =>
  `{ "remote_auth": {\n\t"auth_server":"http://10.0.0.1/" , "keep_headers" : "none",\n\t"cache": ${cache}\n} }\n`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'edge-auth-purge-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  ['{ "allow_ttl":60,  "version": 41 }', '{ "allow_ttl":60,  "version": 42 }', 42],
  ['{ "version": 0, "keep": 1 }'.replace('"keep"', '"deny_ttl"'), '{ "version": 1, "deny_ttl": 1 }', 1],
  ['{"allow_ttl":1,"version":999999999}', '{"allow_ttl":1,"version":0}', 0],
])('%s becomes %s, to the letter', async (before, after, version) => {
  writeFileSync(file(), written(before));
  chmodSync(file(), 0o640);
  expect(await purge('A.test')).toMatchObject({ code: 0, stderr: '' });
  expect(readFileSync(file(), 'utf8')).toBe(written(after));
  expect((await purge()).stdout).toContain(`remote_auth.cache.version is ${version + 1} now`);
  expect(statSync(file()).mode & 0o777).toBe(0o640);
  expect(readdirSync(folder)).toEqual(['a.test.json']);
});

test('a policy without a version gets one, and keeps what it says', async () => {
  writeFileSync(file(), written('{ "allow_ttl": 60 }'));
  const { code, stdout } = await purge();
  expect([code, stdout]).toEqual([
    0,
    'edge-auth: a.test: remote_auth.cache.version is 1 now; in force once the policies are rendered and nginx is reloaded, as edge-auth watch does\n',
  ]);
  const text = readFileSync(file(), 'utf8');
  expect(JSON.parse(text)).toEqual({
    remote_auth: {
      auth_server: 'http://10.0.0.1/',
      keep_headers: 'none',
      cache: { allow_ttl: 60, version: 1 },
    },
  });
  expect(text).toContain('\t"auth_server":"http://10.0.0.1/" , "keep_headers" : "none",\n');
});

test('where policies are live, their compiled copy follows', async () => {
  writeFileSync(file(), written('{ "allow_ttl": 60 }'));
  writeFileSync(join(folder, 'b.test.json'), '{"url_signing":false}');
  writeLive(folder, readPolicies(folder));
  expect((await purge()).stdout).toContain('nginx goes by it within 5 seconds');
  const copy = readFileSync(join(folder, '.live/a.test'), 'utf8');
  expect(digestOfEntry(copy)).toBe(sha256(readFileSync(file(), 'utf8')));
  expect(readdirSync(join(folder, '.live')).sort()).toEqual(['a.test', 'b.test']);
});

test.each([
  [
    'a policy without a cache',
    '{"url_signing":false}',
    'a.test',
    /expected remote_auth\.cache, received a policy without it/,
  ],
  ['a policy with a fault', '{"remote_auth":{}}', 'a.test', /\/remote_auth\/auth_server: expected/],
  ['a domain without a policy', '{"url_signing":false}', 'b.test', /b\.test\.json: expected a readable file/],
  [
    'a way out of the folder',
    '{"url_signing":false}',
    '../a.test',
    /expected a domain, received "\.\.\/a\.test"/,
  ],
  ['what is no domain', '{"url_signing":false}', 'a b', /expected/],
])('%s is refused, and nothing changes', async (_name, text, domain, said) => {
  writeFileSync(file(), text);
  const { code, stdout, stderr } = await purge(domain);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(said);
  expect(readFileSync(file(), 'utf8')).toBe(text);
});
