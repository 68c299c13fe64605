/** The decision cache of a domain: the text of its key, the maps that the key reads, and the values of its templates. */

import { type DecisionCache, keyedHeaders } from '../../policy/decision-cache';
import { sha256 } from '../../policy/live-policy';
import type { Policy, RemoteAuth } from '../../policy/policy';
import { headersIn, singleHeaders } from '../remote/headers';
import { keyText, mapOf, type Side } from './key';
import type { NamedMap } from '../map';
import { quoted } from '../text';
import { isLive, isNjsAtLeast, type RenderOptions, showsFirstCopy } from '../options';
import { waitsOf, waitValues } from './wait';
import type { TemplateValues } from '../template';

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
export const keepsDecisions = (cache: DecisionCache): boolean => cache.allowTtl > 0 || cache.denyTtl > 0;

/**
 * May an old decision be forgotten, so that one of many requests asks anew? nginx tells the ETag of what it found only if it may take a 304
 * for "as before", and with older njs the decider sends the auth server's own statuses.
 */
export const canForget = (options: RenderOptions): boolean => isNjsAtLeast(options, [0, 8, 9]);

/** Values of the templates of a domain without a cache. */
export const uncachedValues: TemplateValues = {
  EDGE_AUTH_ANSWERED: '',
  EDGE_AUTH_DECIDE: 'decide',
  EDGE_AUTH_CACHE_ASK: '',
  EDGE_AUTH_CACHE_HEADERS: '',
  EDGE_AUTH_CACHE_STATUS: '',
  EDGE_AUTH_OPEN_FILES: '',
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
  const isSigned = live || policy.urlSigning !== undefined;
  // (!) Live: of the policy in force, and of the one that the conf was rendered from, which may still have another auth server.
  const rendered = sha256(text).slice(0, 16);
  const version = live ? `${rendered} \${edge_auth_cache_version}` : rendered;
  const setVersion = live ? 'set $edge_auth_cache_version $edge_auth_live_version;' : '';
  const key = (side: Side): string => keyText(policy.domain, cache, version, { side, isSigned });
  const setKey = (side: Side): string => `set $edge_auth_cache_key ${key(side)};`;
  const { allowTtl, denyTtl, staleIfError, respectCacheControl } = cache;
  const renewal = Math.ceil(auth.timeoutMs / 1000);
  const settings = [allowTtl, denyTtl, staleIfError, respectCacheControl ? 1 : 0, renewal].join(' ');
  return {
    values: {
      EDGE_AUTH_DECIDE: 'decideAndKeep',
      EDGE_AUTH_CACHE_ASK: [
        `set $edge_auth_cache         "${settings}";`,
        'set $edge_auth_cache_control "";',
        'set $edge_auth_cache_expires "0";',
        'set $edge_auth_cache_until   "";',
        'if ($http_x_edge_auth_waited) {',
        '    return 425;',
        '}',
        ...(staleIfError > 0 ? [setVersion, setKey('decider')] : []),
      ].join('\n'),
      EDGE_AUTH_CACHE_HEADERS: [
        '# For how long the edge may keep the decision: not at all, unless the decider says so. No X-Accel-Expires of the auth server gets through.',
        ...(showsFirstCopy(options) ? ageHeaders : ageHeaders.slice().reverse()),
        '# Nothing takes it for an entity: it tells the edge which decision was kept, and until when.',
        'add_header ETag            $edge_auth_cache_until   always;',
      ].join('\n'),
      EDGE_AUTH_CACHE_STATUS: ['auth_request_set $edge_auth_found $upstream_cache_status;', setVersion].join(
        '\n',
      ),
    },
    questions: keepsDecisions(cache) ? questionsOf(auth, cache, key('edge'), options) : undefined,
    stale: staleIfError > 0 ? { edge: setKey('edge'), decider: setKey('decider') } : undefined,
    maps: cache.key.flatMap((part) => mapOf(part) ?? []),
  };
}

/** (!) nginx 1.22 reads no Cache-Control behind an X-Accel-Expires; later ones look for less in it there. */
const ageHeaders = [
  'add_header Cache-Control   $edge_auth_cache_control always;',
  'add_header X-Accel-Expires $edge_auth_cache_expires always;',
];

/** One for each wait; they differ in nothing else. */
function questionsOf(
  auth: RemoteAuth,
  cache: DecisionCache,
  key: string,
  options: RenderOptions,
): { values: TemplateValues; end: string }[] {
  const same = {
    EDGE_AUTH_CACHE_KEY: key,
    EDGE_AUTH_CACHE_LOCK_AGE_MS: String(auth.timeoutMs + 1000),
    EDGE_AUTH_CACHE_PASSED: passedHeaders(auth, cache, options),
    EDGE_AUTH_CACHE_BYPASS: showsFirstCopy(options) ? '$edge_auth_other_copies' : '""',
  };
  const waits = waitsOf(cache, auth.timeoutMs);
  const forgets = canForget(options) && waits.length > 1;
  return waits.map((wait, i) => ({
    values: {
      ...same,
      ...waitValues(wait, {
        waited: forgets && i === 0 && cache.denyTtl > 0 ? '$edge_auth_sent_on' : '$edge_auth_waited',
        isFirst: i === 0,
      }),
      EDGE_AUTH_CACHE_REVALIDATE: forgets && i === 0 ? 'on' : 'off',
      EDGE_AUTH_CACHE_FORGET: forgets && i === 1 ? forgetLines(key, options) : '',
    },
    end: wait.end,
  }));
}

/** Where nginx found a decision that is over, its file is removed before it looks again. */
function forgetLines(key: string, options: RenderOptions): string {
  return [
    `set $edge_auth_cache_folder ${quoted(options.cache.path)};`,
    `set $edge_auth_cache_key    ${key};`,
    'set $edge_auth_forgot       $edge_auth_forget;',
  ].join('\n');
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

/**
 * Those that the decider needs, for the question, a value in it or the key. The key's headers go on as the key has them: the variable of
 * `x-token` also shows an `x_token`, which the edge may have been told to keep and the decider drops. Where it shows the first copy
 * only, a request with others is neither kept nor answered by what is kept.
 */
function passedHeaders(auth: RemoteAuth, cache: DecisionCache, options: RenderOptions): string {
  const { keepHeaders, addArgs, addHeaders } = auth;
  const read = headersIn([...addArgs, ...addHeaders]);
  const taken = unpassed.filter((name) => keepHeaders.includes(name) || read.includes(name));
  const keyed = keyedHeaders(cache);
  const needed = showsFirstCopy(options) ? keyed.filter((name) => unpassed.includes(name)) : keyed;
  const names = new Set([...taken, ...needed.filter((name) => name !== 'host' && name !== 'cookie')]);
  return [
    ...(showsFirstCopy(options) ? [`set $edge_auth_single_headers ${quoted(singleHeaders(auth))};`] : []),
    ...[...names].map((name) => `proxy_set_header ${name} $http_${name.replaceAll('-', '_')};`),
    // Else nginx asks whether what it found is still as it was.
    ...['if-modified-since', 'if-none-match']
      .filter((name) => !names.has(name))
      .map((name) => `proxy_set_header ${name} "";`),
  ].join('\n');
}
