/** What of a decision is kept for others with the same key: nginx does so by the headers that are set here. */

import { type AnswerHeaders, keepingHeaders, ttlOf, type TtlRules } from '../core/remote/decision-ttl';
import type { Decision, StatusReason } from '../core/remote/verdict';
import { answerUnanswered } from './answer';
import { record } from './answer-filter';
import { sha256 } from './digest';
import { hasRepeatedHeader, isAnsweredByConf, stripHeaders } from './remote-auth';

interface CacheRules extends TtlRules {
  /** Seconds that one request may take to ask anew. */
  renewal: number;
}

/** `$edge_auth_cache`: `allow_ttl deny_ttl stale_if_error respect_cache_control renewal`, such as `60 0 600 1 1`. */
function readRules(r: NginxHTTPRequest): CacheRules {
  const values = ((r.variables.edge_auth_cache as string) || '').split(' ');
  return {
    allowTtl: Number(values[0]) || 0,
    denyTtl: Number(values[1]) || 0,
    staleIfError: Number(values[2]) || 0,
    respectCacheControl: values[3] !== '0',
    renewal: Number(values[4]) || 0,
  };
}

function header(r: NginxHTTPRequest, name: string): string {
  const value = r.headersOut[name];
  return value === undefined ? '' : String(value);
}

/** `js_header_filter` of the location that asks: `decide`, and what is kept of it. */
export function decideAndKeep(r: NginxHTTPRequest, decide: () => void): void {
  const status = r.status;
  const isAnswer = !isAnsweredByConf(r);
  // `decide` may take headers off.
  const headers = {
    hasSetCookie: header(r, 'Set-Cookie') !== '',
    cacheControl: header(r, 'Cache-Control'),
    age: header(r, 'Age'),
  };
  decide();
  if (isAnswer) keep(r, status, headers);
}

/** After the verdict, which stands in variables, by the auth server's `status`. */
function keep(r: NginxHTTPRequest, status: number, headers: AnswerHeaders): void {
  const words = (r.variables.edge_auth_own_verdict as string).split(' ');
  const verdict = { decision: words[0] as Decision, reason: words[1] as StatusReason };
  const rules = readRules(r);
  const ttl = ttlOf(rules, verdict, status, headers);
  // Each hit reads the stored header again. (!) proxy_hide_header would hide it from this function, too.
  stripHeaders(r);
  // What must not be kept is stored as what is over, too, without its headers: else all with this key would wait for one another.
  const kept = keepingHeaders(ttl.fresh, rules.renewal, Date.now() / 1000);
  r.variables.edge_auth_cache_control = kept.cacheControl;
  r.variables.edge_auth_cache_expires = kept.expires;
  r.variables.edge_auth_cache_until = kept.until;
  if (rules.staleIfError === 0) return;
  const key = keyOf(r);
  const zone = ngx.shared.edge_auth_stale as NgxSharedDict<string>;
  if (ttl.stale > 0) zone.set(key, String(Date.now() + (ttl.fresh + ttl.stale) * 1000));
  else if (verdict.decision !== 'allow' && (status < 500 || verdict.reason === 'failure_status'))
    zone.delete(key);
  else if (isDown(status) && verdict.reason === 'other_status' && isKeptIn(key))
    record(r, 'allow stale_if_error', status);
}

/** By its bytes: as text, two that are no UTF-8 would be one. */
function keyOf(r: NginxHTTPRequest): string {
  return sha256(r.rawVariables.edge_auth_cache_key as Buffer);
}

/** RFC 5861 section 4. */
function isDown(status: number): boolean {
  return status === 500 || status === 502 || status === 503 || status === 504;
}

function isKeptIn(key: string): boolean {
  const until = (ngx.shared.edge_auth_stale as NgxSharedDict<string>).get(key);
  return until !== undefined && Number(until) > Date.now();
}

/** Ends a question that got no answer: who was in stays in, else the timeout's action. */
export function answerStale(r: NginxHTTPRequest, timeoutAction: string): void {
  let isStale = false;
  try {
    isStale = isKeptIn(keyOf(r));
  } catch (e) {
    r.error('edge-auth: nothing known of earlier decisions: ' + String(e));
  }
  if (isStale) answerUnanswered(r, true, 'stale_if_error');
  else answerUnanswered(r, timeoutAction === 'allow');
}

/**
 * `js_set $edge_auth_other_copies`, for nginx that shows the first copy of a repeated header in its variable: `1` where a header of
 * `$edge_auth_single_headers` comes twice, or with `_` for `-`, which the variable takes for it.
 */
export function readOtherCopies(r: NginxHTTPRequest): string {
  try {
    return hasRepeatedHeader(r, r.variables.edge_auth_single_headers as string, true) ? '1' : '';
  } catch (e) {
    r.error('edge-auth: headers not read: ' + String(e));
    return '1';
  }
}
