/** For how long does a decision stand for others with the same key? `ttlOf` says it, and nothing else does. */

import { judge, type Verdict } from './verdict';

/** Seconds, 0-86400. */
export interface TtlRules {
  allowTtl: number;
  denyTtl: number;
  staleIfError: number;
  respectCacheControl: boolean;
}

/** What the auth server said beside the status. */
export interface AnswerHeaders {
  hasSetCookie: boolean;
  /** Its Cache-Control headers, a comma between them; empty where there is none. */
  cacheControl: string;
  /** Its Age in seconds; empty where there is none. */
  age: string;
}

/** Seconds. */
export interface Ttl {
  /** 0: the answer is not kept. */
  fresh: number;
  /** How much longer an allowed one stays in while nobody answers. */
  stale: number;
}

/** Does the status blame the request, which others did not send, or say "not now"? By the one list of such codes, that of `judge`. */
function isClientFault(status: number): boolean {
  return judge('  ;  ;allow;deny', status) === 'deny request_refused';
}

/** The smallest number that a directive gives, a faulty one counting as 0; `otherwise` where it is absent (RFC 9111 section 5.2). */
function secondsOf(cacheControl: string, directive: string, otherwise: number): number {
  const parts = cacheControl.toLowerCase().split(',');
  let least = otherwise;
  for (let i = 0; i < parts.length; i++) {
    const pair = (parts[i] as string).split('=');
    if ((pair[0] as string).trim() !== directive) continue;
    const digits = pair
      .slice(1)
      .join('=')
      .trim()
      .replace(/^"(.*)"$/, '$1');
    least = Math.min(least, /^[0-9]{1,10}$/.test(digits) ? Number(digits) : 0);
  }
  return least;
}

/** Also inside quotes and with a value: what is read too often only shortens. */
function says(cacheControl: string, directives: string): boolean {
  return new RegExp('(?:^|[\\s,;"])(?:' + directives + ')(?:$|[\\s,;="])', 'i').test(cacheControl);
}

/** `status`: that of the auth server's answer. */
export function ttlOf(rules: TtlRules, verdict: Verdict, status: number, headers: AnswerHeaders): Ttl {
  const isListed =
    verdict.reason === 'success_status' ||
    verdict.reason === 'failure_status' ||
    verdict.reason === 'other_status';
  const isLasting = status >= 200 && status < 500 && !isClientFault(status);
  if (!isListed || !isLasting || headers.hasSetCookie) return { fresh: 0, stale: 0 };
  const isAllowed = verdict.decision === 'allow';
  const ttl = {
    fresh: isAllowed ? rules.allowTtl : rules.denyTtl,
    stale: isAllowed ? rules.staleIfError : 0,
  };
  const control = headers.cacheControl;
  if (!rules.respectCacheControl || control === '') return ttl;
  if (says(control, 'no-store|no-cache|private')) return { fresh: 0, stale: 0 };
  const age = headers.age === '' ? 0 : /^[0-9]{1,10}$/.test(headers.age) ? Number(headers.age) : 1e12;
  const left =
    Math.min(secondsOf(control, 's-maxage', Infinity), secondsOf(control, 'max-age', Infinity)) - age;
  if (says(control, 'must-revalidate|proxy-revalidate')) ttl.stale = 0;
  return {
    fresh: left > 0 ? Math.min(ttl.fresh, left) : 0,
    // Counted from when it went stale, which Age may put before now.
    stale: Math.max(0, secondsOf(control, 'stale-if-error', ttl.stale) + Math.min(left, 0)),
  };
}

/** The headers by which nginx keeps a decision; empty where one is not sent. */
export interface KeepingHeaders {
  cacheControl: string;
  /** X-Accel-Expires. */
  expires: string;
  /** The last Unix second in which the decision may stand, as text; empty where it never does. */
  until: string;
}

/**
 * For `fresh` seconds in all: in the last of them, `renewal` at most, one request asks anew and the others still go by the old decision.
 * nginx counts whole seconds and keeps through the last one, so one less is said: a decision lasts up to a second less, never longer.
 * No `stale-if-error`: nginx takes a 403 for an error, too. `now`: Unix seconds.
 */
export function keepingHeaders(fresh: number, renewal: number, now: number): KeepingHeaders {
  // A decision that is not kept is stored as one that is over, so that nobody waits for it again.
  if (fresh === 0) return { cacheControl: '', expires: '@1', until: '' };
  const until = String(Math.floor(now) + fresh - 1);
  if (fresh < 2) return { cacheControl: '', expires: '@' + until, until };
  const overlap = Math.min(renewal, fresh - 2);
  return {
    cacheControl: 'stale-while-revalidate=' + overlap,
    expires: '@' + (Number(until) - overlap),
    until,
  };
}
