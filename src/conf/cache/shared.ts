/** What the decision caches of all domains share in http {}: zones, and the maps of who waits. */

import type { DecisionCache } from '../../policy/decision-cache';
import { canForget, keepsDecisions } from './cache';
import { isNjsAtLeast, type RenderOptions } from '../options';
import type { Fill } from '../template';

/** What of http {} the caches need; empty without one. `timeout`: entries last no longer, so that none outlives its use. */
export function sharedCacheLines(fill: Fill, caches: DecisionCache[], options: RenderOptions): string {
  const longest = (seconds: (cache: DecisionCache) => number): number =>
    Math.max(600, ...caches.map(seconds));
  const kept = caches.filter(keepsDecisions);
  const stale = caches.filter(({ staleIfError }) => staleIfError > 0);
  const { path, size } = options.cache;
  const zones = [
    ...(kept.length > 0
      ? [
          '# Decisions that are kept. The files hold their keys, and so credentials: nginx makes them for its own user alone.',
          `proxy_cache_path ${path} levels=1:2 keys_zone=edge_auth_cache:10m inactive=${longest(({ allowTtl, denyTtl }) => Math.max(allowTtl, denyTtl))}s max_size=${size} use_temp_path=off;`,
        ]
      : []),
    ...(stale.length > 0
      ? [
          '# Who was let in, for stale_if_error: digests of keys.',
          `js_shared_dict_zone zone=edge_auth_stale:4m timeout=${longest(({ allowTtl, staleIfError }) => allowTtl + staleIfError)}s evict;`,
        ]
      : []),
  ].join('\n');
  if (kept.length === 0) return zones;
  const forgets = canForget(options);
  return fill('http/cache.conf', {
    EDGE_AUTH_CACHE_ZONES: zones,
    EDGE_AUTH_CACHE_OVER: forgets ? '"~^EXPIRED "         $edge_auth_over;' : '',
    EDGE_AUTH_CACHE_ANSWERED: isNjsAtLeast(options, [0, 8, 9]) ? '' : fill('http/cache-answered.conf', {}),
    EDGE_AUTH_CACHE_FORGET: forgets ? fill('http/cache-forget.conf', {}) : '',
  });
}
