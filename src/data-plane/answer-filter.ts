/** What every answer needs of JavaScript. Each variable that is read or written counts, and with the njs engine each definition. */

/**
 * What few answers need, defined where one does (`remote-auth.ts`). `decide`: the rules' line does not say. `strip`: the edge has little
 * room for the decider's headers. `obey`: a denial by an njs that does not change the status that is sent. `head`: returns what an
 * HTTP/0.9 exchange ends with.
 */
export type Rarely = (r: NginxHTTPRequest, task: 'decide' | 'strip' | 'obey' | 'head') => string;

/** Where it is found: a property that defines it when it is first read. */
export interface Rare {
  later: { rarely: Rarely };
}

/** Ends with 200 (go on) or 403, without a body. `verdict`: decision and reason with one space between, as `judge` says it. */
export function record(r: NginxHTTPRequest, verdict: string, status: number | '', rare: Rare): void {
  const variables = r.variables;
  const headers = r.headersOut;
  const space = verdict.indexOf(' ');
  const decision = verdict.slice(0, space);
  // njs 0.8.9 is the first release tested where a header filter's status reaches the wire, and where it may switch the body's off.
  const isOld = njs.version_number < 0x000809;
  variables.edge_auth_decision = decision;
  variables.edge_auth_reason = verdict.slice(space + 1);
  variables.edge_auth_status = String(status);
  r.status = decision === 'deny' ? 403 : 200;
  // An answer that has no body needs no filter for it.
  if (isOld || headers['Content-Length'] !== '0') headers['Content-Length'] = '0';
  else r.done();
  if (isOld && decision === 'deny') rare.later.rarely(r, 'obey');
}
