// The container engine: the one that runs already, else one that this step installs and starts by hand.
import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { getContainerRuntimeClient } from 'testcontainers';
import { hasCommand, installPackages, whyNotDebianRoot } from './debian-host.mjs';
import { cache, writeCache } from './paths.mjs';
import { isAlive, tail } from './processes.mjs';
import { say, SetupProblem } from './report.mjs';

const LOG = path.join(cache, 'dockerd.log');
const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 20_000;

/** dockerode's client of the engine that Testcontainers finds, or undefined. */
export async function findEngine() {
  try {
    return (await getContainerRuntimeClient()).container.dockerode;
  } catch {
    return undefined;
  }
}

/** An engine, and the pid of the dockerd when this call had to start one: .cache/engine.json tells whose it is. */
export async function ensureEngine(runId) {
  let engine = await findEngine();
  if (engine) return { engine, startedPid: null };
  const hindrance = whyNotDebianRoot();
  if (hindrance) {
    throw new SetupProblem(
      'expected a container engine (Docker, or Podman with its socket), found none. This step can install ' +
        `and start one as root on Debian only, and ${hindrance}. Start an engine and check that DOCKER_HOST or ` +
        '/var/run/docker.sock reaches it.',
    );
  }
  if (!(await hasCommand('dockerd'))) {
    say('no container engine here');
    await installPackages(['docker.io', 'debootstrap', 'iptables']);
    // Where an init system runs, the package has started its service.
    engine = await waitForEngine(3_000);
    if (engine) {
      say('the docker.io package started its own service: it stays when the tests have ended');
      return { engine, startedPid: null };
    }
  }
  return startEngine(runId);
}

async function startEngine(runId) {
  const log = openSync(LOG, 'w');
  const child = spawn('dockerd', [], { detached: true, stdio: ['ignore', log, log] });
  child.unref();
  // Told before anything else can happen: the run that started an engine is the one that stops it.
  writeCache('engine.json', { startedPid: child.pid, runId });
  say(`started dockerd by hand, pid ${child.pid}, log in ${path.relative(process.cwd(), LOG)}`);
  const engine = await waitForEngine(START_DEADLINE_MS, () => child.exitCode === null);
  if (engine) return { engine, startedPid: child.pid };
  await stopEngine(child.pid);
  throw new SetupProblem(
    `dockerd did not answer within ${START_DEADLINE_MS / 1000} s of its start. The end of its log (${LOG}):\n` +
      tail(readFileSync(LOG, 'utf8')),
  );
}

async function waitForEngine(deadlineMs, isWorthWaiting = () => true) {
  const end = Date.now() + deadlineMs;
  while (Date.now() < end && isWorthWaiting()) {
    const engine = await findEngine();
    if (engine) return engine;
    await sleep(250);
  }
  return undefined;
}

/** Ends the dockerd with this pid and waits for it. A pid that is no dockerd is left alone. */
export async function stopEngine(pid) {
  if (!isDockerd(pid)) return;
  process.kill(pid, 'SIGTERM');
  const end = Date.now() + STOP_DEADLINE_MS;
  while (isDockerd(pid) && Date.now() < end) await sleep(100);
  if (isDockerd(pid))
    say(`dockerd ${pid} has not ended ${STOP_DEADLINE_MS / 1000} s after SIGTERM: look at ${LOG}`);
}

function isDockerd(pid) {
  try {
    return isAlive(pid) && readFileSync(`/proc/${pid}/stat`, 'utf8').includes('(dockerd) ') && !isZombie(pid);
  } catch {
    return false;
  }
}

function isZombie(pid) {
  return / \(dockerd\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}
