/** The server of the runtime configuration API, and its files. */

import type { Policy } from '../policy/policy';
import { sha256 } from '../policy/live-policy';
import { headLine } from './head';
import { renderedShapes } from './live';
import { setLines } from './text';
import type { ApiSettings, RenderOptions } from './options';
import type { Fill, TemplateValues } from './template';

/** In place of the API on an edge whose njs is too old for it. */
export const apiAbsent = `# No runtime configuration API: it needs njs 0.8.0 or later, whose workers share memory. Policies are those of the last render.`;

/** A compiled policy takes 1 to 4 KB of shared memory; what does not fit is read from its file again. */
function zoneSize(domains: number): string {
  return `${2 ** Math.ceil(Math.log2(Math.max(1, domains / 512)))}m`;
}

/** `values`: those of the API's template. `files`: path below the output folder → content. */
export function apiFiles(
  fill: Fill,
  policies: Policy[],
  options: RenderOptions,
  api: ApiSettings,
): { values: TemplateValues; files: [string, string][] } {
  const { prefix } = options;
  const shapes = renderedShapes(policies);
  // Named by what it says: a conf that is loaded finds its own.
  const shapesFile = `rendered/${sha256(shapes).slice(0, 16)}.txt`;
  const tokens = setLines('edge_auth_api_tokens', api.tokens).join('\n');
  return {
    values: {
      EDGE_AUTH_API_LISTEN: api.listen,
      EDGE_AUTH_API_MODULE: `${prefix}/edge_auth_api.js`,
      EDGE_AUTH_API_TOKENS_FILE: `${prefix}/keys/api.conf`,
      EDGE_AUTH_API_HOSTS: api.hosts.join(' '),
      EDGE_AUTH_API_POLICIES: api.policies,
      EDGE_AUTH_API_RENDERED: `${prefix}/${shapesFile}`,
      EDGE_AUTH_API_ALLOWED: api.allowed.join(' '),
      EDGE_AUTH_API_LOG: api.log,
      EDGE_AUTH_API_LIVE_SIZE: zoneSize(policies.length),
    },
    files: [
      [shapesFile, shapes],
      ['keys/api.conf', headLine(options) + fill('api/keys.conf', { EDGE_AUTH_API_TOKENS: tokens })],
    ],
  };
}
