/**
 * The drop-in folder for those who fill templates with other tools: what render makes of one
 * policy, for each pair of its two actions that are words, with a placeholder in the place of each
 * plain value. `nginx/docker/templates` includes the pair that was chosen, and has the checks of
 * the values. The build writes it.
 */

import { parsePolicy } from '../policy/policy';
import type { RenderOptions } from './options';
import { renderFiles } from './render';

const actions = ['allow', 'deny'] as const;
type Action = (typeof actions)[number];

/** Of the sample policy: no other text of a render holds one of these. */
const sample = {
  domain: 'edge-auth-domain.invalid',
  server: 'edge-auth-server.invalid:65533',
  path: '/edge-auth-path',
  denyStatus: 451,
  // The longest that a policy may have. The edge's own limit, 250 ms more, stays as it is: envsubst
  // cannot add.
  timeoutMs: 30_000,
};

/** Where the official nginx image puts what it fills. */
const folder = '/etc/nginx/conf.d/edge-auth';
const pairName = (other: Action, timeout: Action): string => `other-${other}/timeout-${timeout}`;

/** What takes the place of the sample's values, in this order. */
const placeholders = (prefix: string): [text: string, replacement: string][] => [
  [`${prefix}/edge_auth.js`, '/etc/nginx/edge_auth.js'],
  [`ask/${sample.domain}.conf`, 'ask.conf'],
  [`servers/${sample.domain}.conf`, 'server.conf'],
  [sample.domain, '${EDGE_AUTH_DOMAIN}'],
  [sample.server, '${EDGE_AUTH_SERVER}'],
  [sample.path, '${EDGE_AUTH_PATH}'],
  [`${sample.timeoutMs}ms`, '${EDGE_AUTH_TIMEOUT_MS}ms'],
  [`return ${sample.denyStatus};`, 'return ${EDGE_AUTH_DENY_STATUS};'],
];

/** The render of one pair. Throws where a value of the sample is not in it. */
function renderPair(options: RenderOptions, templates: string, other: Action, timeout: Action): string[][] {
  const text = JSON.stringify({
    remote_auth: {
      auth_server: `http://${sample.server}${sample.path}`,
      timeout_ms: sample.timeoutMs,
      failure_action: { deny: sample.denyStatus },
      other_status: other,
      timeout_action: timeout,
    },
  });
  const { policy, issues } = parsePolicy(text, `${sample.domain}.json`);
  if (!policy) throw new Error(`expected a valid sample policy, received ${JSON.stringify(issues)}`);
  const files = renderFiles({ policies: [policy], texts: new Map() }, options, templates);
  files.delete('edge_auth.js');
  const all = [...files.values()].join('\n');
  const filled = placeholders(options.prefix);
  for (const [value] of filled)
    if (!all.includes(value)) throw new Error(`expected "${value}" in the render of the sample policy`);
  const fill = (written: string): string =>
    filled.reduce((one, [value, replacement]) => one.replaceAll(value, replacement), written);
  return [...files].map(([path, content]) => [fill(path), fill(content)]);
}

/** `templates`: the folder of templates, with the bundle in it. Returns path below the drop-in folder → content. */
export function dropInFiles(templates: string, version: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const other of actions)
    for (const timeout of actions) {
      const pair = pairName(other, timeout);
      const options: RenderOptions = {
        wiring: 'hop',
        decider: 'unix:/run/edge-auth.sock',
        prefix: `${folder}/${pair}`,
        njsVersion: undefined,
        cache: { path: '/run/edge-auth-cache', size: '64m' },
        made: `${version} for envsubst, njs 0.7.9 or later`,
      };
      for (const [path, content] of renderPair(options, templates, other, timeout))
        files.set(`templates/edge-auth/${pair}/${path}.template`, content as string);
    }
  return files;
}
