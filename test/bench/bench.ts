/**
 * Measures on the runtimes that the set-up step made: CPU time of the edge's worker per request, beside plain nginx and
 * nginx's own auth_request in the same run, and how far the answer to a silent auth server is from timeout_ms.
 * Machines differ and are shared: the ratios within one run are the result, and the least of the rounds stands.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Pool } from 'undici';
import { startAuthServer } from '../integration/harness/auth-server';
import { startEdge } from '../integration/harness/edge';
import * as misbehaviour from '../integration/harness/misbehaviour';
import { type Runtime, repositoryRoot, runtimes } from '../integration/harness/runtimes';
import type { Edge } from '../integration/harness/started-edge';

const ROUNDS = 3;
const REQUESTS = 10_000;
const CONNECTIONS = 8;
const TIMEOUT_MS = 300;
const folder = path.join(repositoryRoot, 'test/bench');

interface Case {
  name: string;
  host: string;
  target: string;
}
const asked: Case[] = [
  { name: 'asked, empty answer', host: 'edge.test', target: '/video.mp4' },
  { name: 'asked, answer of 2 bytes', host: 'edge.test', target: '/video.mp4?body=1' },
  { name: 'out of scope', host: 'edge.test', target: '/page.html' },
];
const cases: Record<'hop' | 'inline', Case[]> = {
  hop: [
    { name: 'plain proxy_pass', host: 'plain.test', target: '/video.mp4' },
    { name: 'nginx auth_request, empty answer', host: 'native.test', target: '/video.mp4' },
    { name: 'nginx auth_request, answer of 2 bytes', host: 'native.test', target: '/video.mp4?body=1' },
    ...asked,
  ],
  inline: [{ name: 'plain proxy_pass', host: 'plain.test', target: '/video.mp4' }, ...asked],
};

async function cpuMicroseconds(edge: Edge, pid: number): Promise<number> {
  const { stdout } = await edge.exec(['cat', `/proc/${pid}/schedstat`]);
  return Number(stdout.split(' ')[0]) / 1000;
}

async function load(pool: Pool, { host, target }: Case, count: number): Promise<void> {
  let left = count;
  const client = async (): Promise<void> => {
    while (left-- > 0) {
      const { statusCode, body } = await pool.request({ method: 'GET', path: target, headers: { host } });
      await body.dump();
      if (statusCode !== 200) throw new Error(`expected 200 for ${host}${target}, received ${statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
}

async function measureCost(runtime: Runtime, wiring: 'hop' | 'inline'): Promise<void> {
  const auth = await startAuthServer();
  auth.misbehave(misbehaviour.silent());
  const edge = await startEdge({
    runtime,
    wiring,
    conf: path.join(folder, 'nginx.conf'),
    files: { '/etc/nginx/backend.conf': readFileSync(path.join(folder, 'backend.conf')) },
    policies: {
      'edge.test': { remote_auth: { auth_server: 'http://127.0.0.1:9001', scope: { file_types: ['mp4'] } } },
      'silent.test': { remote_auth: { auth_server: auth.url, timeout_ms: TIMEOUT_MS } },
    },
  });
  const pool = new Pool(`http://${edge.host}:${edge.port()}`, { connections: CONNECTIONS });
  try {
    await edge.exec('nginx -c /etc/nginx/backend.conf');
    // The backend has its own master; the edge's worker is the one that was there first.
    const pid = Math.min(...(await edge.workerPids()));
    const least = new Map<string, number>();
    for (const one of cases[wiring]) await load(pool, one, REQUESTS / 10);
    for (let round = 0; round < ROUNDS; round++) {
      for (const one of cases[wiring]) {
        const before = await cpuMicroseconds(edge, pid);
        await load(pool, one, REQUESTS);
        const each = ((await cpuMicroseconds(edge, pid)) - before) / REQUESTS;
        least.set(one.name, Math.min(each, least.get(one.name) ?? Infinity));
      }
    }
    const plain = least.get('plain proxy_pass') ?? NaN;
    console.log(
      `\n${runtime.name} (nginx ${runtime.nginxVersion}, njs ${runtime.njsVersion}, ${runtime.engine} engine), ${wiring}`,
    );
    for (const [name, each] of least) {
      console.log(
        `  ${name.padEnd(40)} ${each.toFixed(1).padStart(6)} us CPU   ${(each / plain).toFixed(2)} x plain`,
      );
    }
    await measureDeadline(pool);
  } finally {
    await pool.destroy();
    await edge.stop();
    await auth.stop();
  }
}

async function measureDeadline(pool: Pool): Promise<void> {
  const errors: number[] = [];
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path: '/',
      headers: { host: 'silent.test' },
    });
    await body.dump();
    if (statusCode !== 403) throw new Error(`expected 403 after the timeout, received ${statusCode}`);
    errors.push(performance.now() - start - TIMEOUT_MS);
  }
  errors.sort((a, b) => a - b);
  const shown = [errors[0], errors[10], errors[19]].map((error) => (error ?? NaN).toFixed(1));
  console.log(
    `  silent auth server, timeout_ms ${TIMEOUT_MS}: answer late by ${shown.join(' / ')} ms (min / median / max of 20)`,
  );
}

async function main(): Promise<void> {
  for (const runtime of runtimes)
    for (const wiring of ['hop', 'inline'] as const) await measureCost(runtime, wiring);
}
void main();
