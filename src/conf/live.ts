/** The guard of a domain whose policy may change while nginx runs, and what all of them share. */

import { noShape, refusalOf } from '../core/live-entry';
import { denyStatusOf, policyShape, remoteLine, remoteShape, sha256 } from '../policy/live-policy';
import type { Policy, RemoteAuth } from '../policy/policy';
import { keylessText, type LiveGuard } from './signing/live-guard';
import { namedMap } from './map';
import { guardOnly, vendorErrorLine } from './signing/values';
import { denial, quoted } from './text';
import { scopeCheck, scopeMap } from './remote/values';
import type { TemplateValues } from './template';

/** The outcome where the conf was rendered from a policy without a signature. */
export const unsignedOutcome = namedMap('edge_auth_live_or_', '$edge_auth_live', [
  '    default $edge_auth_live_guard;',
  '    ""      off;',
]);

/** What this conf was rendered from, beside where the policy is found that is in force. */
export function liveAsk(policy: Policy): string {
  return `set $edge_auth_live_ask "${remoteLine(policy)}|$edge_auth_epoch:${policy.domain}";`;
}

/** In place of the values that the policy may change while nginx runs. */
export function liveRemoteValues(policy: Policy, auth: RemoteAuth): TemplateValues {
  const rendered = scopeMap(auth);
  const scope = namedMap('edge_auth_scope_or_', '$edge_auth_live_scope', [
    '    default $edge_auth_live_scope;',
    `    ""      ${rendered.name ? `$${rendered.name}` : '1'};`,
  ]);
  return {
    EDGE_AUTH_LIVE_ASK: liveAsk(policy),
    EDGE_AUTH_SCOPE_MAP: [rendered.conf, scope.conf].filter(Boolean).join('\n'),
    EDGE_AUTH_SCOPE_CHECK: scopeCheck(scope.name),
    EDGE_AUTH_DENY_CODE: String(denyStatusOf(auth)),
    EDGE_AUTH_RATE_MAP: '',
    // (!) Set for all requests of the server, or for none: it takes the place of the operator's limit_rate.
    EDGE_AUTH_RATE:
      'throttle' in auth.failureAction ? 'auth_request_set $limit_rate         $edge_auth_live_rate;' : '',
  };
}

export function liveGuardValues(policy: Policy, guard: LiveGuard | undefined): TemplateValues {
  const signing = policy.enabled ? policy.urlSigning : undefined;
  return {
    EDGE_AUTH_DOMAIN: policy.domain,
    EDGE_AUTH_LIVE_ASK: liveAsk(policy),
    EDGE_AUTH_SHAPE: policyShape(policy),
    EDGE_AUTH_FORM: guard ? `$${guard.form}` : 'none',
    EDGE_AUTH_SIGNED: guard && signing ? keylessText(signing) : '""',
    EDGE_AUTH_STATE: guard ? guard.state : '',
    EDGE_AUTH_CLEAN_ARGS: guard ? guard.cleanArgs : 'edge_auth_live_args',
    EDGE_AUTH_REFUSAL: quoted(signing ? refusalOf(signing) : '403'),
    EDGE_AUTH_REFUSED_STATUS: denial(signing ? signing.denyStatus : 403),
    EDGE_AUTH_VENDOR_ERROR: vendorErrorLine(guard?.vendorError ?? ''),
    // (!) No pattern where none has to be: it would replace what a regex server_name captured.
    EDGE_AUTH_STEP_PATH: guard ? '~ "^(?:live_path:|:path$)"' : '= "live_path:"',
    EDGE_AUTH_STEP_ARGS: guard
      ? `~ "^(?:live_args:|:${signing?.keepArgsForOrigin ? 'none' : 'args'}$)"`
      : '= "live_args:"',
    // Patterns that may run no later than here, where no location's captures are in use.
    EDGE_AUTH_KEPT_ARGS:
      guard && signing?.keepArgsForOrigin ? `set $edge_auth_left_args $${guard.cleanArgs};` : '',
    EDGE_AUTH_SIGNING: guard ? guard.name : noShape,
    EDGE_AUTH_OUTCOME: `$${guard ? guard.outcome : unsignedOutcome.name}`,
    EDGE_AUTH_GUARD_ONLY: policy.enabled && policy.remoteAuth ? '' : guardOnly,
  };
}

/** Changes with any policy: what workers of an earlier conf have in memory is not read by those of a later one. */
export function epochOf(texts: ReadonlyMap<string, string>): string {
  return sha256([...texts].map(([domain, text]) => `${domain} ${sha256(text)}\n`).join('')).slice(0, 16);
}

/** Which question the conf asks for each domain, for the API: a line `<domain> <shape>` each. */
export function renderedShapes(policies: Policy[]): string {
  return policies.map((policy) => `${policy.domain} ${remoteShape(policy)}\n`).join('');
}
