// What the API accepted is rendered as any policy is, and nginx reads the conf.
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { EDGE_PREFIX } from '../../harness/render';
import { repositoryRoot } from '../../harness/runtimes';
import type { Edge } from '../../harness/started-edge';
import { directivesOf } from './conf-directives';
import { policies as harmless } from './harmless';

/** A folder that both this machine and the edge see. */
export interface Shared {
  here: string;
  there: string;
}

/**
 * Renders with the API or without it, and gives the directives. `named`: domain → text of the policy.
 * Throws where a policy is refused, or nginx refuses the conf.
 */
export async function renderAndTest(
  edge: Edge,
  shared: Shared,
  named: ReadonlyMap<string, string>,
  isLive: boolean,
): Promise<Set<string>> {
  const [source, out] = [path.join(shared.here, 'policies'), path.join(shared.here, 'out')];
  await Promise.all([source, out].map((folder) => rm(folder, { recursive: true, force: true })));
  await mkdir(source);
  await Promise.all([...named].map(([domain, text]) => writeFile(path.join(source, `${domain}.json`), text)));
  const tokens = path.join(shared.here, 'tokens');
  await writeFile(tokens, 'write only-to-render-0123456789\n');
  const live = ['--api', 'unix:/run/hostile.sock', '--api-tokens', tokens, '--api-policies', EDGE_PREFIX];
  await promisify(execFile)(
    process.execPath,
    [
      path.join(repositoryRoot, 'dist/cli.js'),
      ...['render', '--policies', source, '--out', out, '--prefix', path.posix.join(shared.there, 'out')],
      ...['--njs-version', edge.runtime.njsVersion, ...(isLive ? live : [])],
    ],
    { maxBuffer: 1 << 26 },
  );
  await writeFile(path.join(shared.here, 'nginx.conf'), confOf(edge, shared, [...named.keys()]));
  await edge.exec(`echo '${hostsOf(named)}' >> /etc/hosts`);
  const { exitCode, output } = await edge.exec(['nginx', '-t', '-c', `${shared.there}/nginx.conf`]);
  if (exitCode !== 0) throw new Error(`nginx -t refuses what the API accepted:\n${output.slice(-3000)}`);
  return directivesBelow(out);
}

/** The same of policies that nobody tampered with. */
export function harmlessDirectives(edge: Edge, shared: Shared, isLive: boolean): Promise<Set<string>> {
  const named = harmless.map((policy, i) => [`harmless${i}.test`, JSON.stringify(policy)] as const);
  return renderAndTest(edge, shared, new Map(named), isLive);
}

function confOf({ runtime }: Edge, { there }: Shared, domains: string[]): string {
  const servers = domains.map(
    (domain) => `server { listen 8090; server_name ${domain}; include ${there}/out/servers/${domain}.conf; }`,
  );
  return `load_module modules/ngx_http_js_module.so;
user www-data;
error_log stderr;
pid /run/hostile-test.pid;
events {}
http {
    ${runtime.engine === 'qjs' ? 'js_engine qjs;' : ''}
    variables_hash_max_size 65536;
    server_names_hash_max_size 65536;
    server_names_hash_bucket_size 512;
    map_hash_max_size 65536;
    map_hash_bucket_size 512;
    include ${there}/out/http.conf;
    ${servers.join('\n    ')}
}
`;
}

/** nginx asks for addresses of names when it reads a conf; nobody answers here. */
function hostsOf(named: ReadonlyMap<string, string>): string {
  const hosts = new Set<string>();
  for (const text of named.values())
    for (const [, host] of text.matchAll(/https?:\/\/([A-Za-z0-9_.-]*[A-Za-z_-][A-Za-z0-9_.-]*)/g))
      hosts.add(host!.replace(/\.$/, ''));
  return `203.0.113.1 nobody.test ${[...hosts].slice(0, 500).join(' ')}`;
}

async function directivesBelow(folder: string): Promise<Set<string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = new Set<string>();
  for (const entry of entries.filter(({ name }) => name.endsWith('.conf')))
    for (const directive of directivesOf(await readFile(path.join(entry.parentPath, entry.name), 'utf8')))
      found.add(directive);
  return found;
}
