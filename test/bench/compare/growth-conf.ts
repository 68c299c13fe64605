/** The confs of the edges with many domains. */
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { signUrl } from '../../../src/sign/sign';
import { repositoryRoot } from '../../integration/harness/runtimes';
import type { Policies } from '../../integration/harness/render';
import type { Edge } from '../../integration/harness/started-edge';
import { writePolicies } from '../live-render';
import { JS_MODULE, nginxConf, run } from './fleet';
import { caching, FILES, secureLink } from './policies';
import {
  authRequest,
  authUpstreams,
  cacheFolder,
  CACHE_SIZE,
  secureLinkLocation,
  TO_ORIGIN,
} from './servers';
import { answers } from './systems';

export interface Kind {
  id: string;
  name: string;
  /** What stands in each server. Of edge-auth: its policy, too. */
  body: (i: number) => string;
  policy?: (i: number) => object;
  /** More arguments of `edge-auth render`, for the edge of this name. */
  args?: (name: string) => string[];
  targetOf?: (file: string, i: number) => string;
  /** In http {}. */
  http?: string;
}

const keyOf = (i: number): string => `key-of-customer-${i}`;

const auth_server = `http://127.0.0.1:${answers.empty}/auth`;

export const plain: Kind = { id: 'plain', name: 'nginx, plain proxy', body: () => TO_ORIGIN };
const signed: Kind = {
  id: 'signed',
  name: 'edge-auth, signed URL, njs',
  body: () => TO_ORIGIN,
  policy: (i) => ({ url_signing: { type: 'A', key1: keyOf(i) } }),
  targetOf: (file, i) => signUrl(file, { type: 'A', key: keyOf(i) }),
};
const hop: Kind = {
  id: 'hop',
  name: 'edge-auth, hop, njs',
  body: () => TO_ORIGIN,
  policy: () => ({ remote_auth: { auth_server } }),
};

/** Those of the comparison. */
export const kinds: Kind[] = [
  plain,
  {
    id: 'secure-link',
    name: 'nginx secure_link',
    body: (i) => secureLinkLocation(keyOf(i)),
    targetOf: (file, i) => secureLink(file, keyOf(i)),
  },
  {
    id: 'auth-request',
    name: 'nginx auth_request',
    body: () => authRequest('empty'),
    http: authUpstreams(),
  },
  signed,
  hop,
];

/** Those that have a budget, by its names. */
export const ownKinds: Record<string, Kind> = {
  'signed URL': signed,
  'auth request by hop': hop,
  'auth request inline': { ...hop, id: 'inline', args: () => ['--wiring', 'inline'] },
  'cached decision': {
    ...hop,
    id: 'cached',
    policy: () => ({ remote_auth: { auth_server, ...caching } }),
    args: (name) => ['--cache-path', cacheFolder(name), '--cache-size', CACHE_SIZE],
  },
};

export const domainsOf = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `www.customer-${String(i).padStart(5, '0')}.test`);

/** A line for each domain. */
export function requestsOf({ targetOf = (file) => file }: Kind, domains: string[]): string[] {
  return domains.map((domain, i) => `${domain} ${targetOf(FILES['1 KB'], i)}`);
}

export async function writeConf(
  edge: Edge,
  { body, policy, args = () => [], http = '' }: Kind,
  name: string,
  port: number,
  domains: string[],
): Promise<void> {
  const prefix = `/srv/many/${name}`;
  if (policy) {
    const policies = Object.fromEntries(domains.map((domain, i) => [domain, policy(i)]));
    await renderInto(edge, prefix, policies, ['--decider', `unix:/run/${name}.sock`, ...args(name)]);
  }
  const include = (domain: string) => (policy ? `include ${prefix}/servers/${domain}.conf;` : '');
  const servers = domains.map(
    (domain, i) =>
      `server { listen 127.0.0.1:${port}; server_name ${domain};\n${include(domain)}\n${body(i)}\n}\n`,
  );
  const conf = await nginxConf({
    name,
    servers: servers.join(''),
    http: policy ? `include ${prefix}/http.conf;` : http,
    ...(policy && { modules: JS_MODULE, runtime: edge.runtime }),
  });
  await edge.putFile(`/srv/bench/${name}.conf`, conf);
}

async function renderInto(edge: Edge, prefix: string, policies: Policies, args: string[]): Promise<void> {
  const work = await writePolicies(policies);
  const inWork = (file: string) => path.join(work, file);
  try {
    await promisify(execFile)(process.execPath, [
      ...[path.join(repositoryRoot, 'dist/cli.js'), 'render', '--policies', inWork('policies')],
      ...['--out', inWork('conf'), '--prefix', prefix, '--njs-version', edge.runtime.njsVersion, ...args],
    ]);
    await promisify(execFile)('tar', ['-cf', inWork('conf.tar'), '-C', inWork('conf'), '.']);
    await edge.putFile(`${prefix}.tar`, await readFile(inWork('conf.tar')));
    await run(
      edge,
      `mkdir -p ${prefix} && tar -xf ${prefix}.tar --no-same-owner -C ${prefix} && rm ${prefix}.tar`,
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
