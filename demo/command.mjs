import { spawn } from 'node:child_process';

/** Runs a command to its end: its exit code, what it wrote, and `stdout` alone. 127 if there is no such command. */
export function runCommand(command, args, { cwd, env = process.env, timeoutMs } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, timeout: timeoutMs, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let stdout = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ code: 127, output: error.message, stdout: '' }));
    child.on('close', (code, signal) =>
      resolve({ code: code ?? 128, output: signal ? `${output}ended by ${signal}` : output, stdout }),
    );
  });
}
