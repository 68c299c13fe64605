import { existsSync, readFileSync } from 'node:fs';
import { run, tail } from './processes.mjs';
import { say, SetupProblem } from './report.mjs';

/** Why this machine cannot install Debian packages, or '' when it can. */
export function whyNotDebianRoot() {
  if (process.platform !== 'linux') return `the platform is ${process.platform}, not linux`;
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (!/^ID=debian$/m.test(release))
    return 'the system is not Debian (/etc/os-release has no line ID=debian)';
  if (process.getuid() !== 0) return `the user is not root (uid ${process.getuid()})`;
  return '';
}

/** Installs Debian packages. Call it as root on Debian only. */
export async function installPackages(packages) {
  say(`installing Debian packages: ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    const { code, output } = await run('apt-get', args, { env });
    if (code !== 0) {
      throw new SetupProblem(
        `apt-get ${args.join(' ')} ended with ${code}. Repair the package sources, then run npm test again.\n${tail(output)}`,
      );
    }
  }
}

/** Is a command on the PATH? */
export async function hasCommand(command) {
  return (await run('sh', ['-c', `command -v ${command}`])).code === 0;
}
