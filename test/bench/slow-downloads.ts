/** `npm run bench -- --memory`: what a download that the client reads slowly holds at the edge beyond what plain nginx holds for it. */
import { startEdge } from '../integration/harness/edge';
import { type Runtime, runtimes } from '../integration/harness/runtimes';
import type { Edge } from '../integration/harness/started-edge';
import { compareWithBudget, endWith } from './budget';
import { holdConnections } from './compare/connections';
import { originOptions, putAuthServer, run, startProcess, stopProcess } from './compare/fleet';
import { FILES } from './compare/policies';
import { cacheMemory } from './compare/servers';
import { ports, putEdge } from './instructions/edges';
import { type EdgeName, OTHER_HOST, signedFile } from './instructions/rows';
import type { Figure } from './judge';
import { hasLivePolicies } from './live-render';

const COUNTED = 1_000;
const FILE = FILES['1 MB'];

interface Download {
  path: string;
  edge: EdgeName | 'plain';
  host: string;
  target: string;
}

const plain: Download = { path: 'plain', edge: 'plain', host: OTHER_HOST, target: FILE };
const signed = (path: string, edge: EdgeName, host: string, hash: 'md5' | 'sha256' = 'md5'): Download => ({
  ...{ path, edge, host },
  target: signedFile(FILE, hash),
});
const asked = (path: string, edge: EdgeName, host: string): Download => ({ path, edge, host, target: FILE });

const rendered: Download[] = [
  signed('signed URL', 'signed', 'a.test'),
  signed('signed URL, sha256', 'signed-slow', 'sha256.test', 'sha256'),
  asked('cached decision, hit', 'cached', 'cached.test'),
  asked('auth request inline', 'inline', 'asked.test'),
  asked('auth request inline, any policy', 'inline', 'list.test'),
  asked('auth request by hop', 'hop', 'asked.test'),
  asked('auth request by hop, any policy', 'hop', 'list.test'),
];
const live: Download[] = [
  signed('live, signed URL', 'live-signed', 'a.test'),
  asked('live, cached decision, hit', 'live-cached', 'cached.test'),
  asked('live, auth request inline', 'live-inline', 'asked.test'),
  asked('live, auth request by hop', 'live-hop', 'asked.test'),
];

async function measureRuntime(runtime: Runtime): Promise<Figure[]> {
  const edge = await startEdge({ runtime, ...originOptions(), tmpfs: cacheMemory });
  try {
    await putAuthServer(edge);
    const base = await measureDownload(edge, plain);
    console.log(`\n${runtime.name}: plain nginx holds ${base.toFixed(1)} KB for a slow download`);
    const figures: Figure[] = [];
    for (const one of [...rendered, ...(hasLivePolicies(runtime) ? live : [])])
      figures.push({ path: one.path, value: (await measureDownload(edge, one)) - base });
    return figures;
  } finally {
    await edge.stop();
  }
}

/** KB of private memory. */
async function measureDownload(edge: Edge, { path, edge: name, host, target }: Download): Promise<number> {
  await putEdge(edge, name);
  await startProcess(edge, name);
  const refused = path.includes('URL') ? FILE : undefined;
  if (refused) {
    const said = await run(
      edge,
      `echo "${ports[name]} ${host} ${refused}" | perl /srv/bench/client.pl probe`,
    );
    if (!said.startsWith('403 '))
      throw new Error(`${path}: expected 403 without a signature, received ${said}`);
  }
  const held = await holdConnections(edge, {
    name,
    status: '9000 /status',
    counted: COUNTED,
    held: 'downloading',
    port: ports[name],
    host,
    target,
  });
  await stopProcess(edge, name);
  return held;
}

async function main(): Promise<void> {
  const above: string[] = [];
  for (const runtime of runtimes)
    above.push(...compareWithBudget('memory', runtime, await measureRuntime(runtime)));
  endWith(above);
}
void main();
