import { deniedText, isOfNginx } from '../core/denial';

/** Ends a request of `js_content`, with nginx's page. A client that has left meanwhile is no fault of anything. */
export function answer(r: NginxHTTPRequest, status: number): void {
  try {
    if (isOfNginx(status)) r.return(status, deniedText);
    else r.return(status);
  } catch {
    // There is nobody to tell.
  }
}

/** Ends an auth request without an answer. The conf has denied it already; `reason`: in the place of the conf's. */
export function answerUnanswered(r: NginxHTTPRequest, isAllowed: boolean, reason?: string): void {
  const denial = r.variables.edge_auth_own_verdict as string;
  if (isAllowed) r.variables.edge_auth_own_verdict = 'allow ' + (reason || denial.slice('deny '.length));
  answer(r, isAllowed ? 204 : 403);
}
