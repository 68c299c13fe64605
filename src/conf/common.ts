/** What keeps the settings of the operator's http {} out of our servers and locations: files that every render has, and whose text no policy changes. */

import { compareReleases, type RenderOptions } from './options';
import type { Fill, TemplateValues } from './template';

/** Path below the output folder → content. */
export function commonFiles(fill: Fill, { edge }: RenderOptions): [path: string, content: string][] {
  // Of nginx from 1.29 on; where it is not known to be one, a line would keep an older one from starting.
  const hasHints = edge?.nginxVersion && compareReleases(edge.nginxVersion, [1, 29, 0]) >= 0;
  const own = fill('common/own.conf', { EDGE_AUTH_EARLY_HINTS: hasHints ? 'early_hints 0;' : '' });
  return [
    ['common/own.conf', own],
    ['common/proxy.conf', fill('common/proxy.conf', {})],
  ];
}

export const commonLines = ({ prefix }: Pick<RenderOptions, 'prefix'>): TemplateValues => ({
  EDGE_AUTH_OWN: `include ${prefix}/common/own.conf;`,
  EDGE_AUTH_PROXY: `include ${prefix}/common/proxy.conf;`,
});
