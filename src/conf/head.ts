/** What each rendered file says of its making. No time and no host in it: the same render gives the same bytes. No secret either. */

import type { RenderOptions } from './options';
import { generatedMark } from './text';

/** Where the njs release of a render is from. */
export type NjsSource =
  /** Named by the operator. */
  | 'given'
  /** The edge's nginx said so. */
  | 'found'
  /** Nobody knew: why, in a few words that are the same each time. */
  | { assumed: string };

/** `made` of the options, of what is in them; `version`: that of edge-auth. */
export function madeOf(version: string, options: RenderOptions, source: NjsSource): string {
  const { wiring, engine, api, edge } = options;
  const njs = options.njsVersion?.join('.') ?? '0.7.9';
  const nginx = edge?.nginxVersion ? `nginx ${edge.nginxVersion.join('.')}, ` : '';
  const said =
    source === 'given'
      ? ` --njs-version ${njs}`
      : source === 'found'
        ? ` for ${nginx}njs ${njs} or later (found by nginx -t)`
        : ` for ${nginx}njs ${njs} or later (assumed, ${source.assumed}: --njs-version or --nginx may spare each request some work)`;
  return (
    [
      version,
      `--wiring ${wiring}`,
      ...(engine ? [`--engine ${engine}`] : []),
      ...(api ? [`--api ${api.listen}`] : []),
    ].join(' ') + said
  );
}

/** The first line of each file. */
export const headLine = ({ made }: RenderOptions): string =>
  `${generatedMark}${made === undefined ? '' : ` ${made}`}: changes are lost at the next render.\n`;
