/**
 * The njs handlers of remote authentication. nginx asks the auth server, keeps the deadline and reuses connections; these
 * functions only say what to ask and read the status of the answer. They are synchronous on purpose: a timer or a pending
 * promise in a handler stalls nginx, and an answer that is filtered needs no buffer for its body.
 */

import { servedUri } from '../core/served-path';
import { buildTarget } from '../core/remote/target';
import { type StatusRules, verdictForStatus } from '../core/remote/verdict';
import { record } from './answer-filter';

function setting(r: NginxHTTPRequest, name: string): string {
  return r.variables[name] || '';
}

/** `js_set $edge_auth_served_uri`: the client's request target with its path as nginx serves it. */
function readServedUri(r: NginxHTTPRequest): string {
  return servedUri(setting(r, 'edge_auth_clean_uri'));
}

/** `js_set $edge_auth_built_target`: the target for policies that choose or add arguments. Empty, which denies, if it fails. */
function readTarget(r: NginxHTTPRequest): string {
  try {
    return buildTarget(
      {
        path: setting(r, 'edge_auth_path'),
        keepArgs: setting(r, 'edge_auth_keep_args'),
        addArgs: setting(r, 'edge_auth_add_args'),
      },
      setting(r, 'edge_auth_clean_uri'),
      function (name) {
        return setting(r, name);
      },
    );
  } catch (e) {
    r.error('edge-auth: target not built: ' + String(e));
    return '';
  }
}

/**
 * A header sent twice whose copies nginx before 1.23 would not all show to the auth server. `names`: lower case, one space between.
 * `takesUnderscores`: one with `_` for `-` is a copy, too, as it is to nginx's variables.
 */
function hasRepeatedHeader(r: NginxHTTPRequest, names: string, takesUnderscores: boolean): boolean {
  const seen: Record<string, boolean> = {};
  const raw = r.rawHeadersIn;
  for (let i = 0; i < raw.length; i++) {
    const written = (raw[i] as [string, string])[0].toLowerCase();
    const name = takesUnderscores ? written.replace(/_/g, '-') : written;
    if ((' ' + names + ' ').indexOf(' ' + name + ' ') < 0) continue;
    if (seen[name] || name !== written) return true;
    seen[name] = true;
  }
  return false;
}

/** More than any server takes without complaint: a longer head may make one close the connection with its answer unread. */
const largeRequestBytes = 4000;

/** `js_set $edge_auth_request_size`: `large` or `small`, by the bytes of the client's request line and headers once decoded. */
function readRequestSize(r: NginxHTTPRequest): string {
  let bytes = setting(r, 'request_uri').length;
  const raw = r.rawHeadersIn;
  for (let i = 0; i < raw.length; i++) {
    const header = raw[i] as [string, string];
    bytes += header[0].length + header[1].length + 4;
  }
  return bytes > largeRequestBytes ? 'large' : 'small';
}

/** Logs a broken policy once where nginx has memory to share (njs 0.8.0 and the zone that `render` declares), else each time. */
function logInvalidPolicy(r: NginxHTTPRequest, rules: StatusRules): void {
  const message =
    'edge-auth: policy of ' +
    setting(r, 'edge_auth_domain') +
    ' is broken, every request is denied: expected status lists such ' +
    'as "2xx 304", allow or deny, deny or throttle; received "' +
    rules.success +
    '", "' +
    rules.failure +
    '", "' +
    rules.other +
    '", "' +
    rules.failureAction +
    '": check the values that the conf was filled with';
  const logged = ngx.shared && ngx.shared.edge_auth_logged;
  if (!logged || logged.add(message, '1')) r.error(message);
}

/** A `return` of the conf passes the filters too, and stands: out of scope, asked before, no target. */
function isAnsweredByConf(r: NginxHTTPRequest): boolean {
  return setting(r, 'upstream_status') === '';
}

/**
 * A status is the auth server's only if the header of the last try was read to its end. Without one it is nginx's own: 500 where the
 * edge had no connection or descriptor left for the auth request.
 */
