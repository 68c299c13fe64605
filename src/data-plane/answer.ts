/** Ends a request of `js_content`. A client that has left meanwhile is no fault of anything. */
export function answer(r: NginxHTTPRequest, status: number, text?: string): void {
  try {
    r.return(status, text);
  } catch {
    // There is nobody to tell.
  }
}

/** Ends a question that got no answer: for auth_request, and for whoever asks again after an internal redirect. */
export function answerUnanswered(r: NginxHTTPRequest, isAllowed: boolean): void {
  r.variables.edge_auth_decision = isAllowed ? 'allow' : 'deny';
  r.variables.edge_auth_asked = isAllowed ? '1' : '';
  answer(r, isAllowed ? 204 : 403);
}
