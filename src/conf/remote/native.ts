/** Remote authentication that nginx judges by itself: the values of its templates, per table, decider and domain. */

import type { Policy, RemoteAuth } from '../../policy/policy';
import type { Names } from '../names';
import { type RenderOptions, showsFirstCopy } from '../options';
import { commonLines } from '../common';
import type { Fill, TemplateValues } from '../template';
import { quoted } from '../text';
import { clearedHeaders, hostOf, requestHeaders, singleHeaders } from './headers';
import { requestTarget } from './target';
import {
  allowed2xx,
  inlineTable,
  judgedCodes,
  opensBeyond2xx,
  plainRows,
  steerRows,
  tableHint,
  tableOf,
  verdictRows,
} from './table';
import { contentLengthOf, scopeCheck, scopeMap, valuesOf } from './values';

/** Room for the auth server's header; the decider adds some of its own. */
const answerBuffer = '16k';
const hopBuffer = '20k';

/** Is the policy in the conf as it is, so that nginx's maps are all that has to judge an answer? */
export function isNative(auth: RemoteAuth, options: RenderOptions): boolean {
  return options.native !== false && options.api === undefined && auth.cache === undefined;
}

export interface NativeConf {
  /** Files below the output folder → content. */
  files: [path: string, content: string][];
  /** Lines of http {}, in the order in which they are read. */
  http: string[];
  /** The text of its decider, for `deciderOf`. */
  decider: string | undefined;
  /** What policies that JavaScript judges may need, too. */
  upstream: string;
  /** Lines of the server. */
  server: string;
}

interface Side {
  /** How many domains ask. */
  domains: number;
  /** Are there domains beside these whose verdicts the decider tells? */
  isTold: boolean;
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
  { options, names, fill, domains, isTold }: Pick<Side, 'options' | 'names' | 'fill' | 'domains' | 'isTold'>,
): NativeConf {
  const side = { policy, auth, options, names, fill, domains, isTold };
  const settable = settableValues(isTold);
  const table = tableValues(side);
  const values: TemplateValues = {
    ...valuesOf(policy, auth, options),
    ...commonLines(options),
    ...table,
    EDGE_AUTH_SCOPE_CHECK: auth.scope
      ? scopeCheck(scopeMap(auth).name, settable.EDGE_AUTH_SET_VERDICT, 299)
      : '',
    ...settable,
    ...(auth.requestMethod === 'follow' ? { EDGE_AUTH_METHOD: '$request_method' } : {}),
  };
  const target = requestTarget(auth, names, settable.EDGE_AUTH_SET_VERDICT);
  const hop = options.wiring === 'hop';
  const http = [
    ...(auth.timeoutAction === 'allow' ? [fill('http/unanswered-opens.conf', {})] : []),
    fill(hop ? 'http/table-hop.conf' : 'http/table-inline.conf', values),
    ...target.maps.map(({ conf }) => `${conf}\n`),
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
      hop ? policy.domain : undefined,
    ),
  });
  const server = fill(`server/native-${options.wiring}.conf`, {
    ...values,
    ...edgeValues(side, values),
  });
  return {
    files: [[`ask/${policy.domain}.conf`, request]],
    http,
    decider: hop ? deciderText(side, values) : undefined,
    upstream: fill('http/upstream.conf', values),
    server,
  };
}

/**
 * The variables that a verdict is written to. (!) Beside domains whose verdicts the decider tells, the public ones are volatile maps, and
 * nginx forgets what auth_request_set writes to one.
 */
function settableValues(isTold: boolean): TemplateValues & Record<'EDGE_AUTH_SET_VERDICT', string> {
  const own = isTold ? 'own_' : '';
  return {
    EDGE_AUTH_SET_VERDICT: `$edge_auth_${own}verdict`,
    EDGE_AUTH_SET_STATUS: `$edge_auth_${own}status`,
    EDGE_AUTH_SET_TIME: `$edge_auth_${own}time`,
  };
}

function tableValues({ auth, names, options }: Side): TemplateValues {
  const table = options.wiring === 'inline' ? inlineTable(tableOf(auth)) : tableOf(auth);
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
  return {
    EDGE_AUTH_ANSWER: fill('location/answer.conf', {
      EDGE_AUTH_BUFFER: hop ? hopBuffer : answerBuffer,
      EDGE_AUTH_IGNORED: hop ? '' : 'X-Accel-Redirect',
    }),
    EDGE_AUTH_TRIES: fill('location/tries.conf', values),
    EDGE_AUTH_ALLOW_LOCATION: opensBeyond2xx(table) ? fill('server/native-allow.conf', {}) : '',
    EDGE_AUTH_REPEATED_CHECK: showsFirstCopy(options)
      ? fill('location/repeated.conf', {
          ...values,
          EDGE_AUTH_SINGLE_HEADERS: quoted(singleHeaders(auth)).slice(1, -1),
        })
      : '',
    EDGE_AUTH_JUDGED_CODES: judgedCodes(auth, domains),
    EDGE_AUTH_JUDGE_SUCCESS:
      allowed2xx(table).length === 100
        ? ''
        : fill('location/judge-success.conf', { EDGE_AUTH_ALLOWED: allowed2xx(table).join(' ') }),
    EDGE_AUTH_OPENS: opens ? fill('location/opens.conf', values) : '',
  };
}

/** Stands for the domains in the text of a decider: those that ask alike have one text, and so one server. */
const decidedMark = '<domains>';

/** A decider of several domains. (!) By their names an nginx that is about to end finds the decider of the conf that comes after it. */
export function deciderOf(text: string, domains: string[]): string {
  return text.replace(decidedMark, domains.join('\n                '));
}

/** The decider that asks as this policy does: the same servers, times, table and Host. */
function deciderText({ auth, fill }: Side, values: TemplateValues): string {
  return fill('http/native-decider.conf', {
    ...values,
    EDGE_AUTH_DECIDED: decidedMark,
    EDGE_AUTH_HOST: hostOf(auth),
    EDGE_AUTH_CLEARED: clearedHeaders(auth),
    EDGE_AUTH_ANSWER: fill('location/answer.conf', {
      EDGE_AUTH_BUFFER: answerBuffer,
      EDGE_AUTH_IGNORED: 'X-Accel-Redirect',
    }),
    EDGE_AUTH_TRIES: fill('location/tries.conf', values),
    EDGE_AUTH_UNANSWERED_OPENS:
      auth.timeoutAction === 'allow' ? 'if ($edge_auth_unanswered_opens) {\n    return 298;\n}' : '',
  });
}

/** What every request that nginx judges itself shares, in http {}. */
export function nativeShared(options: RenderOptions, fill: Fill): string {
  return fill('http/native.conf', {
    EDGE_AUTH_NATIVE_WIRING: fill(`http/native-${options.wiring}.conf`, {}),
  });
}
