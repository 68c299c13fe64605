/** Private memory that a connection holds at the edge's processes: idle and kept, waiting for the auth server, or downloading. */
import type { Edge } from '../../integration/harness/started-edge';
import { type Fleet, run, startProcess, stopProcess } from './fleet';
import { targetOf } from './policies';
import { hostOf, instances, type System } from './systems';

/** The first ones fill what is free in the heap of a process that has just started. */
const FIRST = 200;
const COUNTED = 300;

export type Held = 'idle' | 'waiting' | 'downloading';
export const HELD: Held[] = ['idle', 'waiting', 'downloading'];
/** KB per connection. */
export type Memory = Partial<Record<Held, number>>;

/** By the system's id. A process keeps what it once had, so each measurement gets a new one. */
export async function measureMemory(fleet: Fleet): Promise<Map<string, Memory>> {
  const all = new Map<string, Memory>();
  for (const system of fleet.systems) {
    const memory: Memory = {};
    // An answer that is remembered is not waited for.
    for (const held of HELD.filter((one) => one !== 'waiting' || system.host === 'ask'))
      memory[held] = await measureHeld(fleet, system, held);
    all.set(system.id, memory);
  }
  return all;
}

async function measureHeld({ edge }: Fleet, system: System, held: Held): Promise<number> {
  const { instance } = system;
  await stopProcess(edge, instance);
  await startProcess(edge, instance);
  const host = hostOf(system, held === 'waiting' ? 'silent' : 'empty');
  const target = targetOf(system, held === 'downloading' ? '1 MB' : '1 KB');
  // Who is busy while a connection waits, or downloads.
  const status = held === 'waiting' ? '9009 /' : '9000 /status';
  const { port } = instances[instance];
  return holdConnections(edge, { name: instance, status, counted: COUNTED, held, port, host, target });
}

export interface Holding {
  /** The edge's process. */
  name: string;
  /** Port and target that tell who is busy. */
  status: string;
  counted: number;
  held: Held;
  port: number;
  host: string;
  target: string;
}

/** KB of private memory for each of the counted connections. */
export async function holdConnections(
  edge: Edge,
  { name, status, counted, held, port, host, target }: Holding,
): Promise<number> {
  const said = await run(
    edge,
    `perl /srv/bench/client.pl hold ${name} ${status} ${FIRST} ${counted} ${held} ${port} ${host} '${target}'`,
  );
  const [before = NaN, after = NaN, inFlight = NaN] = said.trim().split(' ').map(Number);
  if (held !== 'idle' && !(inFlight >= FIRST + counted))
    throw new Error(
      `${host}: expected ${FIRST + counted} requests ${held}, auth server or origin has ${inFlight}`,
    );
  return (after - before) / counted;
}
