/** What keeps the settings of the operator's http {} out of our servers and locations: files that every render has, and whose text no policy changes. */

import type { RenderOptions } from './options';
import type { Fill, TemplateValues } from './template';

/** Path below the output folder → content. */
export const commonFiles = (fill: Fill): [path: string, content: string][] =>
  ['common/own.conf', 'common/proxy.conf'].map((path) => [path, fill(path, {})]);

export const commonLines = ({ prefix }: Pick<RenderOptions, 'prefix'>): TemplateValues => ({
  EDGE_AUTH_OWN: `include ${prefix}/common/own.conf;`,
  EDGE_AUTH_PROXY: `include ${prefix}/common/proxy.conf;`,
});
