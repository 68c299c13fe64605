/** The guard while nginx's conf is that of an earlier policy: slower than its maps, and in force at once. */

import {
  isLiveEntry,
  missingPolicy,
  noShape,
  refusalOf,
  remoteLineOf,
  rulesOf,
  unreadPolicy,
} from '../core/live-entry';
import { isInScope, type Scope } from '../core/scope';
import { areArgsKept, matchForm } from '../core/signing/form';
import { needOf, type NeedSettings } from '../core/signing/need';
import { judgeSignature, withoutSignature } from '../core/signing/verify';
import { answer } from './answer';
import { bytesOf, textOf, variableOf } from './bytes';
import { isDigest } from './digest';

/** What is judged each time that nginx chooses a location. */
interface Rules {
  /** Null: nothing is signed. */
  need: NeedSettings | null;
  isInPath: boolean;
  /** `none`: nobody is asked; `conf`: the conf says it, until the reload that the policy waits for; null: about every request. */
  scope: Scope | 'none' | 'conf' | null;
}

/** Says what becomes of the request, whether or not it needs a signature. */
function settle(r: NginxHTTPRequest, outcome: string): string {
  r.variables.edge_auth_live_checked = outcome;
  r.variables.edge_auth_live_needed = outcome;
  return 'live_none';
}

/**
 * Takes the place of the maps: where the signature stands, for `$edge_auth_live`, and by variables what became of it, and what the
 * target is without it.
 */
export function readChanged(r: NginxHTTPRequest, entry: string): string {
  // (!) What is no UTF-8 is lost in a string: another target would be asked about than is served.
  const bytes = bytesOf(r, 'request_uri', r.variables.request_uri as string);
  r.variables.edge_auth_live_clean_uri = variableOf(bytes);
  r.variables.edge_auth_live_refused = '403';
  if (entry === unreadPolicy) return settle(r, 'decider_error');
  if (!isLiveEntry(entry)) return settle(r, entry === missingPolicy ? 'policy_missing' : 'policy_invalid');
  const judged = rulesOf(entry);
  const line = remoteLineOf(entry);
  const ask = r.variables.edge_auth_live_ask as string;
  const isLoaded = line.slice(0, 16) === ask.slice(0, 16);
  const rules: Rules = {
    need: judged.signing,
    isInPath: false,
    scope: line === '-' ? 'none' : isLoaded ? judged.scope : 'conf',
  };
  const signing = judged.signing;
  if (signing === null) {
    // (!) Signing gave way to a question that this conf does not ask yet.
    const wasSigned = (r.variables.edge_auth_live_input as string).slice(0, 16) !== noShape;
    settle(r, wasSigned && rules.scope === 'conf' && ask.charAt(0) === '-' ? 'policy_pending' : 'off');
    r.variables.edge_auth_live_rules = JSON.stringify(rules);
    return 'live_none';
  }
  const isUnmerged = (r.variables.uri as string).indexOf('//') >= 0;
  const form = matchForm(signing, textOf(bytes), isUnmerged);
  const clean = withoutSignature(signing, bytes, form);
  const mark = clean.indexOf('?');
  const checked = judgeSignature(signing, signing.keys, form, Date.now() / 1000, isDigest);
  const isOpened = signing.methods.indexOf(r.variables.request_method as string) >= 0;
  rules.need = { scope: signing.scope, whiteList: signing.whiteList };
  rules.isInPath = form.outcome === 'signed' && form.isInPath;
  r.variables.edge_auth_live_checked = checked;
  r.variables.edge_auth_live_needed = isOpened ? checked : 'method_not_allowed';
  r.variables.edge_auth_live_rules = JSON.stringify(rules);
  r.variables.edge_auth_live_clean_uri = variableOf(clean);
  r.variables.edge_auth_live_args = variableOf(mark < 0 ? '' : clean.slice(mark + 1));
  r.variables.edge_auth_live_refused = refusalOf(signing);
  if (rules.isInPath) return 'live_path';
  const isKept = signing.keepArgsForOrigin || (form.parts !== undefined && areArgsKept(form.parts.path));
  return form.outcome === 'signed' && !isKept ? 'live_args' : 'live_none';
}

/**
 * `js_set $edge_auth_live_guard_1` and so on, one for each time that nginx chooses a location anew: `signed`, why the path needs no
 * signature, or why the request is refused.
 */
export function readGuard(r: NginxHTTPRequest): string {
  try {
    const needed = r.variables.edge_auth_live_needed || 'error';
    const text = r.variables.edge_auth_live_rules;
    if (!text) return needed;
    const rules = JSON.parse(text) as Rules;
    const method = r.variables.request_method as string;
    const target = r.variables.request_uri as string;
    const path = bytesOf(r, 'uri', r.uri);
    const scope = rules.scope;
    if (scope !== 'conf')
      r.variables.edge_auth_live_scope =
        scope === 'none' || (scope !== null && !isInScope(scope, method, path, target)) ? '0' : '1';
    if (rules.need === null) return needed;
    const need = needOf(rules.need, method, path, target);
    const checked = r.variables.edge_auth_live_checked || 'error';
    if (need === 'checked') return needed;
    return rules.isInPath ? checked : need;
  } catch (e) {
    r.error('edge-auth: no verdict: ' + String(e));
    return 'error';
  }
}

/** `js_content` of the location that refuses, where the policy as it is now has another status or header than the conf. */
export function refuse(r: NginxHTTPRequest): void {
  const refusal = r.variables.edge_auth_live_refused || r.variables.edge_auth_live_refusal || '403';
  const argument = refusal.slice(3);
  const reason = r.variables.edge_auth_reason;
  if (argument !== '') {
    r.headersOut['X-Tengine-Error'] =
      'denied by req auth: ' +
      (reason === 'expired' || reason === 'not_yet_valid'
        ? 'expired timestamp'
        : reason === 'no_signature'
          ? 'no url arg ' + argument
          : 'invalid md5hash');
  }
  answer(r, parseInt(refusal, 10));
}
