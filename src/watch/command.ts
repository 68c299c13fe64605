/** Runs the operator's commands: the test of the conf and the reload. */

import { spawn } from 'node:child_process';

export interface CommandEnd {
  ok: boolean;
  /** `ended with 1`, `was killed after 60000 ms`, `could not be started: …`. */
  text: string;
  /** What it said on stdout and stderr, the last 64 KiB of it. */
  output: string;
}

const MAX_OUTPUT = 65_536;

/** How long what an ended command left in its pipes is waited for: a daemon that it started may hold them open for ever. */
const DRAIN_MS = 100;

/** Through the shell, in a process group of its own, which is killed when `timeoutMs` is over or `stop` says so. */
export function runShell(command: string, timeoutMs: number, stop?: AbortSignal): Promise<CommandEnd> {
  return runProgram(['/bin/sh', '-c', command], timeoutMs, stop);
}

export function runProgram(
  [program = '', ...args]: string[],
  timeoutMs: number,
  stop?: AbortSignal,
): Promise<CommandEnd> {
  return new Promise((resolve) => {
    let output = '';
    let killed: string | undefined;
    const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const kill = (why: string): void => {
      killed ??= why;
      // The whole group: a shell that is killed alone leaves what it started.
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        process.kill(-child.pid, 'SIGKILL');
      }
    };
    const onStop = (): void => kill('was stopped');
    const timer = setTimeout(() => kill(`was killed after ${timeoutMs} ms`), timeoutMs);
    const end = (ok: boolean, text: string): void => {
      clearTimeout(timer);
      stop?.removeEventListener('abort', onStop);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ ok, text, output });
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-MAX_OUTPUT)));
    }
    child.on('error', (error) => end(false, `could not be started: ${error.message}`));
    child.on('exit', (code, signal) => {
      const text = killed ?? (signal ? `was ended by ${signal}` : `ended with ${code}`);
      const finish = (): void => end(code === 0 && killed === undefined, text);
      const drained = setTimeout(finish, DRAIN_MS);
      child.on('close', () => {
        clearTimeout(drained);
        finish();
      });
    });
    stop?.addEventListener('abort', onStop);
    if (stop?.aborted) onStop();
  });
}
