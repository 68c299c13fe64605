import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DemoProblem, tail } from './report.mjs';

const DEADLINE_MS = 15_000;

/** Starts nginx and waits for its pid file, which it writes once it listens. If that never comes, throws what it said. */
export async function waitForNginx(place, start, { isRunning, end }) {
  const pidFile = join(place.folder, 'nginx.pid');
  const errorLog = join(place.folder, 'logs/error.log');
  rmSync(pidFile, { force: true });
  const before = existsSync(errorLog) ? statSync(errorLog).size : 0;
  const started = await start();
  for (const deadline = Date.now() + DEADLINE_MS; Date.now() < deadline;) {
    if (existsSync(pidFile) && statSync(pidFile).size > 0) return started;
    if (!(await isRunning(started))) break;
    await sleep(20);
  }
  await end(started);
  const log = existsSync(errorLog) ? readFileSync(errorLog, 'utf8').slice(before) : '';
  const problems = log.split('\n').filter((line) => /\[(emerg|alert|crit)\]/.test(line));
  throw new DemoProblem(
    `expected nginx to start within ${DEADLINE_MS / 1000} s; ` +
      (problems.length > 0
        ? `it said: ${tail(problems.join('\n'), 3)}`
        : `see ${join(place.folder, 'logs')}`),
  );
}
