import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { writeKeyFile } from '../../../demo/sign-url.mjs';

const policies = resolve(__dirname, '../../../demo/policies');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'edge-auth-demo-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('each policy that signs gets a key of its own, which only its owner reads', () => {
  for (const name of readdirSync(policies)) {
    writeKeyFile(folder, readFileSync(join(policies, name), 'utf8'));
  }
  const names = readdirSync(folder).sort();
  expect(names).toEqual(['downloads.example.com.key', 'members.example.com.key']);
  const keys = names.map((name) => readFileSync(join(folder, name), 'utf8'));
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}\n$/);
  expect(keys[0]).not.toBe(keys[1]);
  for (const name of names) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
});
