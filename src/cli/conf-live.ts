/** The guard of a domain whose policy may change while nginx runs, and what all of them share. */

import { noShape } from '../core/live-entry';
import { remoteShape, sha256, signingShape } from '../policy/live-policy';
import type { Policy } from '../policy/policy';
import { type Guard, keylessText } from './conf-guard';
import { namedMap } from './conf-map';
import { guardOnly, refusalValues } from './conf-signing';
import type { TemplateValues } from './template';

/** The outcome where the conf was rendered from a policy without a signature. */
export const unsignedOutcome = namedMap('edge_auth_live_or_', '$edge_auth_live', [
  '    default $edge_auth_live_guard;',
  '    ""      off;',
]);

export function liveGuardValues(policy: Policy, guard: Guard | undefined): TemplateValues {
  const signing = policy.enabled ? policy.urlSigning : undefined;
  return {
    EDGE_AUTH_DOMAIN: policy.domain,
    EDGE_AUTH_REMOTE_SHAPE: remoteShape(policy),
    EDGE_AUTH_SHAPE: signingShape(signing),
    EDGE_AUTH_FORM: guard ? `$${guard.form}` : 'none',
    EDGE_AUTH_SIGNED: guard && signing ? keylessText(signing) : '""',
    EDGE_AUTH_STRIP: guard ? guard.stripLines.join('\n') : '',
    EDGE_AUTH_SIGNING: guard ? guard.name : noShape,
    EDGE_AUTH_OUTCOME: `$${guard ? guard.outcome : unsignedOutcome.name}`,
    EDGE_AUTH_GUARD_ONLY: policy.enabled && policy.remoteAuth ? '' : guardOnly,
    ...refusalValues(signing, guard),
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
