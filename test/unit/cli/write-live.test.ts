// The compiled copies that `render --api` writes beside the policies.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPolicies } from '../../../src/files/read-policies';
import { writeLive } from '../../../src/files/write-live';
import { isLiveEntry } from '../../../src/core/live-entry';

let root: string;
let folder: string;
const put = (domain: string, policy: object): void =>
  writeFileSync(join(folder, `${domain}.json`), JSON.stringify(policy));
const copyOf = (domain: string): string => readFileSync(join(folder, '.live', domain), 'utf8');
const compile = (): string[] => writeLive(folder, readPolicies(folder));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'edge-auth-live-'));
  folder = join(root, 'policies');
  mkdirSync(folder);
  put('a.test', { url_signing: { type: 'A', key1: 'first-key' } });
  put('b.test', { url_signing: { type: 'B', key_file: '../keys' } });
  writeFileSync(join(root, 'keys'), 'key-of-a-file\n');
});
afterEach(() => rmSync(root, { recursive: true }));

test('each policy has a whole copy that only its owner reads, and nothing else is left', () => {
  expect(compile()).toEqual(['a.test', 'b.test']);
  expect(readdirSync(join(folder, '.live')).sort()).toEqual(['a.test', 'b.test']);
  for (const domain of ['a.test', 'b.test']) {
    expect(isLiveEntry(copyOf(domain))).toBe(true);
    expect(statSync(join(folder, '.live', domain)).mode & 0o777).toBe(0o600);
  }
  expect(statSync(join(folder, '.live')).mode & 0o777).toBe(0o700);
});

test('what has not changed is not written again', () => {
  compile();
  expect(compile()).toEqual([]);
});

test('a policy that has changed is', () => {
  compile();
  put('a.test', { url_signing: { type: 'A', key1: 'second-key' } });
  expect(compile()).toEqual(['a.test']);
  expect(copyOf('a.test')).toContain('second-key');
});

test('a key file that has changed is, although its policy has not', () => {
  compile();
  writeFileSync(join(root, 'keys'), 'another-key\nkey-of-a-file\n');
  expect(compile()).toEqual(['b.test']);
  expect(copyOf('b.test')).toContain('another-key key-of-a-file\n');
});

test.each([
  ['cut off', (text: string) => text.slice(0, -8)],
  ['of another form', (text: string) => text.replace('\nend 1\n', '\nend 0\n')],
  ['empty', () => ''],
])('a copy that is %s is', (_name, spoil) => {
  compile();
  writeFileSync(join(folder, '.live/a.test'), spoil(copyOf('a.test')));
  expect(compile()).toEqual(['a.test']);
  expect(isLiveEntry(copyOf('a.test'))).toBe(true);
});

test('the copy of a policy that is gone goes, and what a killed writer left; what another one is about to put in place stays', () => {
  compile();
  rmSync(join(folder, 'b.test.json'));
  const [old, young] = [join(folder, '.live/.12.tmp'), join(folder, '.live/.new.test.next')];
  for (const path of [old, young]) writeFileSync(path, 'x');
  utimesSync(old, 0, 0);
  compile();
  expect(existsSync(join(folder, '.live/b.test'))).toBe(false);
  expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
});
