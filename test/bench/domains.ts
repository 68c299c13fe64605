/** One edge of many domains with live policies, beside one of as many plain servers. */
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { signUrl } from '../../src/sign/sign';
import type { Runtime } from '../integration/harness/runtimes';
import type { Edge } from '../integration/harness/started-edge';
import {
  API_PORT,
  type Fleet,
  readFree,
  readResident,
  startDomainsEdge,
  startFleet,
  stopFleet,
  timeReload,
} from './domains-edge';
import { openKeepAliveClient, requestOf } from './keep-alive-client';
import { apiRequest, renderLive, writePolicies } from './live-render';
import { costOf, load, type Load, readCpuMicroseconds } from './load';

const COUNTS = [1, 100, 10_000];
const REQUESTS = 10_000;
const ROUNDS = 2;
/** As many policies are in shared memory before the first of them expires. */
const SHARED = 2_000;
const PUTS = 200;
const LISTS = 20;
/** After which the workers read a policy from its file again. */
const EXPIRY_MS = 5_000;

const domainsOf = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `www.customer-${String(i).padStart(5, '0')}.test`);
const keyOf = (i: number): string => `key-of-customer-${i}`;
const policyOf = (i: number): object => ({ url_signing: { type: 'A', key1: keyOf(i) } });
const half = (sorted: number[]): number => sorted[Math.floor(sorted.length / 2)] ?? NaN;

/** The figures of one count of domains: what is measured → the value with its unit. */
type Column = Map<string, string>;
type Add = (what: string, value: string) => void;

/** The domains of one count, and the folder where their policies are, which all runtimes share. */
interface Sample {
  domains: string[];
  work: string;
  isCompiled: boolean;
}

/** Says of each runtime what `measure` says, and prints it. */
export async function measureDomains(
  runtimes: Runtime[],
  print: (runtime: Runtime, text: string) => void,
): Promise<void> {
  const samples: Sample[] = [];
  try {
    for (const count of COUNTS) {
      const domains = domainsOf(count);
      const policies = Object.fromEntries(domains.map((domain, i) => [domain, policyOf(i)]));
      samples.push({ domains, work: await writePolicies(policies), isCompiled: false });
    }
    for (const runtime of runtimes) print(runtime, await measureRuntime(runtime, samples));
  } finally {
    for (const { work } of samples) await rm(work, { recursive: true, force: true });
  }
}

/** A table with a column for each count of domains. */
async function measureRuntime(runtime: Runtime, samples: Sample[]): Promise<string> {
  const edge = await startDomainsEdge(runtime);
  const columns: Column[] = [];
  try {
    const alone: Record<string, number> = {};
    for (const sample of samples) columns.push(await measureSample(edge, sample, alone));
  } finally {
    await edge.stop();
  }
  const line = (name: string, cells: string[]) =>
    `  ${name.padEnd(56)}${cells.map((cell) => cell.padStart(18)).join('')}`;
  const heads = COUNTS.map((count) => count.toLocaleString('en'));
  const names = [...new Set(columns.reverse().flatMap((column) => [...column.keys()]))];
  return [
    line('domains, each with a signed URL of its own key', heads),
    ...names.map((name) => line(name, columns.map((column) => column.get(name) ?? '-').reverse())),
  ].join('\n');
}

