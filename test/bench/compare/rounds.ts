/**
 * CPU, throughput and latency: each round goes through all cells, and every second one backwards, so that a machine that gets busier is so
 * for all of them. A cell's ratio is to the median of the base cells in its own round.
 */
import type { Edge } from '../../integration/harness/started-edge';
import { type Spread, spreadOf } from './figures';
import { run } from './fleet';

export interface Cell {
  id: string;
  /** Whose CPU time counts: /run/NAME.pid and its children. */
  process: string;
  port: number;
  connections: number;
  seconds: number;
  /** Lines of "host target", sent in turn. */
  requests: string[];
  /** The id of the cell that it is a multiple of; its own for such a one. */
  base: string;
}

export interface Measured {
  /** Microseconds of CPU per request. */
  cpu: Spread;
  /** CPU as a multiple of the base cell's. */
  ratio: Spread;
  requestsPerSecond: Spread;
  /** Milliseconds. */
  p50: Spread;
  p99: Spread;
  /** Requests of all rounds. */
  requests: number;
}

interface Sample {
  cpu: number;
  requests: number;
  rate: number;
  p50: number;
  p99: number;
}

export interface RoundOptions {
  rounds: number;
  /** How often the base cells are measured in a round, 2 or more: much depends on them. */
  baseTimes: number;
  say: (text: string) => void;
}

export async function measureRounds(
  edge: Edge,
  cells: Cell[],
  { rounds, baseTimes, say }: RoundOptions,
): Promise<Map<string, Measured>> {
  for (const cell of cells) await putRequests(edge, cell);
  const order = orderOf(cells, baseTimes);
  const all: Map<string, Sample[]>[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = Date.now();
    all.push(await measureRound(edge, round % 2 === 0 ? order : [...order].reverse()));
    say(
      `round ${round + 1} of ${rounds}: ${order.length} runs in ${((Date.now() - start) / 1000).toFixed(0)} s`,
    );
  }
  return new Map(cells.map((cell) => [cell.id, summarise(cell, all)]));
}

const putRequests = (edge: Edge, { id, requests }: Cell): Promise<void> =>
  edge.putFile(`/srv/bench/${id}.list`, requests.join('\n') + '\n');

/** The load of one cell, before it is measured. */
export async function load(edge: Edge, cell: Cell): Promise<void> {
  await putRequests(edge, cell);
  await measureRound(edge, [cell]);
}

/** The base cells stand at the beginning, at the end, and between the others. */
function orderOf(cells: Cell[], baseTimes: number): Cell[] {
  const base = cells.filter((cell) => cell.id === cell.base);
  const others = cells.filter((cell) => cell.id !== cell.base);
  const part = Math.ceil(others.length / (baseTimes - 1));
  const parts = Array.from({ length: baseTimes - 1 }, (_, i) => others.slice(i * part, (i + 1) * part));
  return [...base, ...parts.flatMap((each) => [...each, ...base])];
}

async function measureRound(edge: Edge, order: Cell[]): Promise<Map<string, Sample[]>> {
  const lines = order.map(
    ({ id, process, port, connections, seconds }) =>
      `${id} ${process} ${port} ${connections} ${seconds} /srv/bench/${id}.list`,
  );
  const said = await run(edge, `sh /srv/bench/rounds.sh <<'END'\n${lines.join('\n')}\nEND`);
  const samples = new Map<string, Sample[]>();
  for (const [i, line] of said.trim().split('\n').entries()) {
    const [id = '', ...rest] = line.split(' ');
    const [cpu, requests, duration, errors, p50, p99] = rest.map(Number);
    if (id !== order[i]?.id || !requests || !duration || cpu === undefined || errors !== 0)
      throw new Error(
        `expected of ${order[i]?.id} "ID CPU_NS REQUESTS DURATION_US 0 P50_US P99_US" with no error, received: ${line}`,
      );
    const sample = {
      cpu: cpu / 1000 / requests,
      requests,
      rate: (requests / duration) * 1e6,
      p50: p50! / 1000,
      p99: p99! / 1000,
    };
    samples.set(id, [...(samples.get(id) ?? []), sample]);
  }
  return samples;
}

function summarise({ id, base }: Cell, all: Map<string, Sample[]>[]): Measured {
  const middle = (samples: Sample[]) => spreadOf(samples.map(({ cpu }) => cpu)).median;
  const own = all.flatMap((round) => round.get(id)!);
  const spread = (key: keyof Sample) => spreadOf(own.map((sample) => sample[key]));
  return {
    cpu: spread('cpu'),
    ratio: spreadOf(all.flatMap((round) => round.get(id)!.map(({ cpu }) => cpu / middle(round.get(base)!)))),
    requestsPerSecond: spread('rate'),
    p50: spread('p50'),
    p99: spread('p99'),
    requests: own.reduce((sum, { requests }) => sum + requests, 0),
  };
}
