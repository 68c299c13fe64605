/**
 * How a request waits while another one with the same key is being asked about. nginx looks after half a second, or at the end of the
 * lock's timeout, and would then ask as well. So the timeouts are short and many: who has waited is sent away by the decider, unasked,
 * to a location with a longer one.
 */

import type { DecisionCache } from '../../policy/decision-cache';
import type { TemplateValues } from '../template';

/** Milliseconds of the first waits; nginx looks each 500 ms in what is left of the time. */
const waits = [10, 30, 90, 270];

export interface Wait {
  lock: 'on' | 'off';
  ms: number;
  /** Lines that say where a request goes which has waited; empty where it is asked about. */
  end: string;
}

const answered = 'error_page 425 = @edge_auth_unanswered;';

/**
 * The waits of a question, the first of them in `/_edge_auth`. Who has waited for `lock_timeout_ms` asks; without it, who has waited for
 * `timeout_ms` is treated as one who has asked for so long.
 */
export function waitsOf({ lockTimeoutMs }: DecisionCache, timeoutMs: number): Wait[] {
  let left = lockTimeoutMs ?? timeoutMs;
  const found: Wait[] = [];
  const add = (ms: number): void => {
    if (ms <= 0) return;
    left -= ms;
    found.push({ lock: 'on', ms, end: `error_page 425 = @edge_auth_wait_${found.length + 1};` });
  };
  for (const ms of waits) add(Math.min(ms, left));
  add(left);
  const last = found.at(-1);
  if (last && lockTimeoutMs === undefined) last.end = answered;
  else found.push({ lock: 'off', ms: 0, end: '' });
  return found;
}

/** `waited`: the variable that says whether a request goes on to the next location. `isFirst`: every hit gets there. */
export function waitValues(
  wait: Wait,
  { waited, isFirst }: { waited: string; isFirst: boolean },
): TemplateValues {
  return {
    EDGE_AUTH_CACHE_SINCE: isFirst
      ? ''
      : '# Of the instant at which nginx chose this location: it is over where the request waited.\nset $edge_auth_asked_at $msec;',
    EDGE_AUTH_CACHE_LOCK: wait.lock,
    EDGE_AUTH_CACHE_LOCK_MS: String(wait.ms),
    // Where nobody waits, a client's own header of this name goes no further either.
    EDGE_AUTH_CACHE_WAITED: `proxy_set_header X-Edge-Auth-Waited ${wait.lock === 'on' ? waited : '""'};`,
  };
}
