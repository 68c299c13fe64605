/** The edges of the instruction counts and of the memory: the same confs and policies, each an nginx of its own. */
import { rm } from 'node:fs/promises';
import type { Runtime } from '../../integration/harness/runtimes';
import type { Edge } from '../../integration/harness/started-edge';
import { JS_MODULE, nginxConf } from '../compare/fleet';
import { cacheFolder, TO_ORIGIN } from '../compare/servers';
import { renderLive, unpack, writePolicies } from '../live-render';
import { renderAt } from '../rendered';
import { type EdgeName, OTHER_HOST, policiesOf } from './rows';

export const ports = {
  plain: 8100,
  signed: 8101,
  'signed-slow': 8110,
  'signed-path': 8111,
  'signed-scope': 8112,
  hop: 8102,
  inline: 8103,
  cached: 8104,
  all: 8105,
  'live-signed': 8106,
  'live-hop': 8107,
  'live-inline': 8108,
  'live-cached': 8109,
} as const;
const apiPortOf = (name: EdgeName): number => ports[name] + 1000;

const serverOf = (name: keyof typeof ports, host: string, include = ''): string =>
  `server {\nlisten ${ports[name]};\nserver_name ${host};\n${include}\n${TO_ORIGIN}\n}\n`;

/** Puts what nginx needs into the container: /srv/bench/NAME.conf and, for ours, what `edge-auth render` makes of the edge's policies. */
export async function putEdge(edge: Edge, name: EdgeName | 'plain'): Promise<void> {
  const { runtime } = edge;
  const own = `/srv/bench/${name}.conf`;
  if (name === 'plain') {
    // Without the js module, which knows js_engine.
    const bare: Runtime = { ...runtime, engine: 'njs' };
    return edge.putFile(own, await nginxConf({ name, servers: serverOf(name, OTHER_HOST), runtime: bare }));
  }
  const folder = `/srv/bench/${name}`;
  const isLive = name.startsWith('live-');
  const prefix = isLive ? `${folder}/conf` : folder;
  await (isLive ? putLive : putRendered)(edge, name, folder);
  const ours = Object.keys(policiesOf[name]).map((host) =>
    serverOf(name, host, `include ${prefix}/servers/${host}.conf;`),
  );
  const conf = await nginxConf({
    name,
    modules: JS_MODULE,
    http: `include ${prefix}/http.conf;`,
    servers: serverOf(name, OTHER_HOST) + ours.join(''),
    runtime,
  });
  return edge.putFile(own, conf);
}

const wiringOf = (name: EdgeName): 'hop' | 'inline' => (name.endsWith('inline') ? 'inline' : 'hop');

const cacheArgs = (name: EdgeName): string[] =>
  'cached.test' in policiesOf[name] ? ['--cache-path', cacheFolder(name)] : [];

async function putRendered(edge: Edge, name: EdgeName, folder: string): Promise<void> {
  const files = await renderAt(folder, name, edge.runtime, wiringOf(name), policiesOf[name], cacheArgs(name));
  for (const [target, content] of Object.entries(files)) await edge.putFile(target, content);
}

async function putLive(edge: Edge, name: EdgeName, folder: string): Promise<void> {
  const work = await writePolicies(policiesOf[name]);
  const args = ['--wiring', wiringOf(name), '--decider', `unix:/run/${name}.sock`, ...cacheArgs(name)];
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
