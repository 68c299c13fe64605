/**
 * When is a request allowed? `judge` says it, and nothing else does.
 *
 * The status codes are those that the auth server answered with. Silence, refusal and garbage never reach this
 * file: nginx itself notices them and applies `timeout_action` (see nginx/server/unanswered.conf).
 */

/** What the edge does with the client's request. `throttle` serves it at a limited rate. */
export type Decision = 'allow' | 'deny' | 'throttle';

/** Why, for the access log. Never sent to the client. */
export type StatusReason =
  'success_status' | 'failure_status' | 'other_status' | 'request_refused' | 'policy_invalid';

export interface Verdict {
  decision: Decision;
  reason: StatusReason;
}

/**
 * The policy's status fields as the rendered conf carries them.
 * `success` and `failure`: codes and classes separated by one space, such as `200 206 304` or `2xx`; `failure` may be empty.
 * `other`: `allow` or `deny`. `failureAction`: `deny` or `throttle`. Anything else denies with `policy_invalid`.
 */
export interface StatusRules {
  success: string;
  failure: string;
  other: string;
  failureAction: string;
}

/**
 * Codes by which a server says that the request itself was at fault (RFC 9110 section 15.5 and 15.6, RFC 6585 sections 4 and 5,
 * RFC 8470 section 5.2). A client can provoke them at will, with an oversized header, an odd method, a condition or early data,
 * so `other_status: allow` does not cover them; listing one in `success_status` still does.
 */
export const clientFaults =
  ' 304 400 405 406 408 411 412 413 414 415 416 417 421 422 425 426 428 429 431 494 501 505 ';

/** In the njs engine `$` also matches before a final line break, which would hide a list's last entry. */
const statusList = /^(?:[1-5](?:\d\d|xx)(?: [1-5](?:\d\d|xx))*)?(?!\n)$/;

function areValid(rules: StatusRules): boolean {
  return (
    rules.success !== '' &&
    statusList.test(rules.success) &&
    statusList.test(rules.failure) &&
    (rules.other === 'allow' || rules.other === 'deny') &&
    (rules.failureAction === 'deny' || rules.failureAction === 'throttle')
  );
}

/** Valid rules in one line: ` 200 2xx ; 401 ;deny;deny`, each code between spaces. The rendered conf builds it with a map. */
export function rulesLine(rules: StatusRules): string {
  return ' ' + rules.success + ' ; ' + rules.failure + ' ;' + rules.other + ';' + rules.failureAction;
}

/**
 * Decides from the auth server's status code, 100 to 599: `allow success_status`, the decision and the reason with one space between.
 * A code that is listed exactly wins over a class, and failure over success where both say the same: the last one in the line.
 */
export function judge(line: string, status: number): string {
  const code = ' ' + status + ' ';
  let at = line.lastIndexOf(code);
  if (at < 0) at = line.lastIndexOf(code.slice(0, 2) + 'xx ');
  if (at >= 0) {
    if (at < line.indexOf(';')) return 'allow success_status';
    return line.lastIndexOf(';throttle') < 0 ? 'deny failure_status' : 'throttle failure_status';
  }
  // An interim answer (1xx) that nginx takes for the answer, whatever the real one behind it says.
  if (line.indexOf(';allow') < 0 || status < 200) return 'deny other_status';
  return clientFaults.indexOf(code) < 0 ? 'allow other_status' : 'deny request_refused';
}

/** The same from rules that may be broken. */
export function verdictForStatus(rules: StatusRules, status: number): Verdict {
  if (!areValid(rules)) return { decision: 'deny', reason: 'policy_invalid' };
  const words = judge(rulesLine(rules), status).split(' ');
  return { decision: words[0] as Decision, reason: words[1] as StatusReason };
}
