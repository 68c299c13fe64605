/** The njs handler of URL signing. It runs in the rewrite phase, so it is synchronous. */

import { checkSignature } from '../core/signing/check';
import { isDigest } from './digest';

/** `js_set $edge_auth_verified`: `signed`, or the reason for refusing. Anything else than `signed` denies. */
function verify(r: NginxHTTPRequest): string {
  try {
    const now = Date.now() / 1000;
    const outcome = checkSignature(r.variables.edge_auth_signed as string, now, isDigest);
    if (outcome !== 'bad_signature') return outcome;
    const second = r.variables.edge_auth_signed_again;
    return second ? checkSignature(second, now, isDigest) : outcome;
  } catch {
    return 'error';
  }
}

export { verify };
