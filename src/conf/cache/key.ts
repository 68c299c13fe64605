/** The text of a decision's key, and the maps of http {} that it reads. */

import type { DecisionCache } from '../../policy/decision-cache';
import { mapEntry, type NamedMap, namedMap } from '../map';

/** Where the key is needed; edge and decider have the client's request under other names. */
export type Side = 'edge' | 'decider';

/** A pair of a query or a Cookie header whose name no server takes for this one: some ignore case, some read `.` as `_`. */
function anotherName(name: string): string {
  const alike = name.replace(/[._]/g, '[._]').replace(/[~-]/g, '\\$&');
  return `(?!(?i:${alike})(?:[=&;]|$))`;
}

/** Frameworks stop reading, or fail, after some number of pairs: PHP and Node after 1000, Tomcat's cookies after 200. */
const fewer = (separator: string): string => `(?!(?:[^${separator}]*+${separator}){100})`;

/** `=` and the value; empty without one. All of the query where it can be read in two ways: not every server decodes a name. */
function argumentMap(name: string): NamedMap {
  const other = `(?>${anotherName(name)}[A-Za-z0-9_.~-]*+(?:=[^&;]*+)?)`;
  const start = `^\\?${fewer('&')}`;
  return namedMap(
    'edge_auth_key_',
    '$edge_auth_query',
    [
      '    default $edge_auth_query;',
      '    "" "";',
      mapEntry(
        `${start}(?:${other}&)*+${name.replace(/[.~-]/g, '\\$&')}=(?<edge_auth_k>[^&;]*+)(?:&${other})*+$`,
        '"=$edge_auth_k"',
      ),
      mapEntry(`${start}${other}(?:&${other})*+$`, '""'),
    ],
    'request',
  );
}

/** Python's SimpleCookie reads nothing of a header that starts with an attribute's name. */
const attributes =
  '(?!(?i:comment|domain|expires|httponly|max-age|partitioned|path|samesite|secure|version)=)';

/** The same of the Cookie header. Other bytes than those of RFC 6265 section 4.1.1 end it for some servers. */
function cookieMap(name: string): NamedMap {
  const value = '[!#-+\\x2d-:<-\\x5b\\x5d-~]*+';
  const other = `(?>${attributes}${anotherName(name)}[A-Za-z0-9_.-]++=${value})`;
  const start = `^${fewer(';')}`;
  return namedMap(
    'edge_auth_key_',
    '$http_cookie',
    [
      '    default "?$http_cookie";',
      '    "" "";',
      mapEntry(
        `${start}(?:${other}; ?)*+${name.replace(/[.-]/g, '\\$&')}=(?<edge_auth_k>${value})(?:; ?${other})*+(?:; ?)?$`,
        '"=$edge_auth_k"',
      ),
      mapEntry(`${start}${other}(?:; ?${other})*+(?:; ?)?$`, '""'),
    ],
    'request',
  );
}

export function mapOf(part: string): NamedMap | undefined {
  const [kind, name = ''] = part.split(':') as [string, string?];
  return kind === 'arg' ? argumentMap(name) : kind === 'cookie' ? cookieMap(name) : undefined;
}

function variableOf(part: string, side: Side): string {
  const map = mapOf(part);
  if (map) return map.name;
  if (part === 'header:host') return side === 'edge' ? 'edge_auth_client_host' : 'edge_auth_host';
  if (part.startsWith('header:')) return `http_${part.slice('header:'.length).replaceAll('-', '_')}`;
  const names: Record<string, [edge: string, decider: string]> = {
    args: ['edge_auth_query', 'edge_auth_query'],
    client_ip: ['remote_addr', 'edge_auth_addr'],
    method: ['request_method', 'edge_auth_method'],
    path: ['edge_auth_request_path', 'edge_auth_request_path'],
  };
  const [edge, decider] = names[part] as [string, string];
  return side === 'edge' ? edge : decider;
}

/** No part holds a line break, so none can run into the next. */
/** `isSigned`: the target may hold a signature, which the auth server is not shown. */
export function keyText(
  domain: string,
  cache: DecisionCache,
  version: string,
  { side, isSigned }: { side: Side; isSigned: boolean },
): string {
  const scheme = side === 'edge' ? '${scheme}' : '${edge_auth_scheme}';
  // Path and query are the halves of one text: as a whole they cost three maps less. What the auth server is shown follows from it.
  const whole = side === 'edge' && !isSigned ? 'request_uri' : 'edge_auth_clean_uri';
  const isWhole = cache.key.includes('path') && cache.key.includes('args');
  const parts = cache.key
    .filter((part) => !isWhole || part !== 'args')
    .map((part) => (isWhole && part === 'path' ? whole : variableOf(part, side)))
    .map((name) => `\${${name}}`);
  const text = `"${[domain, version, scheme, ...parts].join('\\n')}"`;
  if (text.length > 4095)
    throw new Error(
      `${domain}: expected a cache key of at most 4095 bytes in conf, which is all that nginx reads, received ${text.length}: name fewer or shorter parts in remote_auth.cache.key`,
    );
  return text;
}
