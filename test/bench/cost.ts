/**
 * CPU time of the edge's worker per request. The load generator shares the machine, so time on the clock says nothing. Machines differ
 * and are shared: the ratios within one run are the result, and the least of the rounds stands.
 */
import type { Edge } from '../integration/harness/started-edge';
import type { BenchEdge } from './bench-edge';
import type { Case } from './cases';
import { openKeepAliveClient } from './keep-alive-client';

const ROUNDS = 4;
const REQUESTS = 8_000;
const CONNECTIONS = 8;

async function readCpuMicroseconds(edge: Edge, pid: number): Promise<number> {
  const { stdout } = await edge.exec(['cat', `/proc/${pid}/schedstat`]);
  return Number(stdout.split(' ')[0]) / 1000;
}

async function load(bench: BenchEdge, one: Case, count: number): Promise<void> {
  let left = count;
  const client = async (): Promise<void> => {
    const connection = openKeepAliveClient(bench.edge.host, one.isJit ? bench.jitPort : bench.port, one);
    try {
      while (left-- > 0) await connection.ask();
    } finally {
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
}

/** Microseconds per request by the case's name, in the order of the cases. */
export async function measureCost(bench: BenchEdge, cases: Case[]): Promise<Map<string, number>> {
  const least = new Map<string, number>();
  for (const one of cases) await load(bench, one, REQUESTS / 8);
  for (let round = 0; round < ROUNDS; round++) {
    for (const one of cases) {
      const pid = one.isJit ? bench.jitWorker : bench.worker;
      const before = await readCpuMicroseconds(bench.edge, pid);
      await load(bench, one, REQUESTS);
      const each = ((await readCpuMicroseconds(bench.edge, pid)) - before) / REQUESTS;
      least.set(one.name, Math.min(each, least.get(one.name) ?? Infinity));
    }
  }
  return least;
}
