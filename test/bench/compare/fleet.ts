/** The container of the comparison: origin, auth server, and a process of each kind of edge. All of it is on loopback. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fillConf } from '../../integration/harness/conf';
import { startEdge } from '../../integration/harness/edge';
import { type Runtime, repositoryRoot, runtimes } from '../../integration/harness/runtimes';
import type { Edge } from '../../integration/harness/started-edge';
import { cachedPolicies, policies } from './policies';
import { renderAt } from '../rendered';
import * as servers from './servers';
import { type Instance, instances, type System, systems } from './systems';

export const folder = path.join(repositoryRoot, 'test/bench/compare');
const cacheFile = (name: string): string => readFileSync(path.join(repositoryRoot, '.cache', name), 'utf8');

export interface Fleet {
  edge: Edge;
  /** Those that run, plain first. */
  systems: System[];
  /** Why the others do not, by the system's name. */
  skipped: Map<string, string>;
}

interface NginxConf {
  name: string;
  http?: string;
  servers: string;
  /** Lines of load_module. Default: none. */
  modules?: string;
  runtime?: Runtime;
}

export const JS_MODULE = 'load_module modules/ngx_http_js_module.so;';
const LUA_MODULES = 'load_module modules/ndk_http_module.so;\nload_module modules/ngx_http_lua_module.so;';

const benchImage = () => JSON.parse(cacheFile('bench-image.json')) as { image: string; missing: string[] };

/** The image with load generator and peers. */
export const peersImage = (): string => benchImage().image;

/** The runtime of that engine on the release that the image of the comparison is made of. */
export function runtimeOf(engine: 'njs' | 'qjs'): Runtime | undefined {
  const image = peersImage();
  const found = runtimes.find((one) => one.engine === engine && one.njsVersion >= '1');
  return found && { ...found, image };
}

/** The conf of an nginx of the comparison. */
export function nginxConf({ name, http = '', servers, modules = '', runtime }: NginxConf): Promise<string> {
  const vars = { NAME: name, MODULES: modules, HTTP: http, SERVERS: servers, ENGINE: '' };
  if (runtime?.engine === 'qjs') vars.ENGINE = 'js_engine qjs;';
  return fillConf(path.join(folder, 'edge.conf'), runtime ?? runtimeOf('njs')!, vars);
}

export async function startFleet(): Promise<Fleet> {
  const runtime = runtimeOf('njs');
  if (!runtime)
    throw new Error('expected the runtime forky-njs, found none: see what EDGE_AUTH_RUNTIMES says');
  const edge = await startEdge({ runtime, ...originOptions(), tmpfs: servers.cacheMemory });
  try {
    await putAuthServer(edge);
    return await startInstances(edge);
  } catch (error) {
    await edge.stop();
    throw error;
  }
}

/** Of a container that runs the origin, and has the bench's clients. */
export function originOptions() {
  const read = (name: string) => readFileSync(path.join(folder, name));
  const clients = ['late.js', 'load.lua', 'rounds.sh', 'client.pl'];
  return {
    conf: path.join(folder, 'origin.conf'),
    vars: { NAME: 'nginx' },
    ports: [],
    files: {
      '/srv/origin/1k.bin': Buffer.alloc(1024, 'k'),
      '/srv/origin/1m.bin': Buffer.alloc(1_048_576, 'm'),
      ...Object.fromEntries(clients.map((name) => [`/srv/bench/${name}`, read(name)])),
    },
  };
}

export async function putAuthServer(edge: Edge): Promise<void> {
  const vars = { NAME: 'auth', BODY: 'b'.repeat(200) };
  await edge.putFile(
    '/srv/bench/auth.conf',
    await fillConf(path.join(folder, 'auth.conf'), edge.runtime, vars),
  );
  await run(edge, 'nginx -c /srv/bench/auth.conf');
}

async function startInstances(edge: Edge): Promise<Fleet> {
  const { missing } = benchImage();
  const skipped = new Map<string, string>();
  for (const [name, conf] of Object.entries(instances)) {
    const own = systems.filter(({ instance }) => instance === name);
    const skip = (reason: string, some = own) => {
      for (const system of some) skipped.set(system.name, reason);
    };
    const absent = missing.find((line) => 'needs' in conf && line.startsWith(`${conf.needs}:`));
    if (absent) skip(`Debian's package cannot be had: ${absent}`);
    else {
      const files = await filesOf(name as Instance, (reason) =>
        skip(
          reason,
          own.filter(({ host }) => host === 'cached'),
        ),
      );
      if (typeof files === 'string') skip(files);
      else await startInstance(edge, name as Instance, files);
    }
  }
  return { edge, systems: systems.filter(({ name }) => !skipped.has(name)), skipped };
}

