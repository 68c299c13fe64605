/** What an edge with live policies needs: the rendered conf, and the folder of policies with their compiled copies. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { isAtLeast, repositoryRoot, type Runtime } from '../integration/harness/runtimes';
import type { Edge } from '../integration/harness/started-edge';
import type { Policies } from '../integration/harness/render';
import { requestOf } from './keep-alive-client';

const API_HOST = 'api.test';
const TOKEN = 'write-token-of-the-bench-0123456789';

export interface LiveFiles {
  /** Holds `conf/` and `policies/`. */
  tar: Buffer;
  renderSeconds: number;
}

/** njs shares memory between workers since 0.8.0; an edge with an older one has no live policies. */
export function hasLivePolicies({ njsVersion }: Runtime): boolean {
  return isAtLeast(njsVersion, '0.8.0');
}

/** Returns a new folder, which the caller removes. The first render compiles the policies in it. */
export async function writePolicies(policies: Policies): Promise<string> {
  const work = await mkdtemp(path.join(os.tmpdir(), 'edge-auth-bench-'));
  await mkdir(path.join(work, 'policies'));
  for (const [domain, policy] of Object.entries(policies))
    await writeFile(path.join(work, 'policies', `${domain}.json`), JSON.stringify(policy, null, 2) + '\n');
  await writeFile(path.join(work, 'tokens'), `write ${TOKEN}\n`);
  return work;
}

/** `work`: from `writePolicies`. `folder`: where the tar will be unpacked on the edge. */
export async function renderLive(
  runtime: Runtime,
  work: string,
  { folder, apiPort, args = [] }: { folder: string; apiPort: number; args?: string[] },
): Promise<LiveFiles> {
  const inWork = (name: string) => path.join(work, name);
  const start = performance.now();
  await promisify(execFile)(process.execPath, [
    ...[path.join(repositoryRoot, 'dist/cli.js'), 'render', '--policies', inWork('policies')],
    ...['--out', inWork('conf'), '--prefix', `${folder}/conf`, '--njs-version', runtime.njsVersion],
    ...['--api', `0.0.0.0:${apiPort}`, '--api-allow-remote', '--api-tokens', inWork('tokens')],
    ...['--api-policies', `${folder}/policies`, '--api-host', API_HOST, ...args],
  ]);
  const renderSeconds = (performance.now() - start) / 1000;
  await promisify(execFile)('tar', ['-cf', inWork('live.tar'), '-C', work, 'conf', 'policies']);
  return { tar: await readFile(inWork('live.tar')), renderSeconds };
}

/** nginx's workers own the folder of policies. */
export async function unpack(edge: Edge, { tar }: LiveFiles, folder: string): Promise<void> {
  await edge.putFile(`${folder}.tar`, tar);
  const { exitCode, output } = await edge.exec(
    `mkdir -p ${folder} && tar -xf ${folder}.tar --no-same-owner -C ${folder} && rm ${folder}.tar && ` +
      `chown -R www-data: ${folder}/policies`,
  );
  if (exitCode !== 0) throw new Error(`unpacking ${folder}.tar ended with ${exitCode}:\n${output}`);
}

/** A request to the API. */
export function apiRequest(method: string, target: string, body?: object): Buffer {
  const type = body && { 'Content-Type': 'application/json' };
  return requestOf(API_HOST, target, {
    method,
    headers: { Authorization: `Bearer ${TOKEN}`, ...type },
    body: body ? JSON.stringify(body) : '',
  });
}
