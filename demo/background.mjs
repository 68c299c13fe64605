// Processes that outlive the command which starts them.
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { addToRecord, refuseIfStopped } from './record.mjs';

const GRACE_MS = 5_000;

/** Starts a process in the background, its output in `log`, and records it. */
export function startProcess(place, what, command, args, { log, env = process.env }) {
  refuseIfStopped(place.name);
  const output = openSync(log, 'a');
  const child = spawn(command, args, {
    cwd: place.folder,
    env,
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.on('error', () => undefined); // Without a pid it does not run, which is what the caller asks about.
  child.unref();
  const entry = { what, pid: child.pid, mark: child.pid === undefined ? undefined : readMark(child.pid) };
  addToRecord(place.name, entry);
  return entry;
}

/** Does the process still run, and is it the one that was started? Pids are used again, start times are not. */
export function isRunning({ pid, mark }) {
  return mark !== undefined && readMark(pid) === mark;
}

export async function endProcess(entry) {
  for (const signal of ['SIGTERM', 'SIGKILL']) {
    if (!isRunning(entry)) return;
    try {
      process.kill(entry.pid, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
    for (const end = Date.now() + GRACE_MS; isRunning(entry) && Date.now() < end;) await sleep(20);
  }
}

/** What tells a process from all others that ever had its pid; undefined when it has ended. */
function readMark(pid) {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name, in parentheses, may hold anything; state is the first field after it, start time the twentieth.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`;
    }
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
  } catch {
    return undefined;
  }
}
