/**
 * How soon a change that the API makes is in force on every worker. Kept connections ask each worker again and again, with a URL that
 * the policy before the change admits and with one that the policy after it admits.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { signUrl, type SignOptions } from '../../src/sign/sign';
import { sideConfs, startLiveSide, type BenchEdge } from './bench-edge';
import { openKeepAliveClient, requestOf, type KeepAliveClient } from './keep-alive-client';
import { apiRequest } from './live-render';

const DOMAIN = 'changing.test';
const CHANGES = 200;
/** Requests on each connection after the API's answer, none of which may follow the old policy. */
const AFTER = 5;
const API_CONNECTIONS = 8;

/** The conf is rendered for type A: two of four changes change the form of the signature, and half of the time it is not the conf's. */
const types = ['A', 'A', 'D', 'D'] as const;
const policyOf = (i: number) => ({ url_signing: { type: types[i % 4], key1: `key-of-change-${i}` } });
const urlOf = (i: number): Buffer => {
  const { type, key1: key } = policyOf(i).url_signing;
  return requestOf(DOMAIN, signUrl('/video.mp4', { type, key } as SignOptions));
};

export interface ChangeTimes {
  /** Milliseconds from sending the PUT to its answer, in ascending order. */
  answered: number[];
  /** Milliseconds from sending the PUT to the first answer by the new policy, of the worker that was last. */
  obeyed: number[];
  workers: number;
  /** Requests by the old policy and sent before the API's answer: the probes can tell. */
  before: number;
  /** Requests that were sent after the API's answer. All of them followed the new policy. */
  after: number;
}

/** One connection of a worker. */
interface Probe {
  worker: string;
  client: KeepAliveClient;
  isNew: boolean;
}

interface Seen {
  worker: string;
  sent: number;
  answered: number;
  isObeyed: boolean;
}

export async function measureChanges(bench: BenchEdge): Promise<ChangeTimes> {
  await startLiveSide(bench, 'crowd', 'hop', { [DOMAIN]: policyOf(0) });
  const probes = await openProbes(bench);
  const { edge } = bench;
  const apis = Array.from({ length: API_CONNECTIONS }, () =>
    openKeepAliveClient(edge.host, edge.port(sideConfs.crowd.apiPort)),
  );
  const times: ChangeTimes = { answered: [], obeyed: [], workers: probes.length / 2, before: 0, after: 0 };
  try {
    for (let i = 1; i <= CHANGES; i++) await change(i, probes, apis[i % API_CONNECTIONS]!, times);
  } finally {
    for (const client of [...apis, ...probes.map((probe) => probe.client)]) client.close();
  }
  times.answered.sort((a, b) => a - b);
  times.obeyed.sort((a, b) => a - b);
  return times;
}

async function change(i: number, probes: Probe[], api: KeepAliveClient, times: ChangeTimes): Promise<void> {
  const put = apiRequest('PUT', `/v1/policies/${DOMAIN}`, policyOf(i));
  const [oldUrl, newUrl] = [urlOf(i - 1), urlOf(i)];
  let end = Infinity;
  const watch = async ({ worker, client, isNew }: Probe): Promise<Seen[]> => {
    const seen: Seen[] = [];
    for (let after = 0; after < AFTER;) {
      const sent = performance.now();
      if (sent > end) after++;
      const { status } = await client.ask(isNew ? newUrl : oldUrl);
      if (status !== 200 && status !== 403) throw new Error(`expected 200 or 403, received ${status}`);
      seen.push({ worker, sent, answered: performance.now(), isObeyed: (status === 200) === isNew });
      // Else the probes take the time of the change.
      await sleep(1);
    }
    return seen;
  };
  const watched = Promise.all(probes.map(watch));
  await sleep(2);
  const start = performance.now();
  await api.expect(put, 200);
  end = performance.now();
  const seen = (await watched).flat();

  const late = seen.filter(({ sent, isObeyed }) => sent > end && !isObeyed);
  if (late.length > 0)
    throw new Error(`expected every request after change ${i} to obey it, ${late.length} did not`);
  times.before += seen.filter(({ isObeyed }) => !isObeyed).length;
  times.after += seen.filter(({ sent }) => sent > end).length;
  times.answered.push(end - start);
  const first = new Map<string, number>();
  for (const { worker, answered, isObeyed } of seen)
    if (isObeyed) first.set(worker, Math.min(answered - start, first.get(worker) ?? Infinity));
  times.obeyed.push(Math.max(...first.values()));
}

/** Two connections of each worker. Which worker has one is the kernel's choice, so more are opened than stay. */
async function openProbes({ edge, sides }: BenchEdge): Promise<Probe[]> {
  const { port, workers } = sides.crowd;
  const probes: Probe[] = [];
  const rest: KeepAliveClient[] = [];
  try {
    for (let opened = 0; probes.length < 2 * workers.length; opened += 16) {
      if (opened >= 800) throw new Error(`expected connections of ${workers.length} workers among ${opened}`);
      const clients = Array.from({ length: 16 }, () => openKeepAliveClient(edge.host, edge.port(port)));
      rest.push(...clients);
      const asked = clients.map((client) => client.expect(requestOf('plain.test', '/pid'), 200));
      for (const [i, { body: worker }] of (await Promise.all(asked)).entries()) {
        const own = probes.filter((probe) => probe.worker === worker).length;
        const client = clients[i]!;
        if (own < 2) probes.push({ worker, client, isNew: own === 0 });
      }
    }
    return probes;
  } finally {
    const kept = new Set(probes.map((probe) => probe.client));
    for (const client of rest) if (!kept.has(client)) client.close();
  }
}
