/** The decision cache of a domain: the text of its key, the maps that the key reads, and the values of its templates. */

import type { DecisionCache } from '../policy/decision-cache';
import { sha256 } from '../policy/live-policy';
import type { Policy, RemoteAuth } from '../policy/policy';
import { singleHeaders } from './conf-headers';
import { mapEntry, type NamedMap, namedMap } from './conf-map';
import { quoted } from './conf-text';
import { isLive, isNjsAtLeast, type RenderOptions } from './conf-values';
import { waitsOf, waitValues } from './conf-wait';
import type { TemplateValues } from './template';

export interface CacheSettings {
  /** Folder of nginx's cache files, absolute. */
  path: string;
  /** What they may take, as nginx writes a size. */
  size: string;
}

/** Where the key is needed; edge and decider have the client's request under other names. */
type Side = 'edge' | 'decider';

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

function mapOf(part: string): NamedMap | undefined {
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
    path: ['edge_auth_client_uri', 'edge_auth_client_uri'],
  };
  const [edge, decider] = names[part] as [string, string];
  return side === 'edge' ? edge : decider;
}

/** No part holds a line break, so none can run into the next. */
function keyText(policy: Policy, cache: DecisionCache, version: string, side: Side): string {
  const scheme = side === 'edge' ? '${scheme}' : '${edge_auth_scheme}';
  const parts = cache.key.map((part) => `\${${variableOf(part, side)}}`);
  const text = `"${[policy.domain, version, scheme, ...parts].join('\\n')}"`;
  if (text.length > 4095)
    throw new Error(
      `${policy.domain}: expected a cache key of at most 4095 bytes in conf, which is all that nginx reads, received ${text.length}: name fewer or shorter parts in remote_auth.cache.key`,
    );
  return text;
}

/** Throws where the edge's njs or the wiring cannot do what the policy asks for. */
function checkRuntime(policy: Policy, cache: DecisionCache, options: RenderOptions): void {
  if (options.wiring !== 'hop')
    throw new Error(
      `${policy.domain}: expected --wiring hop beside remote_auth.cache, received ${options.wiring}`,
    );
  if (cache.staleIfError > 0 && !isNjsAtLeast(options, [0, 8, 0]))
    throw new Error(
      `${policy.domain}: expected --njs-version 0.8.0 or later beside remote_auth.cache.stale_if_error, received ${options.njsVersion?.join('.') ?? 'none'}`,
    );
}

/** Does nginx keep decisions, or only remember who was in? */
const keepsDecisions = (cache: DecisionCache): boolean => cache.allowTtl > 0 || cache.denyTtl > 0;

/** Values of the templates of a domain without a cache. */
export const uncachedValues: TemplateValues = {
  EDGE_AUTH_DECIDE: 'decide',
  EDGE_AUTH_CACHE_ASK: '',
  EDGE_AUTH_CACHE_HEADERS: '',
  EDGE_AUTH_CACHE_STATUS: '',
};

export interface CacheConf {
  values: TemplateValues;
  /** For `question-cache.conf`, of one wait after the other; undefined where nginx keeps no decision. */
  questions: { values: TemplateValues; end: string }[] | undefined;
  /** Sets `$edge_auth_cache_key` where a question ends without an answer; undefined without `stale_if_error`. */
  stale: Record<Side, string> | undefined;
  maps: NamedMap[];
}

