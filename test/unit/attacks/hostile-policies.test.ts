import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import type { RenderOptions } from '../../../src/conf/options';
import { readPolicies } from '../../../src/files/read-policies';
import { renderFiles } from '../../../src/conf/render';
import { formatIssue, parsePolicy } from '../../../src/policy/policy';
import { readConf, skeleton } from './conf-skeleton';
import { hostilePolicies } from './hostile-policy';

const templates = path.resolve(__dirname, '../../../dist/nginx');
const options = (wiring: 'hop' | 'inline'): RenderOptions => ({
  wiring,
  decider: 'unix:/run/edge-auth.sock',
  prefix: '/etc/nginx/edge-auth',
  njsVersion: undefined,
  cache: { path: '/run/edge-auth-cache', size: '64m' },
});

function confOf(text: string, wiring: 'hop' | 'inline'): Map<string, string> | undefined {
  const { policy } = parsePolicy(text, 'policies/a.test.json');
  if (!policy) return undefined;
  const files = renderFiles({ policies: [policy], texts: new Map() }, options(wiring), templates);
  files.delete('edge_auth.js');
  return files;
}

describe.each(['hop', 'inline'] as const)('c.6 CVE-2025-24514, conf injection, %s', (wiring) => {
  test('a policy of any text is refused, or renders to the directives of its harmless twin and no others', () => {
    let rendered = 0;
    fc.assert(
      fc.property(hostilePolicies, ({ wild, tame }) => {
        const files = confOf(wild, wiring);
        if (!files) return;
        rendered++;
        const twin = confOf(tame, wiring);
        expect([...files.keys()]).toEqual([...twin!.keys()]);
        for (const [file, conf] of files) expect(skeleton(conf)).toEqual(skeleton(twin!.get(file)!));
        const words = [...files.values()].flatMap(readConf).flatMap((line) => line.words);
        expect(words.filter(isBroken)).toEqual([]);
      }),
      { numRuns: 1000, seed: 20240602, endOnFailure: true },
    );
    // Else the property would hold because everything is refused.
    expect(rendered).toBeGreaterThan(100);
  });
});

/** nginx reads 4,095 bytes of a word, and a line break in one reaches a header. */
function isBroken(word: string): boolean {
  return Buffer.byteLength(word) > 4095 || /[\0\r\n]/.test(word);
}

describe('c.6 hostile file names', () => {
  test.each([
    ['a;b.test.json'],
    ['a b.test.json'],
    ['a\nb.test.json'],
    ['$host.json'],
    ['{}.json'],
    ['"a".json'],
    ["a'.json"],
    ['#.json'],
    ['*.test.json'],
    ['~^.*$.json'],
    ['..json'],
    ['a..test.json'],
    ['\u00e9.test.json'],
    ['a.test .json'],
    [`${'a'.repeat(64)}.test.json`],
    ['\u202etest.json'],
  ])('%j is no domain', (file) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'edge-auth-names-'));
    try {
      writeFileSync(path.join(folder, file), '{"remote_auth":{"auth_server":"http://auth.test/"}}');
      const { policies, issues } = readPolicies(folder);
      expect(policies).toEqual([]);
      expect(issues).not.toEqual([]);
      for (const issue of issues) expect(formatIssue(issue)).not.toMatch(/[\p{Cc}\u202e]/u);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('a symbolic link to a file that is no policy tells no more of it than one character', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'edge-auth-links-'));
    try {
      writeFileSync(path.join(folder, 'secret'), 'root:hidden:0:0\nmore:hidden');
      symlinkSync(path.join(folder, 'secret'), path.join(folder, 'a.test.json'));
      symlinkSync('/nowhere', path.join(folder, 'b.test.json'));
      symlinkSync(folder, path.join(folder, 'c.test.json'));
      const { policies, issues } = readPolicies(folder);
      expect(policies).toEqual([]);
      expect(new Set(issues.map(({ file }) => path.basename(file)))).toEqual(
        new Set(['a.test.json', 'b.test.json', 'c.test.json']),
      );
      expect(issues.map(formatIssue).join('\n')).not.toMatch(/root|hidden/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
