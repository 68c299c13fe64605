// An nginx image from Debian's own packages, for machines that reach no image registry.
import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { hasCommand, installPackages, whyNotDebianRoot } from './debian-host.mjs';
import { run, tail } from './processes.mjs';
import { say, since, SetupProblem } from './report.mjs';

const SCRIPTS = '/usr/share/debootstrap/scripts';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const RECIPE = {
  version: 1,
  variant: 'minbase',
  packages: ['nginx', 'libnginx-mod-http-js'],
  leftOut: [
    './proc/*',
    './sys/*',
    './dev/*',
    './var/cache/apt/*',
    './var/lib/apt/lists/*',
    './usr/share/doc/*',
  ],
  changes: ['CMD ["nginx", "-g", "daemon off;"]', 'EXPOSE 80'],
};
const RECIPE_HASH = createHash('sha256').update(JSON.stringify(RECIPE)).digest('hex').slice(0, 12);

/** The image's name carries the recipe: a changed recipe is another image. */
export function debianImageName(suite) {
  return `edge-auth-test/debian-${suite}:${RECIPE_HASH}`;
}

/** Installs what building an image needs, or says what is missing. */
export async function ensureDebootstrap() {
  const hindrance = whyNotDebianRoot();
  if (hindrance) {
    throw new SetupProblem(
      'no image registry can be reached, and building the images from Debian packages needs root on Debian, but ' +
        `${hindrance}. Give the engine a way to the official nginx images, or run npm test as root on Debian.`,
    );
  }
  if (!(await hasCommand('debootstrap'))) await installPackages(['debootstrap']);
  if (!existsSync(KEYRING)) await installPackages(['debian-archive-keyring']);
}

/** The archive that this machine installs from; every mirror of Debian holds all three suites. */
async function mirrorOfApt() {
  const { output } = await run('apt-get', [
    'indextargets',
    '--format',
    '$(REPO_URI)',
    'Created-By: Packages',
  ]);
  const mirror = output.split('\n').find((line) => /^https?:\/\/\S+\/debian\/?$/.test(line));
  if (mirror) return mirror;
  throw new SetupProblem(
    "expected a mirror of Debian among apt's sources (a URL ending in /debian), found none: name one with EDGE_AUTH_DEBIAN_MIRROR",
  );
}

/** Builds the image of one Debian suite. The signatures of the archive are always checked. */
export async function buildDebianImage(engine, suite) {
  const start = Date.now();
  const name = debianImageName(suite);
  const mirror = process.env.EDGE_AUTH_DEBIAN_MIRROR || (await mirrorOfApt());
  const target = mkdtempSync(
    path.join(process.env.EDGE_AUTH_BUILD_DIR || os.tmpdir(), `edge-auth-${suite}-`),
  );
  // Debian 12 knows no forky; its scripts for the coming release are all links to the one for sid.
  const script = existsSync(path.join(SCRIPTS, suite)) ? suite : 'sid';
  say(`building ${name} from Debian packages (${mirror})`);
  try {
    const { code, output } = await run('debootstrap', [
      `--variant=${RECIPE.variant}`,
      `--include=${RECIPE.packages.join(',')}`,
      `--keyring=${KEYRING}`,
      suite,
      target,
      mirror,
      path.join(SCRIPTS, script),
    ]);
    if (code !== 0) {
      const log = await run('tail', ['-n', '15', path.join(target, 'debootstrap/debootstrap.log')]);
      throw new SetupProblem(
        `debootstrap of ${suite} from ${mirror} ended with ${code}. Check that the mirror can be reached ` +
          `(EDGE_AUTH_DEBIAN_MIRROR names another one).\n${tail(output, 8)}\n${log.code === 0 ? log.output : ''}`,
      );
    }
    await importTree(engine, target, name);
  } finally {
    await run('rm', ['-rf', '--one-file-system', target]);
  }
  say(`built ${name} in ${since(start)}`);
}

async function importTree(engine, tree, name) {
  const excludes = RECIPE.leftOut.map((pattern) => `--exclude=${pattern}`);
  const tar = spawn('tar', ['-C', tree, '--numeric-owner', '--one-file-system', ...excludes, '-c', '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [repo, tag] = name.split(':');
  const answer = await engine.importImage(tar.stdout, { repo, tag, changes: RECIPE.changes });
  await new Promise((resolve, reject) => {
    engine.modem.followProgress(answer, (error) => (error ? reject(error) : resolve()));
  });
}
