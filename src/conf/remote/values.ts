/** Turns a policy into the values of the templates. Everything here has passed the policy's validation. */

import { scopeRules } from '../../core/scope';
import { denyStatusOf } from '../../policy/live-policy';
import type { Policy, RemoteAuth } from '../../policy/policy';
import { headerLines, singleHeaders } from './headers';
import { mapEntry, type NamedMap, namedMap, noMap, roundaboutMap } from '../map';
import { targetLines } from './target';
import { denial, digestOf, quoted } from '../text';
import type { RenderOptions } from '../options';
import { isNjsAtLeast, showsFirstCopy } from '../options';
import type { TemplateValues } from '../template';

/**
 * Domains that ask the same servers share one upstream, and so its connections: nginx looks an upstream up by going through all
 * of them, on every question. A connection is as trusted as the TLS settings that opened it, so those are part of the name.
 */
function upstreamName(auth: RemoteAuth): string {
  return `edge_auth_server_${digestOf([auth.authServers[0]?.scheme, serverLines(auth), tlsLines(auth)].join('\n'))}`;
}

function serverLines(auth: RemoteAuth): string {
  const count = auth.authServers.length;
  const several = count > 1;
  // The last of three gets one question in 10^18, of eight one in 1000.
  const step = Math.floor(18 / Math.max(1, count - 2));
  return auth.authServers
    .map((server, index) => {
      // Backups share by weight: a steep one keeps the order that the policy gives. No server is ever set aside: a client
      // could provoke the failure, and for the time of it everyone's requests would meet no server.
      const order = index === 0 ? '' : ` backup weight=${10 ** (step * (count - 1 - index))}`;
      return `    server ${server.host}:${server.port}${several ? ' max_fails=0' : ''}${order};`;
    })
    .join('\n');
}

/** (!) nginx before 1.26 takes an empty text for the name of a file; an empty variable is none to all of them. */
const none = '$edge_auth_none';

function tlsLines(auth: RemoteAuth): string {
  const first = auth.authServers[0];
  if (!first || first.scheme !== 'https') return '';
  const { verify, caFile, serverName, clientCertificate, clientKey } = auth.tls;
  const name = serverName ?? first.host.replace(/^\[|\]$/g, '');
  return [
    `proxy_ssl_verify              ${verify ? 'on' : 'off'};`,
    'proxy_ssl_verify_depth        4;',
    `proxy_ssl_trusted_certificate ${quoted(caFile ?? '/etc/ssl/certs/ca-certificates.crt')};`,
    `proxy_ssl_name                ${quoted(name)};`,
    'proxy_ssl_server_name         on;',
    'proxy_ssl_session_reuse       on;',
    'proxy_ssl_protocols           TLSv1.2 TLSv1.3;',
    '# None of http {}.',
    'proxy_ssl_ciphers             DEFAULT;',
    'proxy_ssl_conf_command        MinProtocol TLSv1.2;',
    'proxy_ssl_crl                 "";',
    `proxy_ssl_certificate         ${quoted(clientCertificate ?? none)};`,
    `proxy_ssl_certificate_key     ${quoted(clientKey ?? none)};`,
  ].join('\n');
}

export function scopeMap(auth: RemoteAuth): NamedMap {
  if (!auth.scope) return noMap;
  const { rules, fallback } = scopeRules(auth.scope);
  return namedMap('edge_auth_scope_', `"$request_method \${${roundaboutMap.name}}$edge_auth_scope_path"`, [
    '    # 1: the auth server is asked. The first rule that matches decides; one that fails (PCRE) asks.',
    '    default 1;',
    ...rules.map((rule) => mapEntry(rule.pattern, rule.inScope ? '1' : '0', rule.caseSensitive)),
    ...(fallback ? [] : [mapEntry('', '0')]),
  ]);
}

/** How much longer than timeout_ms the edge waits for the decider, which says by then that the auth server is silent. */
const deciderMarginMs = 250;

function rateMap(auth: RemoteAuth): NamedMap {
  if (!('throttle' in auth.failureAction)) return noMap;
  // nginx takes 64K and 64k for one, as it does names of variables.
  const rate = auth.failureAction.throttle.toLowerCase();
  const name = `edge_auth_rate_${rate}`;
  const conf = [
    '# Bytes a second of a throttled client.',
    `map $edge_auth_verdict $${name} {`,
    '    volatile;',
    '    default                   0;',
    `    "throttle failure_status" ${rate};`,
    '}',
  ].join('\n');
  return { name, conf };
}

