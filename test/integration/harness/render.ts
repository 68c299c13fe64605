import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { repositoryRoot, type Runtime } from './runtimes';

/** Where the rendered files lie on the edge. */
export const EDGE_PREFIX = '/etc/nginx/edge-auth';

/** A policy per domain, as the operator writes it. */
export type Policies = Record<string, object>;

export interface RenderedFile {
  content: Buffer;
  target: string;
}

/** Runs the product's `edge-auth render` on the policies. Throws with everything that it says on stderr. */
export async function render(
  policies: Policies,
  runtime: Runtime,
  wiring: 'hop' | 'inline',
  extraArgs: string[],
): Promise<RenderedFile[]> {
  const work = await mkdtemp(path.join(os.tmpdir(), 'edge-auth-render-'));
  try {
    const source = path.join(work, 'policies');
    const out = path.join(work, 'out');
    await mkdir(source);
    for (const [domain, policy] of Object.entries(policies)) {
      await writeFile(path.join(source, `${domain}.json`), JSON.stringify(policy, null, 2));
    }
    const args = ['--policies', source, '--out', out, '--prefix', EDGE_PREFIX];
    await runCli(['render', ...args, '--njs-version', runtime.njsVersion, '--wiring', wiring, ...extraArgs]);
    return await readTree(out);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function runCli(args: string[]): Promise<void> {
  const cli = path.join(repositoryRoot, 'dist/cli.js');
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [cli, ...args], (error, stdout, stderr) => {
      if (!error) return resolve();
      const said = (stderr + stdout).trim() || error.message;
      reject(new Error(`edge-auth ${args.join(' ')} ended with ${error.code ?? error.signal}:\n${said}`));
    });
  });
}

async function readTree(directory: string): Promise<RenderedFile[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async (entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return {
        content: await readFile(file),
        target: path.posix.join(EDGE_PREFIX, path.relative(directory, file)),
      };
    }),
  );
}
