/** Ends an answer of the auth server with the verdict about it. */

/** Ends with 200 (go on) or 403, without a body. `verdict`: decision and reason with one space between, as `judge` says it. */
export function record(r: NginxHTTPRequest, verdict: string, status: number | ''): void {
  const variables = r.variables;
  const headers = r.headersOut;
  const isDenial = verdict.slice(0, 5) === 'deny ';
  // njs 0.8.9 is the first release tested where a header filter's status reaches the wire, and where it may switch the body's off.
  const isOld = njs.version_number < 0x000809;
  variables.edge_auth_own_verdict = verdict;
  variables.edge_auth_own_status = String(status);
  r.status = isDenial ? 403 : 200;
  // An answer that has no body needs no filter for it.
  if (isOld || headers['Content-Length'] !== '0') headers['Content-Length'] = '0';
  else r.done();
  if (isOld && isDenial) checkObeyed(r);
}

/**
 * Older engines change the status in memory only. The edge then has to read the verdict itself (`obey`); where it does not say that it
 * will, an exception ends the answer, which denies.
 */
function checkObeyed(r: NginxHTTPRequest): void {
  if (r.variables.edge_auth_obeys) return;
  throw new Error(
    'edge-auth: conf rendered for a newer njs than ' +
      njs.version +
      ': render with --njs-version ' +
      njs.version,
  );
}
