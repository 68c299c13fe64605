/** CPU time of the edge's worker per request. Machines differ and are shared: the ratios and differences within one run are the result. */
import type { BenchEdge } from './bench-edge';
import type { Case } from './cases';
import { requestOf } from './keep-alive-client';
import { costOf, load, type Load } from './load';

const ROUNDS = 4;
const REQUESTS = 6_000;

/** Microseconds per request by the case's name, in the order of the cases: the least of the rounds. */
export async function measureCost({ edge, sides }: BenchEdge, cases: Case[]): Promise<Map<string, number>> {
  const least = new Map<string, number>();
  const loadOf = ({ host, target, status = 200, side = 'fixed' }: Case, count: number): Load => ({
    port: sides[side].port,
    requests: [requestOf(host, target)],
    status,
    count,
  });
  for (const one of cases) await load(edge, loadOf(one, REQUESTS / 8));
  for (let round = 0; round < ROUNDS; round++) {
    for (const one of cases) {
      const each = await costOf(edge, sides[one.side ?? 'fixed'].workers, loadOf(one, REQUESTS));
      least.set(one.name, Math.min(each, least.get(one.name) ?? Infinity));
    }
  }
  return least;
}
