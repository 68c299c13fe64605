/** How CPU and memory grow with the number of domains: an nginx for each kind and count, and requests that are spread over all of its domains. */
import type { Edge } from '../../integration/harness/started-edge';
import { newWorkers } from '../bench-edge';
import { readResident, timeInside } from '../domains-edge';
import { run, stopProcess } from './fleet';
import { domainsOf, type Kind, writeConf, requestsOf } from './growth-conf';
import { type Cell, load, measureRounds, type Measured, type RoundOptions } from './rounds';

export const COUNTS = [1, 100, 10_000];
const PORT = 8200;
const SECONDS = 0.5;
/** So many of its domains, the last ones, have to answer before anything is measured. */
const CHECKED = 100;
/** Enough to come to each of 10,000 domains. */
const WARM_SECONDS = 2;

export interface Grown {
  count: number;
  /** Its ratio is to one domain of the same kind. */
  measured: Measured;
  /** KB that master and worker hold after the measurement. */
  resident: number;
  /** The same before the first request: what the conf takes. */
  conf: number;
  /** Milliseconds of `nginx -c`, the less of two. */
  start: number;
}

/** By the kind's name, in the order of the counts. */
export async function measureGrowth(
  edge: Edge,
  kinds: Kind[],
  counts: number[],
  options: RoundOptions,
): Promise<Map<string, Grown[]>> {
  const cells: Cell[] = [];
  const begun = new Map<string, Started>();
  for (const count of counts) {
    for (const kind of kinds) {
      const cell = cellOf(kind, count, PORT + cells.length);
      begun.set(cell.id, await startKind(edge, kind, count, cell));
      cells.push(cell);
    }
    options.say(`edges with ${count.toLocaleString('en')} domain(s) of ${kinds.length} kinds run`);
  }
  const measured = await measureRounds(edge, cells, options);
  const grown = new Map<string, Grown[]>();
  for (const kind of kinds) {
    const all: Grown[] = [];
    for (const count of counts) {
      const { id } = cellOf(kind, count, 0);
      const { start, conf, worker } = begun.get(id)!;
      const resident = await readResident(edge, { name: id, workers: [worker] });
      all.push({ count, measured: measured.get(id)!, resident, conf, start });
      await stopProcess(edge, id, 'QUIT');
    }
    grown.set(kind.name, all);
  }
  return grown;
}

function cellOf(kind: Kind, count: number, port: number): Cell {
  const id = `${kind.id}-${count}`;
  return {
    id,
    process: id,
    port,
    connections: 8,
    seconds: SECONDS,
    requests: requestsOf(kind, domainsOf(count)),
    base: `${kind.id}-1`,
  };
}

interface Started {
  start: number;
  conf: number;
  worker: number;
}

async function startKind(edge: Edge, kind: Kind, count: number, cell: Cell): Promise<Started> {
  const others = await edge.workerPids();
  await writeConf(edge, kind, cell.process, cell.port, domainsOf(count));
  const startOnce = async () => (await timeInside(edge, `nginx -c /srv/bench/${cell.process}.conf`)).took;
  const first = await startOnce();
  await newWorkers(edge, others, 1);
  await stopProcess(edge, cell.process, 'QUIT');
  const start = Math.min(first, await startOnce());
  const [worker = NaN] = await newWorkers(edge, others, 1);
  const conf = await readResident(edge, { name: cell.process, workers: [worker] });
  const lines = cell.requests.slice(-CHECKED).map((line) => `${cell.port} ${line}`);
  const probe = `perl /srv/bench/client.pl probe <<'END' | cut -d ' ' -f 1,2 | sort | uniq -c\n${lines.join('\n')}\nEND`;
  const said = await run(edge, probe);
  if (said.trim() !== `${lines.length} 200 1024`)
    throw new Error(
      `${kind.name}: expected ${lines.length} answers of 200 with 1024 bytes, received ${said}`,
    );
  // A worker copies a page of its master's memory when it first writes to it. That is not what a request costs.
  await load(edge, { ...cell, seconds: count > CHECKED ? WARM_SECONDS : 0.2 });
  return { start, conf, worker };
}
