// The image of the edge: one that is there, else the official one.
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './report.mjs';

const OFFICIAL = 'nginx:latest';
const PULL_DEADLINE_MS = 180_000;

/** The best of the names of present images: the official one, then those that npm test builds from Debian packages. */
export function choosePresent(names) {
  const latestFirst = [...names].sort().reverse();
  return (
    names.find((name) => name === OFFICIAL) ??
    latestFirst.find((name) => /^nginx:\d/.test(name)) ??
    latestFirst.find((name) => name.startsWith('edge-auth-test/debian-'))
  );
}

/** `{ image }` or `{ reason }`. */
export async function findImage(engine) {
  const wish = process.env.EDGE_AUTH_DEMO_IMAGE;
  const names = (await engine.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
  const present = wish ? names.find((name) => name === wish) : choosePresent(names);
  if (present) return { image: present };
  const image = wish || OFFICIAL;
  say(`no nginx image is present: pulling ${image}`);
  try {
    await Promise.race([pull(engine, image), failLate()]);
    return { image };
  } catch (error) {
    return { reason: `no nginx image is present, and ${image} cannot be pulled: ${error.message}` };
  }
}

async function pull(engine, image) {
  const stream = await engine.pull(image);
  await new Promise((resolve, reject) => {
    engine.modem.followProgress(stream, (error) => (error ? reject(error) : resolve()));
  });
}

async function failLate() {
  await sleep(PULL_DEADLINE_MS, undefined, { ref: false });
  throw new Error(`not done within ${PULL_DEADLINE_MS / 1000} s`);
}
