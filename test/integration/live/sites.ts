// Policies of every kind, and what the conf was rendered from where the policy came later.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { parsePolicy } from '../../../src/policy/policy';
import { policies as known, type Site } from '../signing-equality/sites';

export interface LiveSite extends Site {
  policy: Record<string, unknown>;
}

const table = path.join(__dirname, '../../vectors/url-signing.json');
const rows = JSON.parse(readFileSync(table, 'utf8')) as Record<string, string>[];
const ofVectors = rows.map((row) => ({
  url_signing: {
    type: row['type'],
    key1: row['key'],
    hash: row['hash'],
    timestamp_format: row['timestamp_format'],
    ...(row['sign_arg'] && row['type'] !== 'B' && { sign_arg: row['sign_arg'] }),
    ...(row['time_arg'] && row['type'] !== 'B' && { time_arg: row['time_arg'] }),
  },
}));

const lists = fc.constantFrom('/open/*', '/crossdomain.xml', '/é.txt', '/v/free/*', '/exact', '/a/*');
const scope = fc.record(
  {
    paths: fc.uniqueArray(fc.constantFrom('/v/*', '/exact', '/V/*', '/a/*'), { minLength: 1 }),
    file_types: fc.uniqueArray(fc.constantFrom('mp4', 'png', 'ts'), { minLength: 1 }),
    exclude_paths: fc.constant(['/v/free/*']),
    exclude_file_types: fc.constant(['jpg']),
    exclude_methods: fc.constantFrom(['OPTIONS'], ['HEAD', 'POST']),
    case_sensitive: fc.boolean(),
  },
  { requiredKeys: [] },
);
const argument = fc.constantFrom('sign', 'auth_key', '_S', 'x', 't');
const signing = fc.record(
  {
    type: fc.constantFrom('A', 'B', 'C', 'D', 'F'),
    key1: fc.constantFrom('primary-key-4f1d08', '2nd/key_with&signs#%=?', 'k"ey\\with{$odd};signs'),
    key2: fc.constantFrom('secondary-key-9c2b', 'another-2nd-key'),
    hash: fc.constantFrom('md5', 'sha256'),
    timestamp_format: fc.constantFrom('dec', 'hex', 'yyyyMMDDhhmm'),
    timeout: fc.constantFrom(7200, 86400),
    max_future: fc.constantFrom(0, 7200, 630720000),
    time_zone: fc.constantFrom('+00:00', '-05:30', '+14:00'),
    sign_arg: argument,
    time_arg: fc.constantFrom('time', 'Z9', 'b'),
    white_list: fc.uniqueArray(lists, { minLength: 1, maxLength: 3 }),
    scope,
    methods: fc.constantFrom(['GET', 'HEAD'], ['GET', 'POST'], ['HEAD']),
    deny_status: fc.constantFrom(401, 404, 410, 451, 503),
    keep_args_for_origin: fc.boolean(),
    vendor_error_header: fc.boolean(),
  },
  { requiredKeys: ['type', 'key1'] },
);

function siteOf(policy: Record<string, unknown>, domain: string): LiveSite | undefined {
  const parsed = parsePolicy(JSON.stringify(policy), `${domain}.json`).policy;
  return parsed?.urlSigning && { domain, signing: parsed.urlSigning, policy };
}

/** All of the known ones, and `count` more by chance. */
export function sitesFor(seed: number, count: number): LiveSite[] {
  const random = fc
    .sample(signing, { seed, numRuns: count * 20 })
    .map((fields) => ({ url_signing: fields }))
    .filter((policy) => siteOf(policy, 'any.test'))
    .slice(0, count);
  const all = [...Object.values(known), ...ofVectors, ...random] as Record<string, unknown>[];
  const distinct = [...new Map(all.map((policy) => [JSON.stringify(policy), policy])).values()];
  return distinct.flatMap((policy, i) => siteOf(policy, `site${i}.test`) ?? []);
}

const remote_auth = { auth_server: 'http://127.0.0.1:8091' };

/** What stood in the policy when the conf was rendered: another signature, none, or another question. */
export function renderedFrom(seed: number, sites: LiveSite[]): Record<string, unknown>[] {
  const other = fc.constantFrom(...sites.map((site) => site.policy));
  const any = fc.oneof(
    { weight: 6, arbitrary: other },
    { weight: 1, arbitrary: fc.constant({ url_signing: false }) },
    { weight: 1, arbitrary: fc.constant({ enabled: false }) },
    { weight: 1, arbitrary: fc.constant({ remote_auth }) },
    { weight: 1, arbitrary: fc.constant({ remote_auth: { ...remote_auth, scope: { paths: ['/v/*'] } } }) },
    { weight: 2, arbitrary: other.map((policy) => ({ ...policy, remote_auth })) },
    { weight: 1, arbitrary: other.map((policy) => ({ ...policy, enabled: false })) },
    // The same but for one field.
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        { deny_status: 418 },
        { methods: ['GET', 'PUT'] },
        { white_list: ['/none'] },
        { vendor_error_header: true },
      ),
    },
  );
  return fc
    .sample(any, { seed: seed + 1, numRuns: sites.length })
    .map((policy, i) =>
      'deny_status' in policy ||
      'methods' in policy ||
      'white_list' in policy ||
      'vendor_error_header' in policy
        ? {
            url_signing: { ...(sites[i]?.policy['url_signing'] as object), ...policy },
          }
        : policy,
    )
    .map((policy) => {
      const { policy: parsed } = parsePolicy(JSON.stringify(policy), 'any.test.json');
      return parsed ? policy : { url_signing: false };
    });
}

export const serverOf = (domain: string): string => `
    server {
        listen 8080;
        server_name ${domain};
        add_header X-Reason "$edge_auth_decision $edge_auth_reason" always;
        add_header X-Clean  $edge_auth_clean_uri always;
        add_header X-Args   $args always;
        add_header X-Pid    $pid always;
        include edge-auth/servers/${domain}.conf;
        location / {
            if ($http_x_uri) {
                return 200 $uri;
            }
            proxy_pass http://127.0.0.1:8090;
        }
    }`;
