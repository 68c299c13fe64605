// Packages and build, from a clean clone.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.mjs';
import { root } from './place.mjs';
import { DemoProblem, say, tail } from './report.mjs';

const OLDEST_NODE = 20;

export async function prepare() {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    throw new DemoProblem(
      `expected Node ${OLDEST_NODE} or newer, received ${process.versions.node}: install one`,
    );
  }
  // npm writes this file when an installation has come to its end.
  if (!existsSync(join(root, 'node_modules/.package-lock.json'))) {
    const command = existsSync(join(root, 'package-lock.json')) ? 'ci' : 'install';
    say(`installing the packages: npm ${command}`);
    await npm(command);
  }
  const { code, output } = await runCommand(process.execPath, ['build.mjs'], { cwd: root });
  if (code !== 0) {
    throw new DemoProblem(
      `npm run build ended with ${code}. If a package is missing, run npm ci.\n${tail(output)}`,
    );
  }
}

async function npm(command) {
  const args = [command, '--no-audit', '--no-fund'];
  // Under `npm run` this names the npm that runs us, which need not be on the PATH.
  const script = process.env.npm_execpath;
  const { code, output } = script?.endsWith('.js')
    ? await runCommand(process.execPath, [script, ...args], { cwd: root })
    : await runCommand('npm', args, { cwd: root });
  if (code !== 0) {
    throw new DemoProblem(
      `npm ${command} in ${root} ended with ${code}. It needs a package registry: check the network and npm's settings, ` +
        `then run the demo again.\n${tail(output)}`,
    );
  }
}
