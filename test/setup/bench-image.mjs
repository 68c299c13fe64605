// The images of the bench: a runtime's image and, from Debian's packages, what measures it. Kept for the next run.
// `peers` (the default): the load generator and the peers. `valgrind`: for each runtime that EDGE_AUTH_RUNTIMES leaves, its image with valgrind.
import { createHash } from 'node:crypto';
import { ensureEngine } from './engine.mjs';
import { readCache, writeCache } from './paths.mjs';
import { runMain, say, since, SetupProblem } from './report.mjs';
import { newRunId, RUN_LABEL } from './run-id.mjs';
import { selectRuntimes } from './selection.mjs';

const MISSING = 'edge-auth.missing';
const BETWEEN = ' | ';
/** Each package is installed alone, so that one which cannot be had leaves the others. The first has to be there. */
const PACKAGES = { peers: ['wrk', 'libnginx-mod-http-lua', 'haproxy', 'caddy'], valgrind: ['valgrind'] };
/** An archive that has not been signed anew for a while is as good as when it was; its signature is checked all the same. */
const APT = 'apt-get -q -o Acquire::Check-Valid-Until=false';
const install = (packages) => `
export DEBIAN_FRONTEND=noninteractive
${APT} update >/tmp/apt.log 2>&1 || true
for p in ${packages.join(' ')}; do
  if ${APT} install -y --no-install-recommends $p >/tmp/apt.log 2>&1; then continue; fi
  echo "MISSING $p: $(grep '^E: ' /tmp/apt.log | head -n 1)"
done
rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
`;

async function prepare() {
  const { engine } = await ensureEngine(process.env.EDGE_AUTH_RUN_ID || newRunId());
  const runtimes = readCache('runtimes.json', []);
  if (process.argv[2] === 'valgrind') {
    const images = {};
    for (const { image } of selectRuntimes(runtimes))
      images[image] ??= (await ensureImage(engine, image, 'valgrind')).image;
    writeCache('valgrind-images.json', images);
    return;
  }
  const runtime = runtimes.find(({ slot }) => slot.startsWith('forky'));
  if (!runtime)
    throw new SetupProblem(
      'expected the runtime forky-njs or forky-qjs, which the comparison is made on: see above',
    );
  writeCache('bench-image.json', await ensureImage(engine, runtime.image, 'peers'));
}

/** Returns the image's name, and which packages could not be had and why. */
async function ensureImage(engine, base, name) {
  const script = install(PACKAGES[name]);
  const { Id } = await engine.getImage(base).inspect();
  const hash = createHash('sha256').update(`${Id}\n${script}`).digest('hex').slice(0, 12);
  const image = `edge-auth-bench/${name}:${hash}`;
  const found = await engine
    .getImage(image)
    .inspect()
    .catch(() => undefined);
  let missing = found?.Config.Labels?.[MISSING];
  if (missing === '') say(`image ${image} is present`);
  else missing = await build(engine, { base, image, script, packages: PACKAGES[name] });
  return { image, missing: missing.split(BETWEEN).filter(Boolean) };
}

/** Returns which packages could not be had and why. */
async function build(engine, { base, image, script, packages }) {
  const start = Date.now();
  say(`building ${image}: ${packages.join(', ')} from Debian's packages`);
  const container = await engine.createContainer({
    Image: base,
    Entrypoint: ['sh', '-c', script],
    Cmd: [],
    Labels: { [RUN_LABEL]: process.env.EDGE_AUTH_RUN_ID ?? 'unknown' },
    Tty: true,
  });
  try {
    await container.start();
    await container.wait();
    const log = (await container.logs({ stdout: true, stderr: true })).toString();
    const missing = [...log.matchAll(/^MISSING (.*?)\r?$/gm)].map(([, line]) => line);
    for (const line of missing) say(`not to be had from Debian's packages: ${line}`);
    const first = missing.find((line) => line.startsWith(`${packages[0]}:`));
    if (first) throw new SetupProblem(`expected Debian's package ${packages[0]}, received: ${first}`);
    const [repo, tag] = image.split(':');
    const label = missing.map((line) => line.replace(/["\\$]/g, '')).join(BETWEEN);
    await container.commit({ repo, tag, changes: `LABEL ${MISSING}="${label}"` });
    say(`built ${image} in ${since(start)}`);
    return label;
  } finally {
    await container.remove({ force: true });
  }
}

runMain(prepare);
