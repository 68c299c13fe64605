// The image of the comparison: a runtime's image and, from Debian's packages, the load generator and the peers. Kept for the next run.
import { createHash } from 'node:crypto';
import { ensureEngine } from './engine.mjs';
import { readCache, writeCache } from './paths.mjs';
import { runMain, say, since, SetupProblem } from './report.mjs';
import { newRunId, RUN_LABEL } from './run-id.mjs';

const MISSING = 'edge-auth.missing';
const BETWEEN = ' | ';
/** Each is installed alone, so that one which cannot be had leaves the others. wrk has to be there. */
const PACKAGES = ['wrk', 'libnginx-mod-http-lua', 'haproxy', 'caddy'];
/** An archive that has not been signed anew for a while is as good as when it was; its signature is checked all the same. */
const APT = 'apt-get -q -o Acquire::Check-Valid-Until=false';
const INSTALL = `
export DEBIAN_FRONTEND=noninteractive
${APT} update >/tmp/apt.log 2>&1 || true
for p in ${PACKAGES.join(' ')}; do
  if ${APT} install -y --no-install-recommends $p >/tmp/apt.log 2>&1; then continue; fi
  echo "MISSING $p: $(grep '^E: ' /tmp/apt.log | head -n 1)"
done
rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
`;

async function prepare() {
  const runtime = readCache('runtimes.json', []).find(({ slot }) => slot === 'forky-njs');
  if (!runtime)
    throw new SetupProblem('expected the runtime forky-njs, which the comparison is made on: see above');
  const { engine } = await ensureEngine(process.env.EDGE_AUTH_RUN_ID || newRunId());
  const { Id: base } = await engine.getImage(runtime.image).inspect();
  const hash = createHash('sha256').update(`${base}\n${INSTALL}`).digest('hex').slice(0, 12);
  const image = `edge-auth-bench/peers:${hash}`;
  const found = await engine
    .getImage(image)
    .inspect()
    .catch(() => undefined);
  let missing = found?.Config.Labels?.[MISSING];
  if (missing === '') say(`image ${image} is present`);
  else missing = await build(engine, runtime.image, image);
  writeCache('bench-image.json', { image, missing: missing.split(BETWEEN).filter(Boolean) });
}

/** Returns which packages could not be had and why. */
async function build(engine, base, image) {
  const start = Date.now();
  say(`building ${image}: ${PACKAGES.join(', ')} from Debian's packages`);
  const container = await engine.createContainer({
    Image: base,
    Entrypoint: ['sh', '-c', INSTALL],
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
    const wrk = missing.find((line) => line.startsWith('wrk:'));
    if (wrk) throw new SetupProblem(`expected Debian's package of the load generator, received: ${wrk}`);
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
