// The sample auth server and the sample origin, in the background.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, startProcess } from './background.mjs';
import { root } from './place.mjs';
import { DemoProblem, tail } from './report.mjs';

const DEADLINE_MS = 10_000;

/** Starts both on `address` and waits until they listen. */
export async function startSamples(place, address) {
  await startSample(place, 'auth-server', place.ports.auth, address);
  await startSample(place, 'origin', place.ports.origin, address);
}

async function startSample(place, name, port, address) {
  const log = join(place.folder, `logs/${name}.log`);
  const env = { ...process.env, PORT: String(port), HOST: address };
  const entry = startProcess(place, name, process.execPath, [join(root, 'demo', `${name}.mjs`)], {
    log,
    env,
  });
  const host = address === '0.0.0.0' ? '127.0.0.1' : address;
  for (const deadline = Date.now() + DEADLINE_MS; Date.now() < deadline && isRunning(entry);) {
    if (await accepts(port, host)) return;
    await sleep(50);
  }
  throw new DemoProblem(
    `${name}: expected it to listen on ${address}:${port} within ${DEADLINE_MS / 1000} s, it did not. It said:\n` +
      tail(readFileSync(log, 'utf8')),
  );
}

function accepts(port, host) {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