/** Its conf files by absolute path, or why there are none. `noCache`: told why there is no decision cache. */
async function filesOf(
  name: Instance,
  noCache: (reason: string) => void,
): Promise<Record<string, string> | string> {
  const own = `/srv/bench/${name}.conf`;
  const template = (file: string) => readFileSync(path.join(folder, file), 'utf8');
  switch (name) {
    case 'plain':
      return { [own]: await nginxConf({ name, servers: servers.plainServers() }) };
    case 'native':
      return {
        [own]: await nginxConf({ name, http: servers.nativeHttp, servers: servers.nativeServers() }),
      };
    case 'lua':
      return { [own]: await nginxConf({ name, modules: LUA_MODULES, servers: servers.luaServers() }) };
    case 'haproxy':
      return {
        [own]: template('haproxy.cfg').replace('@PORT@', String(instances.haproxy.port)),
        '/srv/bench/haproxy-ask.lua': template('haproxy-ask.lua').replace('@PORTS@', servers.haproxyPorts()),
      };
    case 'caddy':
      return { [own]: servers.caddyfile() };
    case 'njs-hop':
    case 'njs-inline':
    case 'qjs-hop':
    case 'qjs-inline':
      return oursFiles(name, noCache);
  }
}

async function oursFiles(
  name: 'njs-hop' | 'njs-inline' | 'qjs-hop' | 'qjs-inline',
  noCache: (reason: string) => void,
): Promise<Record<string, string> | string> {
  const { engine, wiring } = instances[name];
  const runtime = runtimeOf(engine);
  if (!runtime) return `no runtime with the ${engine} engine: see what EDGE_AUTH_RUNTIMES says`;
  const prefix = `/srv/bench/${name}`;
  const cache = ['--cache-path', servers.cacheFolder(name), '--cache-size', servers.CACHE_SIZE];
  let all = policies;
  let rendered = await renderAt(prefix, name, runtime, wiring, all);
  if (wiring === 'hop') {
    try {
      const both = { ...policies, ...cachedPolicies };
      rendered = await renderAt(prefix, name, runtime, wiring, both, cache);
      all = both;
    } catch (error) {
      const { message } = error as Error;
      noCache(`render refuses it: ${/\/remote_auth.*/.exec(message)?.[0] ?? message}`);
    }
  }
  const conf = await nginxConf({
    name,
    modules: JS_MODULE,
    http: `include ${prefix}/http.conf;`,
    servers: servers.oursServers(name, prefix, Object.keys(all)),
    runtime,
  });
  return { ...rendered, [`/srv/bench/${name}.conf`]: conf };
}

async function startInstance(edge: Edge, name: Instance, files: Record<string, string>): Promise<void> {
  for (const [target, content] of Object.entries(files)) await edge.putFile(target, content);
  await startProcess(edge, name);
}

const COMMANDS: Partial<Record<Instance, string>> = {
  haproxy: 'haproxy -D -p /run/haproxy.pid -f /srv/bench/haproxy.conf',
  // One processor, as one worker has.
  caddy:
    'GOMAXPROCS=1 caddy start --config /srv/bench/caddy.conf --adapter caddyfile --pidfile /run/caddy.pid >/dev/null 2>&1',
};

export async function startProcess(edge: Edge, name: string): Promise<void> {
  await run(edge, COMMANDS[name as Instance] ?? `nginx -c /srv/bench/${name}.conf`);
}

/** Ends the process and waits for it. nginx kills workers that take more than a second after TERM; QUIT lets them. */
export async function stopProcess(edge: Edge, name: string, signal = 'TERM'): Promise<void> {
  const pid = `/run/${name}.pid`;
  await run(
    edge,
    `p=$(cat ${pid}); kill -${signal} $p; for i in $(seq 200); do kill -0 $p 2>/dev/null || break; sleep 0.05; done; rm -f ${pid}`,
  );
}

/** Runs a command of the container's shell and returns what it prints. Throws when it fails. */
export async function run(edge: Edge, command: string): Promise<string> {
  const { exitCode, stdout, output } = await edge.exec(command);
  if (exitCode !== 0) throw new Error(`${command.slice(0, 200)} ended with ${exitCode}:\n${output}`);
  return stdout;
}
