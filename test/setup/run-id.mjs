import { randomBytes } from 'node:crypto';
import os from 'node:os';
import { isAlive } from './processes.mjs';

/** On every container of ours: which run it belongs to. */
export const RUN_LABEL = 'edge-auth.run';

/** The id of this test run: host, process id of its runner, a random part. */
export function newRunId(pid = process.pid) {
  return `${os.hostname()}/${pid}/${randomBytes(4).toString('hex')}`;
}

/** Has the run ended without cleaning up? Only said of runs of this host, whose process can be looked up. */
export function isAbandoned(runId) {
  const [host, pid] = runId.split('/');
  return host === os.hostname() && !isAlive(Number(pid));
}
