/** The njs handlers of URL signing. They run in the rewrite phase, so they are synchronous. */

import crypto from 'crypto';
import { checkSignature } from '../core/url-signing/check';
import { escapedUri } from '../core/url-signing/escaped-uri';

/** Every byte is compared, in words of four: no engine has timingSafeEqual. */
function isDigest(hash: string, text: string, hex: string): boolean {
  const expected = crypto
    .createHash(hash as 'md5')
    .update(text)
    .digest();
  // eslint-disable-next-line no-restricted-globals -- every njs has it
  const received = Buffer.from(hex, 'hex');
  let difference = expected.length ^ received.length;
  for (let i = 0; i < expected.length; i += 4)
    difference |= expected.readInt32LE(i) ^ received.readInt32LE(i);
  return difference === 0;
}

/** `js_set $edge_auth_verified`: `signed`, or the reason for refusing. Anything else than `signed` denies. */
function verify(r: NginxHTTPRequest): string {
  try {
    const now = Math.floor(Date.now() / 1000);
    const outcome = checkSignature(r.variables.edge_auth_signed || '', now, isDigest);
    if (outcome !== 'bad_signature') return outcome;
    const second = r.variables.edge_auth_signed_again;
    return second ? checkSignature(second, now, isDigest) : outcome;
  } catch {
    return 'error';
  }
}

/** `js_set $edge_auth_escaped_uri`: the clean request target as the vendor escapes it. */
function readEscapedUri(r: NginxHTTPRequest): string {
  return escapedUri(r.variables.edge_auth_clean_uri || '');
}

export { readEscapedUri, verify };
