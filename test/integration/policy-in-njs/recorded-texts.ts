import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../harness/runtimes';

export interface PolicyText {
  /** The unit test that reads it. */
  test: string;
  file: string;
  text: string;
}

/** What the unit tests of the policy read, each text once; halves of characters are U+FFFD, as in every text that came over the wire. */
export async function recordedTexts(): Promise<PolicyText[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'edge-auth-texts-'));
  try {
    const record = path.join(folder, 'texts');
    const config = {
      rootDir: repositoryRoot,
      testMatch: ['<rootDir>/test/unit/policy/*.test.ts'],
      // generated.test.ts is about files.
      testPathIgnorePatterns: ['generated.test.ts'],
      setupFilesAfterEnv: [path.join(__dirname, 'recorder.ts')],
    };
    const jest = path.join(repositoryRoot, 'node_modules/jest/bin/jest.js');
    await promisify(execFile)(
      process.execPath,
      [jest, '--config', JSON.stringify(config), '--maxWorkers=1'],
      {
        env: { ...process.env, EDGE_AUTH_RECORD: record },
        cwd: repositoryRoot,
      },
    );
    const rows = (await readFile(record, 'utf8')).trim().split('\n').map(whole);
    return [...new Map(rows.map((row) => [JSON.stringify([row.file, row.text]), row])).values()];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function whole(line: string): PolicyText {
  const { test, file, text } = JSON.parse(line) as PolicyText;
  return { test, file: Buffer.from(file).toString(), text: Buffer.from(text).toString() };
}
