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

/** Ends a question that got no answer: for auth_request, and for whoever asks again after an internal redirect. */
export function answerUnanswered(r: NginxHTTPRequest, isAllowed: boolean): void {
  r.variables.edge_auth_decision = isAllowed ? 'allow' : 'deny';
  r.variables.edge_auth_asked = isAllowed ? '1' : '';
  answer(r, isAllowed ? Number(r.variables.edge_auth_let_in) || 204 : 403);
}
