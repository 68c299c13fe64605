import { spawn } from 'node:child_process';

const children = new Set();

/** Ends every child that `run` started and that still runs, with all of its own children. */
export function endChildren() {
  for (const child of children) {
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch {
      // It ended in the meantime.
    }
  }
}

/**
 * Runs a command in its own process group. Resolves with its exit code and with what it wrote, whatever the code is.
 * `live`: the output goes straight to the terminal and `output` is empty.
 */
export function run(command, args, { live = false, env = process.env, cwd } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', live ? 'inherit' : 'pipe', live ? 'inherit' : 'pipe'],
    });
    children.add(child);
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => {
      children.delete(child);
      resolve({ code: 127, output: `${output}${error.message}` });
    });
    child.on('close', (code, signal) => {
      children.delete(child);
      resolve({ code: code ?? 128, output: signal ? `${output}ended by ${signal}` : output });
    });
  });
}

/** The last lines of an output, for an error message. */
export function tail(output, lines = 20) {
  return output.trimEnd().split('\n').slice(-lines).join('\n');
}

/** Is there a process with this id? */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
