/**
 * Load, and the CPU time that it costs the edge's workers. The load generator shares the machine, so time on the clock says nothing; the
 * kernel counts for each process what it used.
 */
import type { Edge } from '../integration/harness/started-edge';
import { openKeepAliveClient } from './keep-alive-client';

const CONNECTIONS = 8;

export interface Load {
  port: number;
  /** Asked for one after the other, again and again. */
  requests: Buffer[];
  status: number;
  count: number;
}

export async function load(edge: Edge, { port, requests, status, count }: Load): Promise<void> {
  let next = 0;
  const client = async (): Promise<void> => {
    const connection = openKeepAliveClient(edge.host, edge.port(port));
    try {
      while (next < count) await connection.expect(requests[next++ % requests.length]!, status);
    } finally {
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
}

/** Microseconds that each request of the load costs the processes of these ids in the container. */
export async function costOf(edge: Edge, pids: number[], given: Load): Promise<number> {
  const before = await readCpuMicroseconds(edge, pids);
  await load(edge, given);
  return ((await readCpuMicroseconds(edge, pids)) - before) / given.count;
}

export async function readCpuMicroseconds(edge: Edge, pids: number[]): Promise<number> {
  const { stdout } = await edge.exec(['cat', ...pids.map((pid) => `/proc/${pid}/schedstat`)]);
  const lines = stdout.trim().split('\n');
  return lines.reduce((sum, line) => sum + Number(line.split(' ')[0]) / 1000, 0);
}
