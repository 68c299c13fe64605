/** Remote authentication that nginx judges by itself: the values of its templates, per table, decider and domain. */

import type { Policy, RemoteAuth } from '../../policy/policy';
import type { Names } from '../names';
import { isLive, type RenderOptions, showsFirstCopy } from '../options';
import { ownLines } from '../own';
import type { Fill, TemplateValues } from '../template';
import { digestOf, quoted } from '../text';
import { hostOf, requestHeaders, singleHeaders } from './headers';
import { requestTarget } from './target';
import {
  allowed2xx,
  judgedCodes,
  opensBeyond2xx,
  plainRows,
  steerRows,
  tableHint,
  tableOf,
  verdictRows,
} from './table';
import { contentLengthOf, scopeMap, valuesOf } from './values';

/** Room for the auth server's header; the decider adds some of its own. */
const answerBuffer = '16k';
const hopBuffer = '20k';

/** Do nginx's maps judge an answer by themselves, where policies are live for as long as the policy is as rendered? */
export function isNative(auth: RemoteAuth, options: RenderOptions): boolean {
  return options.native !== false && auth.cache === undefined;
}

export interface NativeConf {
  /** Files below the output folder → content. */
  files: [path: string, content: string][];
  /** Lines of http {}, in the order in which they are read. */
  http: string[];
  /** What policies that JavaScript judges may need, too. */
  upstream: string;
  /** Lines of the server. */
  server: string;
}

interface Side {
  /** How many domains ask. */
  domains: number;
  policy: Policy;
  auth: RemoteAuth;
  options: RenderOptions;
  names: Names;
  fill: Fill;
}

const unansweredVerdict = (auth: RemoteAuth): string =>
  auth.timeoutAction === 'allow' ? '$edge_auth_unanswered_verdict' : '"deny $edge_auth_unanswered"';

/** A domain's part, its table and its decider; those that say the same have the same text. */
export function nativeConf(
  policy: Policy,
  auth: RemoteAuth,
  { options, names, fill, domains }: Pick<Side, 'options' | 'names' | 'fill' | 'domains'>,
): NativeConf {
  const side = { policy, auth, options, names, fill, domains };
  const table = tableValues(side);
  const rate = rateOf(auth, names, isLive(options));
  const values: TemplateValues = {
    ...valuesOf(policy, auth, options),
    ...ownLines(fill),
    ...table,
    ...tableLive(options, fill, table),
    EDGE_AUTH_LIVE_JUMP: isLive(options) ? fill('location/live-jump.conf', {}) : '',
    EDGE_AUTH_TABLE_USERS: policy.domain,
    EDGE_AUTH_RATE: rate.line,
    EDGE_AUTH_SCOPE_CHECK: scopeCheck(auth),
    ...(auth.requestMethod === 'follow' ? { EDGE_AUTH_METHOD: '$request_method' } : {}),
  };
  const target = requestTarget(auth, names);
  const hop = options.wiring === 'hop';
  const http = [
    ...(auth.timeoutAction === 'allow' ? [fill('http/unanswered-opens.conf', {})] : []),
    fill(hop ? 'http/table-hop.conf' : 'http/table-inline.conf', values),
    ...target.maps.map(({ conf }) => `${conf}\n`),
    ...(rate.conf ? [rate.conf] : []),
  ];
  const request = fill('location/request.conf', {
    ...values,
    EDGE_AUTH_TARGET_LINES: target.lines,
    EDGE_AUTH_TARGET: target.text,
    EDGE_AUTH_TO: hop
      ? 'http://edge_auth_decider'
      : `${values['EDGE_AUTH_SCHEME']}://${values['EDGE_AUTH_UPSTREAM']}`,
    EDGE_AUTH_HEADERS: requestHeaders(
      auth,
      options.wiring,
      contentLengthOf(auth, '$edge_auth_request_length'),
      hop ? kindOf(side, values).name : undefined,
    ),
  });
  const server = fill(`server/native-${options.wiring}.conf`, {
    ...values,
    ...edgeValues(side, values),
  });
  if (hop) http.push(kindOf(side, values).conf);
  return {
    files: [[`ask/${policy.domain}.conf`, request]],
    http,
    upstream: fill('http/upstream.conf', values),
    server,
  };
}

function scopeCheck(auth: RemoteAuth): string {
  const scope = scopeMap(auth);
  if (!scope.name) return '';
  return [
    `if ($${scope.name} = 0) {`,
    '    set    $edge_auth_verdict "allow out_of_scope";',
    '    return 299;',
    '}',
  ].join('\n');
}

/** Inline the reason of a refusal may be that of a changed policy. */
function tableLive(options: RenderOptions, fill: Fill, table: TemplateValues): TemplateValues {
  if (!isLive(options))
    return { EDGE_AUTH_TABLE_LIVE: '', EDGE_AUTH_REFUSED: 'told', EDGE_AUTH_LIVE_ROW: '' };
  return {
    EDGE_AUTH_TABLE_LIVE: fill('http/table-live.conf', table),
    EDGE_AUTH_REFUSED: 'refused',
    EDGE_AUTH_LIVE_ROW: '297          "$edge_auth_decision $edge_auth_reason";',
  };
}

