/** The njs handlers of the runtime configuration API, which nginx imports as `edge_auth_api` in the API's own server. */

import { type Admitted, admit, hasBody } from './admission';
import { type Answer, bodyOf, refusal } from './answer';
import type { Edge } from './edge';
import type { RequestHead } from './request-head';
import { respond } from './respond';

/** Bytes. */
const maxBody = 65536;

/** Not sent: `restoreStatus` makes a 200 of it. */
const unconditional = 299;

function setting(r: NginxHTTPRequest, name: string): string {
  return r.variables[name] || '';
}

/** `js_content` of everything. */
function handle(r: NginxHTTPRequest): void {
  answerWith(r, function (head, admitted) {
    const bytes = hasBody(head.method) ? bodyBytes(r) : undefined;
    if (bytes === null || (bytes !== undefined && bytes.length > maxBody)) return tooLarge();
    return respond(edgeOf(r, head, admitted), head, admitted.route, textOf(bytes), Date.now() / 1000);
  });
}

/** Undefined where there is none; null where nginx could not keep it in memory: a large one in tiny chunks. */
function bodyBytes(r: NginxHTTPRequest): Buffer | undefined | null {
  try {
    return r.requestBuffer;
  } catch (e) {
    if (/in a file/.test(String(e))) return null;
    throw e;
  }
}

/** `js_content` of a request whose body nginx does not take: whoever may not ask learns that first. */
function refuseSize(r: NginxHTTPRequest): void {
  answerWith(r, tooLarge);
}

function tooLarge(): Answer {
  return refusal(413, 'RequestTooLarge', 'expected a body of at most 65536 bytes, received a larger one');
}

function answerWith(r: NginxHTTPRequest, answerOf: (head: RequestHead, admitted: Admitted) => Answer): void {
  let answer: Answer;
  try {
    const head: RequestHead = {
      method: r.method,
      target: setting(r, 'request_uri'),
      headers: r.rawHeadersIn as unknown as [string, string][],
    };
    const admitted = admit(head, {
      askedHost: setting(r, 'host'),
      hosts: setting(r, 'edge_auth_api_hosts'),
      tokens: setting(r, 'edge_auth_api_tokens'),
    });
    answer = 'refused' in admitted ? admitted.refused : answerOf(head, admitted);
  } catch (e) {
    r.error('edge-auth: API: ' + describeError(e));
    answer = refusal(
      500,
      'InternalError',
      'expected no fault of the edge, received one: its error log tells more',
    );
  }
  send(r, answer);
}

/** One line, whatever was thrown. */
function describeError(e: unknown): string {
  const stack = (e as { stack?: string } | undefined) && (e as { stack?: string }).stack;
  return (String(e) + ' ' + String(stack || '')).replace(/\s+/g, ' ').slice(0, 1000);
}

/** Undefined where the bytes are not UTF-8, which text would hide. */
function textOf(bytes: Buffer | undefined): string | undefined {
  // The engines give an empty body now and then as a buffer without memory, of which toString throws.
  if (bytes === undefined || bytes.length === 0) return '';
  const text = bytes.toString('utf8');
  return Buffer.compare(Buffer.from(text, 'utf8'), bytes) === 0 ? text : undefined;
}

function edgeOf(r: NginxHTTPRequest, head: RequestHead, admitted: Admitted): Edge {
  return {
    epoch: setting(r, 'edge_auth_epoch'),
    policies: setting(r, 'edge_auth_api_policies'),
    rendered: setting(r, 'edge_auth_api_rendered'),
    allowed: setting(r, 'edge_auth_api_allowed'),
    caller: admitted.caller,
    requestId: setting(r, 'edge_auth_api_request_id'),
    clientAddress: r.remoteAddress,
    method: head.method,
    path: head.target.split('?', 1)[0] as string,
    record: function (line) {
      r.variables.edge_auth_api_change = line;
    },
    warn: function (e) {
      r.error('edge-auth: API: the change is made, but not all that follows: ' + describeError(e));
    },
  };
}

function send(r: NginxHTTPRequest, answer: Answer): void {
  Object.keys(answer.headers).forEach(function (name) {
    r.headersOut[name] = answer.headers[name];
  });
  r.headersOut['Content-Type'] = 'application/json; charset=utf-8';
  const body = bodyOf(answer, setting(r, 'edge_auth_api_request_id'));
  // nginx compares If-Match with the ETag of any 200 after the fact, and would answer 412 to a change that it has just made.
  r.return(answer.status === 200 ? unconditional : answer.status, body);
}

/** `js_header_filter`: runs after nginx's own look at If-Match. */
function restoreStatus(r: NginxHTTPRequest): void {
  if (r.status === unconditional) r.status = 200;
}

export default { handle, refuseSize, restoreStatus };
