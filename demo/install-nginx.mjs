// Debian's and Ubuntu's nginx, installed as root and not started.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { runCommand } from './command.mjs';
import { say, tail } from './report.mjs';

const PACKAGES = ['nginx', 'libnginx-mod-http-js'];
/** Debian's packages ask this script before they start a service; 101 forbids it. */
const GUARD = '/usr/sbin/policy-rc.d';
const PID_FILE = '/run/nginx.pid';

/** Why packages cannot be installed here, or '' if they can. `release`: the text of /etc/os-release. */
export function whyNotInstallable({ platform, release, uid }) {
  if (platform !== 'linux') return `the platform is ${platform}: expected Debian or Ubuntu`;
  const ids = /^ID(?:_LIKE)?=.*\b(?:debian|ubuntu)\b/m;
  if (!ids.test(release)) return 'the system is neither Debian nor Ubuntu (/etc/os-release)';
  if (uid !== 0)
    return `the user is not root (uid ${uid}); by hand: sudo apt-get install ${PACKAGES.join(' ')}`;
  return '';
}

/** Installs nginx and its js module. Returns why it could not, or ''. */
export async function installNginx() {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const reason = whyNotInstallable({ platform: process.platform, release, uid: process.getuid?.() });
  if (reason) return reason;
  say(`installing ${PACKAGES.join(' and ')} with apt-get, after an update of the package lists`);
  const ran = existsSync(PID_FILE);
  const guarded = !existsSync(GUARD);
  const removeGuard = () => rmSync(GUARD, { force: true });
  if (guarded) {
    writeFileSync(GUARD, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    process.once('exit', removeGuard);
  }
  try {
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...PACKAGES]]) {
      const { code, output } = await runCommand('apt-get', args, {
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
      if (code !== 0) {
        return `apt-get ${args.join(' ')} ended with ${code}; repair the package sources, then run the demo again.\n${tail(output)}`;
      }
    }
  } finally {
    if (guarded) removeGuard();
  }
  if (!ran && existsSync(PID_FILE)) await stopService();
  say(`installed. Debian's own nginx service was not started; at the next boot it will be, unless you run:
      systemctl disable nginx`);
  return '';
}

/** Only for a machine whose own policy-rc.d let the new service start. */
async function stopService() {
  const { code, output } = await runCommand('nginx', ['-s', 'quit']);
  if (code !== 0)
    say(`the nginx service started on installation and could not be stopped: ${tail(output, 3)}`);
}
