import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../../..');
export const distFolder = join(root, 'dist');

/** Builds dist where it is missing. `npm run test:unit` has built it anew already. */
export async function ensureBuilt(): Promise<void> {
  if (existsSync(join(distFolder, 'cli.js')) && existsSync(join(distFolder, 'nginx/edge_auth.js'))) return;
  const { code, stderr } = await run(['build.mjs']);
  if (code !== 0) throw new Error(`build.mjs ended with ${code}:\n${stderr}`);
}

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs `edge-auth` as an operator does. */
export function runCli(...args: string[]): Promise<Ended> {
  return run([join(distFolder, 'cli.js'), ...args]);
}

/** The same, where programs of this folder are found first. */
export function runCliBeside(folder: string, ...args: string[]): Promise<Ended> {
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` };
  return run([join(distFolder, 'cli.js'), ...args], env);
}

function run(args: string[], env = process.env): Promise<Ended> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: root, env }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(new Error(`${args.join(' ')}: ${error.message}`));
      else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}