/** `text`: the policy file to the letter; its digest is the policy's version. */
export function cacheOf(
  policy: Policy,
  auth: RemoteAuth,
  text: string | undefined,
  options: RenderOptions,
): CacheConf | undefined {
  const { cache } = auth;
  if (!cache) return undefined;
  if (text === undefined) throw new Error(`${policy.domain}: expected the text of the policy, received none`);
  checkRuntime(policy, cache, options);
  const live = isLive(options);
  // (!) Live: of the policy in force, and of the one that the conf was rendered from, which may still have another auth server.
  const rendered = sha256(text).slice(0, 16);
  const version = live ? `${rendered} \${edge_auth_cache_version}` : rendered;
  const setVersion = live ? 'set $edge_auth_cache_version $edge_auth_live_version;' : '';
  const key = (side: Side): string => keyText(policy, cache, version, side);
  const setKey = (side: Side): string => `set $edge_auth_cache_key ${key(side)};`;
  const { allowTtl, denyTtl, staleIfError, respectCacheControl } = cache;
  const renewal = Math.ceil(auth.timeoutMs / 1000);
  const settings = [allowTtl, denyTtl, staleIfError, respectCacheControl ? 1 : 0, renewal].join(' ');
  return {
    values: {
      EDGE_AUTH_DECIDE: 'decideAndKeep',
      EDGE_AUTH_CACHE_ASK: [
        'if ($http_x_edge_auth_waited) {',
        '    return 425;',
        '}',
        `set $edge_auth_cache         "${settings}";`,
        'set $edge_auth_cache_control "";',
        'set $edge_auth_cache_expires "0";',
        ...(staleIfError > 0 ? [setVersion, setKey('decider')] : []),
      ].join('\n'),
      EDGE_AUTH_CACHE_HEADERS: [
        '# For how long the edge may keep the decision: not at all, unless the decider says so. No inherited `expires` has a say, and',
        '# no inherited proxy_pass_header lets X-Accel-Expires of the auth server through; this one does nothing else.',
        'expires off;',
        'proxy_pass_header Content-Type;',
        'add_header Cache-Control   $edge_auth_cache_control always;',
        'add_header X-Accel-Expires $edge_auth_cache_expires always;',
      ].join('\n'),
      EDGE_AUTH_CACHE_STATUS: [
        'auth_request_set $edge_auth_cache_status $edge_auth_next_cache_status;',
        setVersion,
      ].join('\n'),
    },
    questions: keepsDecisions(cache)
      ? waitsOf(cache, auth.timeoutMs).map((wait) => ({
          values: {
            EDGE_AUTH_CACHE_KEY: key('edge'),
            EDGE_AUTH_CACHE_LOCK_AGE_MS: String(auth.timeoutMs + 1000),
            EDGE_AUTH_CACHE_PASSED: passedHeaders(auth, cache, options),
            EDGE_AUTH_CACHE_BYPASS: showsFirstCopy(options) ? '$edge_auth_other_copies' : '""',
            ...waitValues(wait),
          },
          end: wait.end,
        }))
      : undefined,
    stale: staleIfError > 0 ? { edge: setKey('edge'), decider: setKey('decider') } : undefined,
    maps: cache.key.flatMap((part) => mapOf(part) ?? []),
  };
}

/** nginx takes these out of a question whose answer it keeps. */
const unpassed = [
  'range',
  'if-range',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
];

/** nginx before 1.23 shows the first copy of a repeated header in its variable; later ones show all. */
const showsFirstCopy = (options: RenderOptions): boolean => !isNjsAtLeast(options, [0, 8, 0]);

/**
 * Those that the decider needs, for the question, a value in it or the key. The key's headers go on as the key has them: the variable of
 * `x-token` also shows an `x_token`, which the edge may have been told to keep and the decider drops. Where it shows the first copy
 * only, a request with others is neither kept nor answered by what is kept.
 */
function passedHeaders(auth: RemoteAuth, cache: DecisionCache, options: RenderOptions): string {
  const { keepHeaders, addArgs, addHeaders } = auth;
  const variables = [...addArgs, ...addHeaders].flatMap(({ value }) =>
    value.flatMap((part) => ('variable' in part ? part.variable.replaceAll('_', '-') : [])),
  );
  const taken = unpassed.filter(
    (name) => keepHeaders === 'all' || keepHeaders.includes(name) || variables.includes(`http-${name}`),
  );
  const keyed = cache.key.flatMap((part) =>
    part.startsWith('header:') ? [part.slice('header:'.length)] : [],
  );
  const needed = showsFirstCopy(options) ? keyed.filter((name) => unpassed.includes(name)) : keyed;
  const names = new Set([...taken, ...needed.filter((name) => name !== 'host' && name !== 'cookie')]);
  return [
    ...(showsFirstCopy(options) ? [`set $edge_auth_single_headers ${quoted(singleHeaders(auth))};`] : []),
    ...(names.size > 0
      ? ['proxy_headers_hash_max_size    2048;', 'proxy_headers_hash_bucket_size 256;']
      : []),
    ...[...names].map((name) => `proxy_set_header ${name} $http_${name.replaceAll('-', '_')};`),
  ].join('\n');
}

/** What of http {} the caches need. `timeout`: entries last no longer, so that none outlives its use. */
export function sharedCacheLines(caches: DecisionCache[], options: RenderOptions): string {
  const longest = (seconds: (cache: DecisionCache) => number): number =>
    Math.max(600, ...caches.map(seconds));
  const kept = caches.filter(keepsDecisions);
  const stale = caches.filter(({ staleIfError }) => staleIfError > 0);
  const { path, size } = options.cache;
  return [
    ...(kept.length > 0
      ? [
          '# Decisions that are kept. The files hold their keys, and so credentials: nginx makes them for its own user alone.',
          `proxy_cache_path ${path} levels=1:2 keys_zone=edge_auth_cache:10m inactive=${longest(({ allowTtl, denyTtl }) => Math.max(allowTtl, denyTtl))}s max_size=${size} use_temp_path=off;`,
          ...(showsFirstCopy(options) ? ['js_set $edge_auth_other_copies edge_auth.readOtherCopies;'] : []),
        ]
      : []),
    ...(stale.length > 0
      ? [
          '# Who was let in, for stale_if_error: digests of keys.',
          `js_shared_dict_zone zone=edge_auth_stale:4m timeout=${longest(({ allowTtl, staleIfError }) => allowTtl + staleIfError)}s evict;`,
        ]
      : []),
  ].join('\n');
}