/** `verdict`: the variable that a verdict is written to. `status`: by which auth_request lets in what was not asked about. */
export const scopeCheck = (variable: string, verdict = '$edge_auth_own_verdict', status = 204): string =>
  [
    `if ($${variable} = 0) {`,
    `    set    ${verdict} "allow out_of_scope";`,
    `    return ${status};`,
    '}',
  ].join('\n');

const scopePath = [
  '# The path as nginx serves it, also after an internal redirect. The question itself never gets here.',
  'set $edge_auth_scope_path $uri;',
].join('\n');

/** Of the auth request, which has no body. `followed`: the variable for a method that is the client's. */
export function contentLengthOf(auth: RemoteAuth, followed: string): string {
  return { GET: '""', HEAD: '""', POST: '0', follow: followed }[auth.requestMethod];
}

/** The values of every per-domain template. */
export function valuesOf(policy: Policy, auth: RemoteAuth, options: RenderOptions): TemplateValues {
  const scope = scopeMap(auth);
  const rate = rateMap(auth);
  const isThrottled = 'throttle' in auth.failureAction;
  const failOpen = auth.timeoutAction === 'allow';
  return {
    EDGE_AUTH_DOMAIN: policy.domain,
    EDGE_AUTH_UPSTREAM: upstreamName(auth),
    EDGE_AUTH_DECIDER: options.decider,
    EDGE_AUTH_ASK_FILE: `${options.prefix}/ask/${policy.domain}.conf`,
    EDGE_AUTH_SERVERS: serverLines(auth),
    EDGE_AUTH_SCHEME: auth.authServers[0]?.scheme ?? 'http',
    EDGE_AUTH_METHOD: auth.requestMethod === 'follow' ? '$edge_auth_method' : auth.requestMethod,
    EDGE_AUTH_TARGET: targetLines(auth),
    EDGE_AUTH_PASS_HEADERS: auth.keepHeaders === 'all' ? 'on' : 'off',
    EDGE_AUTH_HEADERS: headerLines(auth, options.wiring, contentLengthOf(auth, '$edge_auth_content_length')),
    EDGE_AUTH_SINGLE_HEADERS: showsFirstCopy(options) ? quoted(singleHeaders(auth)).slice(1, -1) : '',
    EDGE_AUTH_SUCCESS_STATUS: auth.successStatus.join(' '),
    EDGE_AUTH_FAILURE_STATUS: auth.failureStatus.join(' '),
    EDGE_AUTH_OTHER_STATUS: auth.otherStatus,
    EDGE_AUTH_FAILURE_ACTION: isThrottled ? 'throttle' : 'deny',
    EDGE_AUTH_DENY_STATUS: denial(denyStatusOf(auth)),
    EDGE_AUTH_TIMEOUT_MS: String(auth.timeoutMs),
    EDGE_AUTH_HOP_TIMEOUT_MS: String(auth.timeoutMs + deciderMarginMs),
    EDGE_AUTH_TRY_MS: String(Math.ceil(auth.timeoutMs / auth.authServers.length)),
    EDGE_AUTH_TIMEOUT_ACTION: auth.timeoutAction,
    EDGE_AUTH_TIMEOUT_STATUS: failOpen ? '204' : '403',
    EDGE_AUTH_TLS: tlsLines(auth),
    EDGE_AUTH_SCOPE_MAP: scope.conf,
    EDGE_AUTH_RATE_MAP: rate.conf,
    EDGE_AUTH_SCOPE_PATH: auth.scope ? scopePath : '',
    EDGE_AUTH_SCOPE_CHECK: auth.scope ? scopeCheck(scope.name) : '',
    EDGE_AUTH_RATE: isThrottled ? `auth_request_set $limit_rate         $${rate.name};` : '',
    EDGE_AUTH_OBEY: isNjsAtLeast(options, [0, 8, 9])
      ? ''
      : 'proxy_set_header X-Edge-Auth-Obeys    1;\njs_header_filter edge_auth.later.obey;',
  };
}
