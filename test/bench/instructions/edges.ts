/** The container of the instruction counts: origin and auth server, a plain nginx, and the edges, each a process under callgrind. */
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { startEdge } from '../../integration/harness/edge';
import { repositoryRoot, type Runtime } from '../../integration/harness/runtimes';
import type { Edge } from '../../integration/harness/started-edge';
import { JS_MODULE, nginxConf } from '../compare/fleet';
import { cacheFolder, TO_ORIGIN } from '../compare/servers';
import { renderLive, unpack, writePolicies } from '../live-render';
import { renderAt } from '../rendered';
import { type Counted, startCounted } from './counted';
import { type EdgeName, OTHER_HOST, policiesOf } from './rows';

const ports = {
  plain: 8100,
  signed: 8101,
  hop: 8102,
  inline: 8103,
  cached: 8104,
  all: 8105,
  'live-signed': 8106,
  'live-hop': 8107,
  'live-inline': 8108,
} as const;
const apiPortOf = (name: EdgeName): number => ports[name] + 1000;

export function startBackend(runtime: Runtime): Promise<Edge> {
  const list = path.join(repositoryRoot, '.cache/valgrind-images.json');
  const images = JSON.parse(readFileSync(list, 'utf8')) as Record<string, string>;
  const image = images[runtime.image];
  if (!image) throw new Error(`${list} has no image with valgrind for ${runtime.name}`);
  return startEdge({
    runtime: { ...runtime, image },
    conf: path.join(repositoryRoot, 'test/bench/instructions/backend.conf'),
    vars: { NAME: 'nginx', BODY: 'k'.repeat(1024), ANSWER: 'b'.repeat(200) },
    ports: Object.values(ports),
  });
}

const serverOf = (name: keyof typeof ports, host: string, include = ''): string =>
  `server {\nlisten ${ports[name]};\nserver_name ${host};\n${include}\n${TO_ORIGIN}\n}\n`;

export async function startPlain(edge: Edge): Promise<Counted> {
  const conf = await nginxConf({
    name: 'plain',
    servers: serverOf('plain', OTHER_HOST),
    runtime: edge.runtime,
  });
  await edge.putFile('/srv/bench/plain.conf', conf.replace('js_engine qjs;', ''));
  return startCounted(edge, 'plain', ports.plain);
}

/** What `edge-auth render` makes of the edge's policies, on as little conf as can be. */
export async function startOurs(edge: Edge, name: EdgeName): Promise<Counted> {
  const policies = policiesOf[name];
  const folder = `/srv/bench/${name}`;
  const isLive = name.startsWith('live-');
  const prefix = isLive ? `${folder}/conf` : folder;
  if (isLive) await putLive(edge, name, folder);
  else await putRendered(edge, name, folder);
  const conf = await nginxConf({
    name,
    modules: JS_MODULE,
    http: `include ${prefix}/http.conf;`,
    servers: [
      serverOf(name, OTHER_HOST),
      ...Object.keys(policies).map((host) => serverOf(name, host, `include ${prefix}/servers/${host}.conf;`)),
    ].join(''),
    runtime: edge.runtime,
  });
  await edge.putFile(`/srv/bench/${name}.conf`, conf);
  return startCounted(edge, name, ports[name]);
}

const wiringOf = (name: EdgeName): 'hop' | 'inline' => (name.endsWith('inline') ? 'inline' : 'hop');

async function putRendered(edge: Edge, name: EdgeName, folder: string): Promise<void> {
  const cache = 'cached.test' in policiesOf[name] ? ['--cache-path', cacheFolder(name)] : [];
  const files = await renderAt(folder, name, edge.runtime, wiringOf(name), policiesOf[name], cache);
  for (const [target, content] of Object.entries(files)) await edge.putFile(target, content);
}

async function putLive(edge: Edge, name: EdgeName, folder: string): Promise<void> {
  const work = await writePolicies(policiesOf[name]);
  const args = ['--wiring', wiringOf(name), '--decider', `unix:/run/${name}.sock`];
  try {
    await unpack(
      edge,
      await renderLive(edge.runtime, work, { folder, apiPort: apiPortOf(name), args }),
      folder,
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