function rateOf(auth: RemoteAuth, names: Names, live: boolean): { conf: string; line: string } {
  if (!('throttle' in auth.failureAction)) return { conf: '', line: '' };
  const rate = auth.failureAction.throttle;
  const name = `edge_auth_rate_${names.nameOf(rate, rate)}`;
  const conf = [
    '# Bytes a second of a throttled client.',
    `map $edge_auth_verdict $${name} {`,
    '    volatile;',
    '    default                   0;',
    `    "throttle failure_status" ${live ? `$${name}_now` : rate};`,
    '}\n',
    ...(live
      ? [
          `map $edge_auth_changed $${name}_now {\n    volatile;\n    default ${rate};\n    1       $edge_auth_live_rate_now;\n}\n`,
        ]
      : []),
  ].join('\n');
  return { conf, line: `auth_request_set $limit_rate        $${name};` };
}

function tableValues({ auth, names }: Side): TemplateValues {
  const table = tableOf(auth);
  const values = {
    EDGE_AUTH_TABLE_DEFAULT: quoted(table.fallback),
    EDGE_AUTH_TABLE_ROWS: verdictRows(table),
    EDGE_AUTH_STEER_ROWS: steerRows(table),
    EDGE_AUTH_PLAIN_ROWS: plainRows(table),
    EDGE_AUTH_UNANSWERED_VERDICT: unansweredVerdict(auth),
  };
  return { ...values, EDGE_AUTH_TABLE: names.nameOf(tableHint(auth), Object.values(values).join('\n')) };
}

/** What the edge does before and after the auth request. */
function edgeValues({ auth, options, fill, domains }: Side, values: TemplateValues): TemplateValues {
  const table = tableOf(auth);
  const hop = options.wiring === 'hop';
  const opens = opensBeyond2xx(table) || auth.timeoutAction === 'allow';
  const single = showsFirstCopy(options) ? singleHeaders(auth) : '';
  return {
    EDGE_AUTH_ANSWER: fill('location/answer.conf', {
      EDGE_AUTH_BUFFER: hop ? hopBuffer : answerBuffer,
      EDGE_AUTH_IGNORED: hop ? '' : 'X-Accel-Redirect',
    }),
    EDGE_AUTH_TRIES: fill('location/tries.conf', values),
    EDGE_AUTH_ALLOW_LOCATION: opensBeyond2xx(table) ? fill('server/native-allow.conf', {}) : '',
    EDGE_AUTH_REPEATED_CHECK:
      single === ''
        ? ''
        : fill('location/repeated.conf', { EDGE_AUTH_SINGLE_HEADERS: quoted(single).slice(1, -1) }),
    EDGE_AUTH_JUDGED_CODES: judgedCodes(auth, domains),
    EDGE_AUTH_JUDGE_SUCCESS:
      allowed2xx(table).length === 100
        ? ''
        : fill('location/judge-success.conf', { EDGE_AUTH_ALLOWED: allowed2xx(table).join(' ') }),
    EDGE_AUTH_OPENS: opens ? fill('location/opens.conf', values) : '',
  };
}

/**
 * What http {} makes subrequests with (add_before_body, post_action) must ask nothing. Where the auth server's path is known, no other
 * path is passed on; else a request that was passed on before is not.
 */
function deciderPath(auth: RemoteAuth, fill: Fill): TemplateValues {
  const path = auth.authServers[0]?.path || '/';
  const isKnown = auth.authPath === 'fixed' && /^[A-Za-z0-9_./~-]+$/.test(path);
  return {
    EDGE_AUTH_DECIDER_PATH: isKnown ? `= ${path}` : '/',
    EDGE_AUTH_FORWARDED_CHECK: isKnown ? '' : fill('location/forwarded.conf', {}),
    EDGE_AUTH_OTHER_PATHS: isKnown ? 'location / {\n    return 403;\n}' : '',
  };
}

/** The decider that asks as this policy does: the same servers, times, table and Host. */
function kindOf(side: Side, values: TemplateValues): { name: string; conf: string } {
  const { auth, fill } = side;
  const fillDecider = (kind: string): string =>
    fill('http/native-decider.conf', {
      ...values,
      EDGE_AUTH_KIND: kind,
      EDGE_AUTH_HOST: hostOf(auth),
      ...deciderPath(auth, fill),
      EDGE_AUTH_ANSWER: fill('location/answer.conf', {
        EDGE_AUTH_BUFFER: answerBuffer,
        EDGE_AUTH_IGNORED: 'X-Accel-Redirect',
      }),
      EDGE_AUTH_TRIES: fill('location/tries.conf', values),
      EDGE_AUTH_UNANSWERED_OPENS:
        auth.timeoutAction === 'allow' ? 'if ($edge_auth_unanswered_opens) {\n    return 298;\n}' : '',
    });
  const name = `edge-auth-${digestOf(fillDecider(''))}`;
  return { name, conf: fillDecider(name) };
}

/** What every request that nginx judges itself shares, in http {}. */
export function nativeShared(options: RenderOptions, fill: Fill): string {
  return fill('http/native.conf', {
    EDGE_AUTH_NATIVE_WIRING: fill(`http/native-${options.wiring}.conf`, {}),
  });
}
