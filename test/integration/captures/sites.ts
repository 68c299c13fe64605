// Every kind of policy, and the variables of ours that operators read.
import type { Policies } from '../harness/render';
import { sign, type Signer } from '../signing/signer';

const KEY = 'primary-key-4f1d08';
const remote_auth = { auth_server: 'http://127.0.0.1:8091/auth' };
const keys = { key1: KEY };

interface Site {
  policy: object;
  signer?: Signer;
  /** Arguments beside the signature. */
  query?: string;
}

/** By domain. */
export const sites: Record<string, Site> = {
  'remote.test': { policy: { remote_auth } },
  'scoped.test': { policy: { remote_auth: { ...remote_auth, scope: { exclude_paths: ['/free/*'] } } } },
  'a.test': { policy: { url_signing: { ...keys, type: 'A' } }, signer: { type: 'A', key: KEY } },
  'beside.test': {
    policy: { url_signing: { ...keys, type: 'A' } },
    signer: { type: 'A', key: KEY },
    query: 'm=1&n=2',
  },
  'kept.test': {
    policy: { url_signing: { ...keys, type: 'D', keep_args_for_origin: true } },
    signer: { type: 'D', key: KEY },
    query: 'm=1&n=2',
  },
  'c.test': { policy: { url_signing: { ...keys, type: 'C' } }, signer: { type: 'C', key: KEY } },
  'c-kept.test': {
    policy: { url_signing: { ...keys, type: 'C', keep_args_for_origin: true } },
    signer: { type: 'C', key: KEY, form: 'args' },
    query: 'm=1',
  },
  'sha256.test': {
    policy: { url_signing: { ...keys, type: 'F', hash: 'sha256', white_list: ['/free/*'] } },
    signer: { type: 'F', key: KEY, hash: 'sha256' },
  },
  'both.test': {
    policy: { remote_auth, url_signing: { ...keys, type: 'A' } },
    signer: { type: 'A', key: KEY },
  },
};

export const policies: Policies = Object.fromEntries(
  Object.entries(sites).map(([domain, { policy }]) => [domain, policy]),
);

export function targetOf(domain: string, path: string): string {
  const { signer, query } = sites[domain]!;
  const target = query === undefined ? path : `${path}?${query}`;
  return signer ? sign(target, signer) : target;
}

/** The variable, and what it holds for the path; undefined: whatever it holds. */
export const variables: [name: string, value: ((domain: string, path: string) => string) | undefined][] = [
  ['edge_auth_decision', () => 'allow'],
  [
    'edge_auth_reason',
    (domain) => (sites[domain]!.signer && domain !== 'both.test' ? 'signed' : 'success_status'),
  ],
  ['edge_auth_status', (domain) => (sites[domain]!.signer && domain !== 'both.test' ? '' : '200')],
  ['edge_auth_time', undefined],
  ['edge_auth_cache_status', () => ''],
  ['edge_auth_client_uri', (_domain, path) => path],
  ['edge_auth_clean_uri', (domain, path) => path + (sites[domain]!.query ? `?${sites[domain]!.query}` : '')],
  [
    'edge_auth_escaped_uri',
    (domain, path) => path + (sites[domain]!.query ? `?${sites[domain]!.query}` : ''),
  ],
];

/** A location for each variable and place: in a header that the origin is sent, alone before captures, in a `set`. */
const locations = variables
  .map(
    ([name]) => `
        location ~ ^/header/${name}/([^/]+)/(.*)$ {
            proxy_set_header X-Value    "$1 $${name} $2";
            proxy_set_header X-Alone    "$${name}";
            proxy_set_header X-Captures "$1|$2";
            proxy_pass http://127.0.0.1:8090;
        }
        location ~ ^/alone/${name}/([^/]+)/(.*)$ {
            proxy_set_header X-Alone    "$${name}";
            proxy_set_header X-Captures "$1|$2";
            proxy_pass http://127.0.0.1:8090;
        }
        location ~ ^/reply/${name}/([^/]+)/(.*)$ {
            add_header X-Value "$1 $${name} $2";
            root /srv/html;
        }`,
  )
  .join('');

const rooted = 'root /srv/html/$2;';

export const servers: string =
  Object.keys(sites)
    .map(
      (domain) => `
    server {
        listen 8080;
        server_name ${domain};
        include edge-auth/servers/${domain}.conf;
        ${locations}
    }`,
    )
    .join('') +
  // A server's name with captures: by number, by name, and by number into a variable above the include.
  Object.keys(sites)
    .map(
      (domain, i) => `
    server {
        listen ${8100 + i};
        server_name ~^(www\\.)?(site[ab])\\.test$;
        include edge-auth/servers/${domain}.conf;
        location / { ${rooted} }
    }
    server {
        listen ${8100 + i};
        server_name ~^(?:www\\.)?(?<site_of_name>named-[ab])\\.test$;
        include edge-auth/servers/${domain}.conf;
        location / { root /srv/html/$site_of_name; }
    }
    server {
        listen ${8100 + i};
        server_name ~^(www\\.)?(above-[ab])\\.test$;
        set $site_above $2;
        include edge-auth/servers/${domain}.conf;
        location / { root /srv/html/$site_above; }
    }`,
    )
    .join('');

export const serverPort = (domain: string): number => 8100 + Object.keys(sites).indexOf(domain);
export const ports = [8080, ...Object.keys(sites).map(serverPort)];

export const files: Record<string, string> = Object.fromEntries(
  ['site', 'named-', 'above-'].flatMap((name) =>
    ['a', 'b'].flatMap((which) => [
      [`/srv/html/${name}${which}/f.txt`, `${name}${which}\n`],
      [`/srv/html/${name}${which}/other/${name}${which}/f.txt`, 'own folder\n'],
    ]),
  ),
);
for (const [name] of variables) files[`/srv/html/reply/${name}/x/y`] = 'file\n';
