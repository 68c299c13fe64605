/** The map entries that find a signature in the request target; `src/core/signing/form.ts` has the patterns. */

import { formRules, groups, hashedParts, oddPathRules, signatureArguments } from '../../core/signing/form';
import type { UrlSigning } from '../../policy/policy';
import { mapEntry, type NamedMap, namedMap } from '../map';

/** Does the server serve empty segments of the path? Read before anything is taken off it. */
export const unmergedMap: NamedMap = {
  name: 'edge_auth_unmerged',
  conf: ['map $uri $edge_auth_unmerged {', '    default path_mismatch;', mapEntry('//', '""'), '}'].join(
    '\n',
  ),
};

/** Empty for a path with what other paths must not have, and which is served as it was signed all the same. */
function oddPathMap(isInPath: boolean): NamedMap {
  const name = `edge_auth_odd_path_${isInPath ? 'front' : 'args'}`;
  const rules = oddPathRules(isInPath).map(({ pattern, isUnmerged }) =>
    mapEntry(pattern, isUnmerged ? `$${unmergedMap.name}` : '""'),
  );
  const lines = [`map $${groups.path} $${name} {`, '    default path_mismatch;', ...rules, '}'];
  return { name, conf: lines.join('\n') };
}

/** Whether a rule's pattern is of a signature in front of the path. */
const isInPath = (pattern: string): boolean => pattern.includes(`(?<${groups.front}>`);

/** Entries of a map over the request target whose value is empty for a well-formed signature; and the maps that they read. */
export function formEntries(signing: UrlSigning): { entries: string[]; maps: NamedMap[] } {
  const maps = new Map<string, NamedMap>();
  const entries = formRules(signing).map(({ pattern, outcome }) => {
    if (outcome !== 'path_mismatch') return mapEntry(pattern, outcome === 'signed' ? '""' : outcome);
    const odd = oddPathMap(isInPath(pattern));
    maps.set(unmergedMap.name, unmergedMap).set(odd.name, odd);
    return mapEntry(pattern, `$${odd.name}`);
  });
  return { entries, maps: [...maps.values()] };
}

/** Type A: the arguments without the signature. No pattern: it may be read where a location's captures are in use. */
export const besideEntries = [
  '    ";"   "";',
  `    "&;"  $${groups.before};`,
  `    ";&"  $${groups.after};`,
  `    "&;&" "\${${groups.before}}&\${${groups.after}}";`,
];
export const besideSource = `\${${groups.beforeMark}};\${${groups.afterMark}}`;

/** Maps in a row, each of which takes one argument of the signature off the client's: those of the form, whatever `$args` has become. */
export function withoutArguments(signing: UrlSigning): NamedMap[] {
  const maps: NamedMap[] = [];
  for (const [name, value] of signatureArguments(signing)) {
    const from = `$${maps.at(-1)?.name ?? groups.args}`;
    const pair = `${name}=${value}`;
    const entries = [
      `    default ${from};`,
      mapEntry(`^${pair}$`, '""'),
      mapEntry(`^${pair}&(?<edge_auth_y>.*)$`, '$edge_auth_y'),
      mapEntry(`^(?<edge_auth_x>.*)&${pair}(?<edge_auth_y>(?:&.*)?)$`, '$edge_auth_x$edge_auth_y'),
    ];
    maps.push(namedMap('edge_auth_without_', from, entries, 'request'));
  }
  return maps;
}

/** What is hashed, as a part of a string in conf. */
export function hashedText(signing: UrlSigning, key: string): string {
  if (signing.type === 'A') return `\${${groups.path}}-\${${groups.ticket}}-${key}`;
  return hashedParts(signing.type)
    .map((part) => (part === 'key' ? key : part === '-' ? part : `\${${groups[part]}}`))
    .join('');
}

/** Timestamp, hash and what is hashed. */
export function signedText(signing: UrlSigning, key: string): string {
  return `\${${groups.time}}\${${groups.hash}}${hashedText(signing, key)}`;
}

/**
 * Bytes that are no UTF-8, and U+FFFD, which njs reads in their place: one signature would open several paths. Over the text that is
 * hashed, so that requests without a signature do not pay for it.
 */
export const unreadable = [
  '[\\xc0\\xc1\\xf5-\\xff]',
  '[\\xc2-\\xf4](?![\\x80-\\xbf])',
  '[\\xe0-\\xf4][\\x80-\\xbf](?![\\x80-\\xbf])',
  '[\\xf0-\\xf4][\\x80-\\xbf]{2}(?![\\x80-\\xbf])',
  '\\xe0[\\x80-\\x9f]',
  '\\xed[\\xa0-\\xbf]',
  '\\xf0[\\x80-\\x8f]',
  '\\xf4[\\x90-\\xbf]',
  '\\xef\\xbf\\xbd',
  '[\\x80-\\xbf](?<![\\xc2-\\xf4].)(?<![\\xe0-\\xf4][\\x80-\\xbf].)(?<![\\xf0-\\xf4][\\x80-\\xbf]{2}.)',
].join('|');
