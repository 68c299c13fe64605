/** Renders policies with the templates of nginx/, for tests that read what comes out. */
import type { ApiSettings, RenderOptions } from '../../../src/conf/options';
import { renderFiles } from '../../../src/conf/render';
import { parsePolicy } from '../../../src/policy/policy';
import { cachedGoldenPolicies, goldenPolicies } from '../cli/golden-policies';
import { templatesFolder } from '../cli/templates';

const templates = templatesFolder();

export const api: ApiSettings = {
  listen: '127.0.0.1:9181',
  tokens: `write:${'0'.repeat(64)} read:${'1'.repeat(64)}`,
  policies: '/etc/nginx/policies',
  hosts: ['127.0.0.1:9181'],
  allowed: [],
  log: '/var/log/nginx/edge-auth-api.log',
};

const base: RenderOptions = {
  wiring: 'hop',
  decider: 'unix:/run/edge-auth.sock',
  prefix: '/etc/nginx/edge-auth',
  njsVersion: undefined,
  cache: { path: '/run/edge-auth-cache', size: '64m' },
};

/** Domain → policy as an operator writes it; path → content of each file with this ending. */
export function confOf(
  written: Record<string, object>,
  wanted: Partial<RenderOptions> = {},
  ending = '.conf',
): Map<string, string> {
  const texts = new Map(Object.entries(written).map(([domain, policy]) => [domain, JSON.stringify(policy)]));
  const policies = [...texts].map(([domain, text]) => {
    const { policy, issues } = parsePolicy(text, `${domain}.json`);
    if (!policy) throw new Error(`refused: ${JSON.stringify(issues)}`);
    return policy;
  });
  const files = renderFiles({ policies, texts }, { ...base, ...wanted }, templates);
  return new Map([...files].filter(([path]) => path.endsWith(ending)));
}

/** What the golden policies leave out: TLS without a certificate of the edge, and the arguments in a value. */
const values = {
  'values.example.com': {
    remote_auth: { auth_server: 'https://auth.example.com', add_headers: { 'X-Args': '$args' } },
  },
};
const all = { ...goldenPolicies, ...cachedGoldenPolicies };
const only = (domain: string): Record<string, object> => ({ [domain]: all[domain]! });

/** Each kind of render, with each kind of policy in it, and single policies, which have no other's lines to lean on. */
export const renders: [name: string, written: Record<string, object>, wanted: Partial<RenderOptions>][] = [
  ['hop', goldenPolicies, {}],
  ['hop for njs 1.0.2', goldenPolicies, { njsVersion: [1, 0, 2] }],
  ['inline', goldenPolicies, { wiring: 'inline' }],
  ['hop, judged by JavaScript', goldenPolicies, { native: false }],
  ['inline, judged by JavaScript', goldenPolicies, { wiring: 'inline', native: false }],
  ['cached', cachedGoldenPolicies, { njsVersion: [1, 0, 2] }],
  ['cached beside native', all, { njsVersion: [1, 0, 2] }],
  ['live', all, { njsVersion: [1, 0, 2], api }],
  ['live inline', goldenPolicies, { wiring: 'inline', njsVersion: [1, 0, 2], api }],
  ['values of the request', values, {}],
  ['values of the request, inline', values, { wiring: 'inline' }],
  ['an API that is absent', goldenPolicies, { njsVersion: [0, 7, 9], api }],
  ...Object.keys(goldenPolicies).flatMap((domain): typeof renders => [
    [`hop, ${domain} alone`, only(domain), {}],
    [`inline, ${domain} alone`, only(domain), { wiring: 'inline', njsVersion: [1, 0, 2] }],
  ]),
  ...Object.keys(cachedGoldenPolicies).map((domain): (typeof renders)[number] => [
    `${domain} alone`,
    only(domain),
    { njsVersion: [1, 0, 2] },
  ]),
];
