/** What becomes of an answer of the auth server, or of none, by the policy as it is now. */

import { remoteLineOf, unreadPolicy } from '../core/live-entry';
import { answer, answerUnanswered } from './answer';
import { answerStale, decideAndKeep as decideFirst } from './decision-cache';
import { readEntry } from './live-file';
import { decideBy } from './remote-auth';

/** The compiled policy, of memory or of its file. */
function findEntry(r: NginxHTTPRequest, key: string): string {
  return (ngx.shared.edge_auth_live as NgxSharedDict<string>).get(key) || readEntry(r, key);
}

/**
 * The settings of the policy, as `remoteLine` lists them; those of the conf where the policy waits for a reload. `$edge_auth_live_ask`:
 * the latter, `|`, and `<epoch>:<domain>`. `isVerdict`: throws where the policy could not be read; the conf's may be one that let in more.
 */
function readSettings(r: NginxHTTPRequest, isVerdict?: boolean): string[] {
  const ask = (r.variables.edge_auth_live_ask as string).split('|');
  const loaded = ask[0] as string;
  const entry = findEntry(r, ask[1] as string);
  if (isVerdict && entry === unreadPolicy) throw new Error('no descriptor left to read the policy');
  const line = remoteLineOf(entry);
  return (line.slice(0, 16) === loaded.slice(0, 16) ? line : loaded).split(';');
}

/**
 * `js_set $edge_auth_live_version`: of the policy, as a part of the cache's key. If nothing is known of it, a text that no key ever had
 * and that nobody can foresee.
 */
export function readVersion(r: NginxHTTPRequest): string {
  try {
    const key = (r.variables.edge_auth_live_ask as string).split('|')[1] as string;
    return findEntry(r, key).slice(0, 16);
  } catch (e) {
    r.error('edge-auth: version of the policy unknown: ' + String(e));
    return 'unknown ' + Date.now() + Math.random();
  }
}

/** `js_header_filter` of the location that asks. */
export function decide(r: NginxHTTPRequest): void {
  decideBy(r, function () {
    const settings = readSettings(r, true);
    return {
      success: settings[1] as string,
      failure: settings[2] as string,
      other: settings[3] as string,
      failureAction: settings[4] as string,
    };
  });
}

/** `decide` where the policy has a cache. */
export function decideAndKeep(r: NginxHTTPRequest): void {
  decideFirst(r, function () {
    decide(r);
  });
}

function timeoutAction(r: NginxHTTPRequest): string {
  try {
    return readSettings(r, true)[5] as string;
  } catch (e) {
    r.error('edge-auth: no timeout_action: ' + String(e));
    return 'deny';
  }
}

/** `js_content` of the location where a question ends that got no answer, where `stale_if_error` keeps users in. */
export function unansweredStale(r: NginxHTTPRequest): void {
  answerStale(r, timeoutAction(r));
}

/** `js_content` of the location where a question ends that got no answer. */
export function unanswered(r: NginxHTTPRequest): void {
  answerUnanswered(r, timeoutAction(r) === 'allow');
}

/** `js_set $edge_auth_live_denial`: the status of a denied request, 400-599. */
export function readDenial(r: NginxHTTPRequest): string {
  return readSettings(r)[6] || '';
}

/** `js_content` of the location that denies, where the policy as it is now has another status than the conf. */
export function deny(r: NginxHTTPRequest): void {
  // (!) Never 403: it would lead here again.
  answer(r, Number(readDenial(r)) || 500);
}

/** `js_set $edge_auth_live_rate_now`: for a throttled client, as nginx writes a size. */
export function readRate(r: NginxHTTPRequest): string {
  return readSettings(r)[7] || '0';
}
