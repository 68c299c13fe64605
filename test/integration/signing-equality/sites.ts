// Policies of every type, hash and timestamp format, and of what else changes a verdict.
import { parsePolicy, type UrlSigning } from '../../../src/policy/policy';
import type { Policies } from '../harness/render';

export interface Site {
  domain: string;
  signing: UrlSigning;
}

const KEYS = { key1: 'primary-key-4f1d08', key2: '2nd/key_with&signs#%=?' };
const formats = {
  A: ['dec', 'hex'],
  B: ['dec', 'hex', 'yyyyMMDDhhmm'],
  C: ['dec', 'hex'],
  D: ['dec', 'hex'],
  F: ['dec', 'hex'],
};

const plain = Object.entries(formats).flatMap(([type, all]) =>
  all.flatMap((timestamp_format) => ['md5', 'sha256'].map((hash) => ({ type, timestamp_format, hash }))),
);
const scope = {
  paths: ['/v/*', '/exact'],
  file_types: ['mp4'],
  exclude_paths: ['/v/free/*'],
  exclude_methods: ['OPTIONS'],
};
const white_list = ['/open/*', '/crossdomain.xml', '/é.txt'];
const varied = [
  { preset: 'alibaba', type: 'A' },
  { preset: 'alibaba', type: 'B' },
  { preset: 'alibaba', type: 'C', white_list },
  { preset: 'alibaba', type: 'F' },
  { preset: 'tencent', type: 'A' },
  { preset: 'tencent', type: 'B', scope },
  { preset: 'tencent', type: 'C' },
  { preset: 'tencent', type: 'D', scope },
  { preset: 'baidu', type: 'A', white_list },
  { preset: 'baidu', type: 'B', white_list },
  { preset: 'baidu', type: 'C', scope, white_list },
  { type: 'A', scope, white_list, methods: ['GET', 'POST'] },
  { type: 'B', scope, white_list, methods: ['GET', 'POST'], time_zone: '-05:30' },
  { type: 'C', scope, white_list, methods: ['HEAD'] },
  { type: 'D', scope, white_list, keep_args_for_origin: true },
  { type: 'F', scope: { exclude_file_types: ['png', 'jpg'] }, sign_arg: '_S', time_arg: 'Z9' },
  { type: 'C', scope: { case_sensitive: true, paths: ['/V/*'] }, sign_arg: 'a', time_arg: 'b' },
  { type: 'A', sign_arg: 'x', keep_args_for_origin: true, max_future: 0, timeout: 7200 },
  { type: 'C', sign_arg: 'time', time_arg: 'sign', keep_args_for_origin: true, white_list: '/*' },
];

export const policies: Policies = Object.fromEntries(
  [...plain, ...varied].map((fields, i) => [`site${i}.test`, { url_signing: { ...KEYS, ...fields } }]),
);

/** What the fast path knows, with every kind of timeout and max_future that its tables tell apart. */
const fast = [
  ...[
    1, 99, 100, 101, 1799, 1800, 7200, 86_400, 99_999, 100_000, 604_800, 9_999_998, 9_999_999, 31_536_000,
  ].map((timeout) => ({ type: 'A', timeout })),
  ...[0, 1, 99, 300, 86_400, 9_999_998, 630_720_000].map((max_future) => ({ type: 'D', max_future })),
  { type: 'F', timestamp_format: 'dec', methods: ['GET', 'POST'] },
  { type: 'A', scope, white_list },
  { type: 'D', scope: { file_types: ['mp4'] } },
  { type: 'A', keep_args_for_origin: true },
  { type: 'D', keep_args_for_origin: true, sign_arg: 's', time_arg: 'sign' },
  { type: 'F', timestamp_format: 'dec', timeout: 0, max_future: 0 },
];

export const fastPolicies: Policies = Object.fromEntries(
  fast.map((fields, i) => [`fast${i}.test`, { url_signing: { ...KEYS, ...fields } }]),
);

const siteOf = ([domain, written]: [string, object]): Site => {
  const { policy, issues } = parsePolicy(JSON.stringify(written), `${domain}.json`);
  if (!policy?.urlSigning)
    throw new Error(`${domain}: expected a valid policy, received ${JSON.stringify(issues)}`);
  return { domain, signing: policy.urlSigning };
};
export const sites: Site[] = Object.entries(policies).map(siteOf);
export const fastSites: Site[] = Object.entries(fastPolicies).map(siteOf);

/** `location`: what serves. */
export const serversOf = (among: Site[], location: string): string =>
  among
    .map(
      ({ domain }) => `
    server {
        listen 8080;
        server_name ${domain};
        add_header X-Reason "$edge_auth_decision $edge_auth_reason" always;
        add_header X-Clean  $edge_auth_clean_uri always;
        add_header X-Args   $args always;
        include edge-auth/servers/${domain}.conf;
        location / {
            ${location}
        }
    }`,
    )
    .join('');

export const servers: string = serversOf(sites, 'return 200 $uri;');