/** `alone`: KB that master and workers hold for one domain, set by the sample of one. */
async function measureSample(edge: Edge, sample: Sample, alone: Record<string, number>): Promise<Column> {
  const { domains, work } = sample;
  const column: Column = new Map();
  const render = () => renderLive(edge.runtime, work, { folder: '/srv/live', apiPort: API_PORT });
  if (!sample.isCompiled)
    column.set('render, and compile all policies', `${(await render()).renderSeconds.toFixed(1)} s`);
  sample.isCompiled = true;
  const files = await render();
  column.set('render, when no policy has changed', `${files.renderSeconds.toFixed(1)} s`);

  const each: Record<string, number> = {};
  for (const given of [undefined, files]) {
    const fleet = await startFleet(edge, domains, given);
    const add: Add = (what, value) => column.set(`${fleet.name}: ${what}`, value);
    const before = await readFreeOf(edge, fleet);
    const shared = Math.min(domains.length, SHARED);
    await load(edge, loadOf(fleet, shared));
    const used = before - (await readFreeOf(edge, fleet));
    await load(edge, loadOf(fleet, domains.length));
    const resident = await readResident(edge, fleet);
    if (domains.length === 1) alone[fleet.name] = resident;
    each[fleet.name] = (resident - alone[fleet.name]!) / (domains.length - 1);
    await addCosts(edge, fleet, add);
    add('nginx -t; start', `${fleet.test.toFixed(0)}; ${fleet.start.toFixed(0)} ms`);
    add('reload until a new worker answers', `${(await timeReload(edge, fleet)).toFixed(0)} ms`);
    add('memory, master and workers', `${(resident / 1024).toFixed(1)} MB`);
    if (given) {
      await addApi(edge, fleet, add);
      if (domains.length > 1) {
        column.set('memory of a plain server {}', `${each['plain']!.toFixed(1)} KB`);
        column.set('memory of a live domain beyond it', `${(each['live']! - each['plain']!).toFixed(1)} KB`);
        column.set('shared memory of a live domain', `${(used / 1024 / shared).toFixed(2)} KB`);
      }
    }
    await stopFleet(edge, fleet);
  }
  return column;
}

const readFreeOf = (edge: Edge, fleet: Fleet): Promise<number> =>
  fleet.name === 'live' ? readFree(edge, fleet) : Promise.resolve(0);

function loadOf({ port, domains }: Fleet, count: number, isOne = false): Load {
  const asked = isOne ? domains.slice(0, 1) : domains;
  const requests = asked.map((domain, i) =>
    requestOf(domain, signUrl('/video.mp4', { type: 'A', key: keyOf(i) })),
  );
  return { port, requests, status: 200, count };
}

/** CPU of the workers per request: the least of the rounds. */
async function addCosts(edge: Edge, fleet: Fleet, add: Add): Promise<void> {
  const rows = new Map<string, number>();
  const keep = (what: string, each: number) => rows.set(what, Math.min(each, rows.get(what) ?? Infinity));
  const one = loadOf(fleet, REQUESTS, true);
  const all = loadOf(fleet, REQUESTS);
  await load(edge, one);
  for (let round = 0; round < ROUNDS; round++) {
    keep('CPU of a request, all to one domain', await costOf(edge, fleet.workers, one));
    if (fleet.name === 'live' && fleet.domains.length >= 1_000) {
      await sleep(EXPIRY_MS);
      const once = { ...all, count: fleet.domains.length };
      keep('CPU of a request, policy read from its file', await costOf(edge, fleet.workers, once));
    }
    keep('CPU of a request, spread over all domains', await costOf(edge, fleet.workers, all));
  }
  for (const [what, each] of rows) add(what, `${each.toFixed(1)} us`);
}

async function addApi(edge: Edge, { domains, workers }: Fleet, add: Add): Promise<void> {
  const api = openKeepAliveClient(edge.host, edge.port(API_PORT));
  const time = async (count: number, request: (i: number) => Buffer): Promise<string> => {
    const all: number[] = [];
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      await api.expect(request(i), 200);
      all.push(performance.now() - start);
    }
    all.sort((a, b) => a - b);
    return `${half(all).toFixed(1)} / ${all[all.length - 1]!.toFixed(1)} ms`;
  };
  // A step through the domains that comes to each of them.
  const at = (i: number) => (i * 7919) % domains.length;
  try {
    const put = (i: number) =>
      apiRequest('PUT', `/v1/policies/${domains[at(i)]}`, policyOf(domains.length + i));
    const get = (i: number) => apiRequest('GET', `/v1/policies/${domains[at(i)]}`);
    const before = await readCpuMicroseconds(edge, workers);
    add('PUT of a policy, median / max', await time(PUTS, put));
    const each = ((await readCpuMicroseconds(edge, workers)) - before) / PUTS / 1000;
    add('CPU of a PUT', `${each.toFixed(1)} ms`);
    add('GET of a policy, median / max', await time(PUTS, get));
    add('GET of the list, median / max', await time(LISTS, () => apiRequest('GET', '/v1/policies')));
  } finally {
    api.close();
  }
}
