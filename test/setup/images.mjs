// Which images the runtimes use: the official nginx ones where they can be had, else ones built from Debian packages.
import { setTimeout as sleep } from 'node:timers/promises';
import { buildDebianImage, debianImageName, ensureDebootstrap } from './debian-image.mjs';
import { say, since, SetupProblem } from './report.mjs';

const REGISTRY_DEADLINE_MS = 15_000;
const PROBED_IMAGE = 'nginx:latest';

/** `slot` is the name that EDGE_AUTH_RUNTIMES may use whatever the source of the image is. */
const DEBIAN = [
  { slot: 'bookworm', name: 'bookworm', suite: 'bookworm', engine: 'njs' },
  { slot: 'trixie', name: 'trixie', suite: 'trixie', engine: 'njs' },
  { slot: 'forky-njs', name: 'forky-njs', suite: 'forky', engine: 'njs' },
  { slot: 'forky-qjs', name: 'forky-qjs', suite: 'forky', engine: 'qjs' },
].map((runtime) => ({ ...runtime, image: debianImageName(runtime.suite) }));

const OFFICIAL = [
  { slot: 'bookworm', name: 'nginx-1.22', image: 'nginx:1.22', engine: 'njs' },
  { slot: 'trixie', name: 'nginx-1.26', image: 'nginx:1.26', engine: 'njs' },
  { slot: 'forky-njs', name: 'nginx-latest-njs', image: 'nginx:latest', engine: 'njs' },
  { slot: 'forky-qjs', name: 'nginx-latest-qjs', image: 'nginx:latest', engine: 'qjs' },
];

/** The four runtimes, and whether an image registry answers. EDGE_AUTH_IMAGES=official|debian overrides the choice. */
export async function chooseRuntimes(engine) {
  const wish = process.env.EDGE_AUTH_IMAGES || '';
  if (!['', 'official', 'debian'].includes(wish)) {
    throw new SetupProblem(
      `EDGE_AUTH_IMAGES is "${wish}": expected official, debian, or nothing for the better of both`,
    );
  }
  const reason = await whyNoRegistry(engine);
  if (reason) say(`no image registry: ${reason}`);
  const official = wish ? wish === 'official' : !reason;
  say(official ? 'using the official nginx images' : 'using images built from Debian packages');
  return { runtimes: official ? OFFICIAL : DEBIAN, hasRegistry: !reason };
}

async function whyNoRegistry(engine) {
  const answer = engine
    .getImage(PROBED_IMAGE)
    .distribution()
    .then(
      () => '',
      (error) => error.json?.message ?? error.message,
    );
  const late = sleep(REGISTRY_DEADLINE_MS, `no answer within ${REGISTRY_DEADLINE_MS / 1000} s`, {
    ref: false,
  });
  return Promise.race([answer, late]);
}

/** Makes every image of the runtimes present. An image that is there is not made again. */
export async function ensureImages(engine, runtimes) {
  const missing = [];
  for (const runtime of new Map(runtimes.map((one) => [one.image, one])).values()) {
    if (await hasImage(engine, runtime.image)) say(`image ${runtime.image} is present`);
    else missing.push(runtime);
  }
  if (missing.some((runtime) => runtime.suite)) await ensureDebootstrap();
  // One after the other: two builds at a time were no faster on two cores (93 s against 88 s for three images).
  for (const runtime of missing) {
    if (runtime.suite) await buildDebianImage(engine, runtime.suite);
    else await pull(engine, runtime.image);
  }
}

async function hasImage(engine, name) {
  return engine
    .getImage(name)
    .inspect()
    .then(
      () => true,
      () => false,
    );
}

async function pull(engine, name) {
  const start = Date.now();
  const answer = await engine.pull(name);
  await new Promise((resolve, reject) => {
    engine.modem.followProgress(answer, (error) => (error ? reject(error) : resolve()));
  });
  say(`pulled ${name} in ${since(start)}`);
}
