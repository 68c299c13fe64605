/** The maps of http {} that a policy needs, named by what they hold: policies that say the same share one. */

import { roundabout, roundaboutMark } from '../core/scope';
import { digestOf, quoted } from './text';

export interface NamedMap {
  /** The map's variable, without `$`; empty where no map is needed. */
  name: string;
  conf: string;
}
export const noMap: NamedMap = { name: '', conf: '' };

/** `volatile`: evaluated anew each time, because its source changes during a request. */
export function namedMap(
  prefix: string,
  source: string,
  lines: string[],
  lifetime: 'volatile' | 'request' = 'volatile',
): NamedMap {
  const name = prefix + digestOf([source, lifetime, ...lines].join('\n'));
  const flags = lifetime === 'volatile' ? ['    volatile;'] : [];
  return { name, conf: [`map ${source} $${name} {`, ...flags, ...lines, '}'].join('\n') };
}

/** An entry of a map whose patterns are tried in order. The empty pattern fits whatever is left. */
export function mapEntry(pattern: string, value: string, caseSensitive = true): string {
  return `    ${quoted(`~${caseSensitive ? '' : '*'}${pattern}`)} ${value};`;
}

/** Stands between method and path wherever a path is judged that the client wrote in a roundabout way. */
export const roundaboutMap = namedMap(
  'edge_auth_roundabout_',
  '$request_uri',
  // A pattern that fails (PCRE) leaves the default: the path is taken for a roundabout one.
  [
    `    default ${quoted(roundaboutMark)};`,
    mapEntry(roundabout, quoted(roundaboutMark)),
    mapEntry('', '""'),
  ],
  'request',
);
