/**
 * Memory that a download in flight holds at the edge's worker: how much private memory grows over many downloads that nobody hurries.
 * The file is sent at 1 KB/s, so that none ends in the buffers of the sockets, whatever stands between here and the container.
 */
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Edge } from '../integration/harness/started-edge';
import { newWorkers, type BenchEdge } from './bench-edge';
import { type Case, FILE_BYTES } from './cases';

/** The first ones fill what was free in the heap that the worker has from its master. */
const FIRST = 200;
const COUNTED = 200;

/** A download that is in flight. */
interface Download {
  socket: net.Socket;
  received: number;
}

/** KB per download by the case's name; undefined where downloads ended. A worker keeps what it once had, so each case gets a new one. */
export async function measureMemory(
  bench: BenchEdge,
  cases: Case[],
): Promise<Map<string, number | undefined>> {
  const each = new Map<string, number | undefined>();
  for (const one of cases) {
    const pid = await replaceWorker(bench, one);
    const downloads = await open(bench, one, FIRST);
    try {
      const before = await readPrivateKilobytes(bench.edge, pid);
      downloads.push(...(await open(bench, one, COUNTED)));
      const more = (await readPrivateKilobytes(bench.edge, pid)) - before;
      const isInFlight = downloads.every(({ socket, received }) => !socket.closed && received < FILE_BYTES);
      each.set(one.name, isInFlight ? more / COUNTED : undefined);
    } finally {
      for (const { socket } of downloads) socket.destroy();
    }
  }
  return each;
}

/** The master starts another worker in the place of one that ends. */
async function replaceWorker({ edge, sides }: BenchEdge, { side = 'fixed' }: Case): Promise<number> {
  const known = await edge.workerPids();
  const [worker] = sides[side].workers;
  const { exitCode, output } = await edge.exec(`kill ${worker}`);
  if (exitCode !== 0) throw new Error(`kill ${worker} ended with ${exitCode}: ${output}`);
  sides[side].workers = await newWorkers(edge, known, 1);
  return sides[side].workers[0]!;
}

async function readPrivateKilobytes(edge: Edge, pid: number): Promise<number> {
  await sleep(200);
  const { stdout } = await edge.exec(['cat', `/proc/${pid}/status`]);
  const found = /^RssAnon:\s+(\d+) kB$/m.exec(stdout);
  if (!found) throw new Error(`expected RssAnon in /proc/${pid}/status, received:\n${stdout}`);
  return Number(found[1]);
}

/** One after another: what a request needs only while it is decided is there for the next, and not counted. */
async function open(bench: BenchEdge, one: Case, count: number): Promise<Download[]> {
  const downloads: Download[] = [];
  while (downloads.length < count) downloads.push(await openOne(bench, one));
  return downloads;
}

/** Resolves with the first bytes of the answer. */
function openOne(
  { edge, sides }: BenchEdge,
  { host, target, status = 200, side = 'fixed' }: Case,
): Promise<Download> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(edge.port(sides[side].port), edge.host);
    const download = { socket, received: 0 };
    socket.once('error', reject);
    socket.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    socket.once('data', (chunk) => {
      const line = chunk.toString('latin1').split('\r\n')[0];
      if (line?.startsWith(`HTTP/1.1 ${status} `)) resolve(download);
      else reject(new Error(`expected ${status} for ${host}${target}, received ${line}`));
    });
    socket.on('data', (chunk) => (download.received += chunk.length));
  });
}
