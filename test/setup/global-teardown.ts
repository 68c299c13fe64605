import { execFileSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');

/** Removes what the tests left. The runner does it itself, after the last stage. */
export default function globalTeardown(): void {
  if (process.env['EDGE_AUTH_PREPARED'] === '1') return;
  execFileSync(process.execPath, [path.join(root, 'test/setup/finish.mjs')], { cwd: root, stdio: 'inherit' });
}
