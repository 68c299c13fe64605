/**
 * Memory that a download in flight holds at the edge's worker: how much private memory grows over many downloads that nobody hurries.
 * The file is sent at 1 KB/s, so that none ends in the buffers of the sockets, whatever stands between here and the container.
 */
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Edge } from '../integration/harness/started-edge';
import { newWorker, type BenchEdge } from './bench-edge';
import type { Case } from './cases';

/** The first ones fill what was free in the heap that the worker has from its master. */
const FIRST = 200;
const COUNTED = 200;

/** KB per download by the case's name. A worker keeps what it once had, so each case gets a new one. */
export async function measureMemory(bench: BenchEdge, downloads: Case[]): Promise<Map<string, number>> {
  const each = new Map<string, number>();
  for (const one of downloads) {
    const pid = await replaceWorker(bench);
    const sockets = await open(bench, one, FIRST);
    try {
      const before = await readPrivateKilobytes(bench.edge, pid);
      sockets.push(...(await open(bench, one, COUNTED)));
      each.set(one.name, ((await readPrivateKilobytes(bench.edge, pid)) - before) / COUNTED);
      const ended = sockets.filter((socket) => socket.closed).length;
      if (ended > 0) throw new Error(`expected ${one.name} to be in flight, ${ended} downloads have ended`);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  }
  return each;
}

/** The master starts another worker in the place of one that ends. */
async function replaceWorker(bench: BenchEdge): Promise<number> {
  const known = await bench.edge.workerPids();
  const { exitCode, output } = await bench.edge.exec(`kill ${bench.worker}`);
  if (exitCode !== 0) throw new Error(`kill ${bench.worker} ended with ${exitCode}: ${output}`);
  return (bench.worker = await newWorker(bench.edge, known));
}

async function readPrivateKilobytes(edge: Edge, pid: number): Promise<number> {
  await sleep(200);
  const { stdout } = await edge.exec(['cat', `/proc/${pid}/status`]);
  const found = /^RssAnon:\s+(\d+) kB$/m.exec(stdout);
  if (!found) throw new Error(`expected RssAnon in /proc/${pid}/status, received:\n${stdout}`);
  return Number(found[1]);
}

/** One after another: what a request needs only while it is decided is there for the next, and not counted. */
async function open(bench: BenchEdge, one: Case, count: number): Promise<net.Socket[]> {
  const sockets: net.Socket[] = [];
  while (sockets.length < count) sockets.push(await openOne(bench, one));
  return sockets;
}

/** Resolves with the first bytes of the answer. */
function openOne({ edge, port }: BenchEdge, { host, target, status = 200 }: Case): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, edge.host);
    socket.once('error', reject);
    socket.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    socket.once('data', (chunk) => {
      const line = chunk.toString('latin1').split('\r\n')[0];
      if (line?.startsWith(`HTTP/1.1 ${status} `)) resolve(socket);
      else reject(new Error(`expected ${status} for ${host}${target}, received ${line}`));
    });
  });
}
