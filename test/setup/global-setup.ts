import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');

/** Prepares the runtimes, unless the runner did, and tells the test processes which run they belong to. */
export default function globalSetup(): void {
  process.env['EDGE_AUTH_RUN_ID'] ??= `${os.hostname()}/${process.pid}/jest`;
  if (process.env['EDGE_AUTH_PREPARED'] !== '1') {
    execFileSync(process.execPath, [path.join(root, 'test/setup/prepare.mjs')], {
      cwd: root,
      stdio: 'inherit',
    });
  }
  const engine = JSON.parse(readFileSync(path.join(root, '.cache/engine.json'), 'utf8')) as {
    hasRegistry: boolean;
  };
  if (!engine.hasRegistry) process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
}
