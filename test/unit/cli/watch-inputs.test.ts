import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Inputs } from '../../../src/watch/inputs';

const FILE = 'a.example.com.json';
const remote = (host: string) => JSON.stringify({ remote_auth: { auth_server: `http://${host}/` } });
let folder: string;
let inputs: Inputs;
const put = (name: string, text: string) => writeFileSync(join(folder, name), text);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'edge-auth-inputs-'));
  put(FILE, remote('one.example'));
  inputs = new Inputs(folder, []);
  inputs.look();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const policyNow = () => {
  const { policy } = inputs.readPolicy(join(folder, FILE));
  return policy?.remoteAuth?.authServers[0]?.host;
};

test('nothing changed', () => {
  expect(inputs.look()).toEqual([]);
  put('notes.txt', 'x');
  put('.hidden.json', 'x');
  expect(inputs.look()).toEqual([]);
});

test('a change that leaves size, time and inode as they were, right after the file was seen', () => {
  const { mtime } = statSync(join(folder, FILE));
  put(FILE, remote('two.example'));
  utimesSync(join(folder, FILE), mtime, mtime);
  expect(inputs.look()).toEqual([`${FILE} changed`]);
});

test('a file that is read again only if it has changed', () => {
  const read = inputs.readPolicy(join(folder, FILE));
  expect(inputs.readPolicy(join(folder, FILE))).toBe(read);
  inputs.look();
  expect(inputs.readPolicy(join(folder, FILE))).toBe(read);
  put(FILE, remote('two.example'));
  inputs.look();
  expect(policyNow()).toBe('two.example');
});

test('a file that changes between look and reading, and back: the next look says so', () => {
  put(FILE, remote('two.example'));
  expect(policyNow()).toBe('two.example');
  put(FILE, remote('one.example'));
  expect(inputs.look()).toEqual([`${FILE} changed`]);
  expect(policyNow()).toBe('one.example');
});

test('a key file that changes between look and reading, and back', () => {
  put('key', 'first-key-1\n');
  put(FILE, JSON.stringify({ url_signing: { type: 'A', key_file: 'key' } }));
  inputs.look();
  const keys = () => inputs.readPolicy(join(folder, FILE)).policy?.urlSigning?.keys;
  put('key', 'other-key-2\n');
  expect(keys()).toEqual(['other-key-2']);
  put('key', 'first-key-1\n');
  expect(inputs.look()).not.toEqual([]);
  expect(keys()).toEqual(['first-key-1']);
});

test('a file that a broken policy names is waited for', () => {
  put(FILE, '{ "url_signing": { "type": "Z", "key_file": "keys/one" }, ');
  expect(inputs.look()).toEqual([`${FILE} changed`]);
  expect(inputs.folders()).toEqual([folder, join(folder, 'keys')]);
  expect(inputs.look()).toEqual([]);
});

test.each([
  ['a pipe', () => execFileSync('mkfifo', [join(folder, 'other')])],
  [
    'a file of the kernel that never ends',
    () => execFileSync('ln', ['-s', '/proc/kmsg', join(folder, 'other')]),
  ],
  ['a folder', () => execFileSync('mkdir', [join(folder, 'other')])],
  ['a link to itself', () => execFileSync('ln', ['-s', 'other', join(folder, 'other')])],
])('%s in the place of a certificate stops nothing', (_, make) => {
  make();
  const tls = { ca_file: join(folder, 'other') };
  put(FILE, JSON.stringify({ remote_auth: { auth_server: 'https://one.example/', tls } }));
  expect(inputs.look()).toEqual([`${FILE} changed`]);
  const before = inputs.tlsDigest();
  rmSync(join(folder, 'other'), { recursive: true });
  put('other', 'PEM');
  expect(inputs.look()).toEqual([`${join(folder, 'other')} changed`]);
  expect(inputs.tlsDigest()).not.toBe(before);
});

test('a folder that is gone for a moment', () => {
  renameSync(folder, `${folder}.away`);
  expect(inputs.look()).toEqual([`${folder} changed`, `${FILE} gone`]);
  expect(inputs.look()).toEqual([]);
  renameSync(`${folder}.away`, folder);
  expect(inputs.look()).toEqual([`${folder} changed`, `${FILE} new`]);
});