function isOwnStatus(r: NginxHTTPRequest): boolean {
  return !/\d$/.test(setting(r, 'upstream_header_time'));
}

/** Takes off what the auth server's answer has of headers: many of them are more than the edge has room for, and nobody reads them. */
function stripHeaders(r: NginxHTTPRequest): void {
  const headers = r.headersOut;
  const names = Object.keys(headers);
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    if (name.toLowerCase() !== 'content-length') delete headers[name];
  }
}

/** `js_header_filter` of the location that asks. */
function decide(r: NginxHTTPRequest): void {
  decideBy(r, function () {
    return {
      success: setting(r, 'edge_auth_success_status'),
      failure: setting(r, 'edge_auth_failure_status'),
      other: setting(r, 'edge_auth_other_status'),
      failureAction: setting(r, 'edge_auth_failure_action'),
    };
  });
}

/** Turns the auth server's status into 200 (go on) or 403, without a body. */
function decideBy(r: NginxHTTPRequest, readRules: () => StatusRules): void {
  if (isAnsweredByConf(r)) return;
  if (!/^\d{1,3}$/.test(setting(r, 'upstream_bytes_received'))) stripHeaders(r);
  const status = r.status;
  let verdict = 'deny error';
  let seen: number | '' = status;
  try {
    const rules = readRules();
    if (isOwnStatus(r)) {
      verdict = 'deny decider_error';
      seen = '';
    } else if (status < 100) {
      // nginx takes bytes that are not HTTP for an HTTP/0.9 answer, and tells no status.
      verdict = 'deny invalid_answer';
      seen = '';
    } else {
      const judged = verdictForStatus(rules, status);
      const single = setting(r, 'edge_auth_single_headers');
      if (judged.reason === 'policy_invalid') logInvalidPolicy(r, rules);
      if (single !== '' && hasRepeatedHeader(r, single, false)) verdict = 'deny repeated_header';
      else verdict = judged.decision + ' ' + judged.reason;
    }
  } catch (e) {
    r.error('edge-auth: no verdict: ' + String(e));
  }
  record(r, verdict, seen);
}

/** `js_body_filter` beside it: reads the auth server's body to its end, so that the connection is reused, and drops it. */
function drop(r: NginxHTTPRequest, _data: NjsStringOrBuffer, flags: NginxHTTPSendBufferOptions): void {
  if (flags.last) r.sendBuffer(r.httpVersion === '0.9' && !isSubrequest(r) ? headOf(r) : '', flags);
}

/** True in the inline wiring; the decider answers requests of its own. */
function isSubrequest(r: NginxHTTPRequest): boolean {
  return (r as NginxHTTPRequest & { internal: boolean }).internal;
}

/** The decider's answer in full: nginx writes no header to what it takes for an HTTP/0.9 exchange. */
function headOf(r: NginxHTTPRequest): string {
  const verdict = setting(r, 'edge_auth_own_verdict');
  return (
    (verdict.slice(0, 6) === 'allow ' ? 'HTTP/1.1 200 OK' : 'HTTP/1.1 403 Forbidden') +
    '\r\nX-Edge-Auth: ' +
    verdict +
    '\r\nContent-Length: 0\r\n\r\n'
  );
}

/** `js_header_filter` of the edge's own location, rendered only for older njs: obeys the decider's header, also out of the cache. */
function obey(r: NginxHTTPRequest): void {
  // A location that answers with what the decider said to an earlier one has it in the variable only.
  const verdict = r.headersOut['X-Edge-Auth'] || r.variables['upstream_http_x_edge_auth'] || undefined;
  // What comes out of the cache without a verdict is a broken file.
  if (verdict === undefined && isAnsweredByConf(r) && setting(r, 'upstream_cache_status') === '') return;
  r.status = /^(?:allow|throttle) /.test(String(verdict)) ? 200 : 403;
}

export {
  decide,
  decideBy,
  drop,
  hasRepeatedHeader,
  isAnsweredByConf,
  obey,
  readRequestSize,
  readServedUri,
  readTarget,
  stripHeaders,
};
