/** Turns a policy's `url_signing` into the values of its templates. Everything here has passed the policy's validation. */

import type { Policy, UrlSigning } from '../../policy/policy';
import { type Guard, signedLine } from './guard';
import type { TemplateValues } from '../template';
import { denial } from '../text';

/** What a domain without a question says of a request that the guard let through. */
export const guardOnly = 'set $edge_auth_decision allow;\nset $edge_auth_reason   $edge_auth_guard;';

/** `variable`: without `$`, with the vendor's words for a refusal; empty where they are not wanted. */
export const vendorErrorLine = (variable: string): string =>
  variable ? `add_header X-Tengine-Error $${variable} always;` : '';

export function signingValues(
  policy: Policy,
  signing: UrlSigning,
  guard: Guard,
  prefix: string,
): TemplateValues {
  const [first, second] = signing.keys;
  if (first === undefined) throw new Error(`${policy.domain}: expected a key, received none`);
  return {
    EDGE_AUTH_DOMAIN: policy.domain,
    EDGE_AUTH_STRIP: guard.stripLines.join('\n'),
    EDGE_AUTH_SIGNING: guard.name,
    EDGE_AUTH_KEYS_FILE: `${prefix}/keys/${policy.domain}.conf`,
    EDGE_AUTH_OUTCOME: `$${guard.outcome}`,
    EDGE_AUTH_GUARD_ONLY: policy.remoteAuth ? '' : guardOnly,
    EDGE_AUTH_VENDOR_ERROR: vendorErrorLine(guard.vendorError),
    EDGE_AUTH_REFUSED_STATUS: denial(signing.denyStatus),
    EDGE_AUTH_SIGNED: signedLine(signing, first),
    EDGE_AUTH_SIGNED_AGAIN:
      second === undefined ? '' : `set $edge_auth_signed_again ${signedLine(signing, second)};`,
  };
}
