/** The njs handler of URL signing. It runs in the rewrite phase, so it is synchronous. */

import crypto from 'crypto';
import { checkSignature } from '../core/url-signing/check';

/** What differs in sixteen bytes, four at a time. */
function differenceFrom(i: number, a: Buffer, b: Buffer): number {
  return (
    (a.readInt32LE(i) ^ b.readInt32LE(i)) |
    (a.readInt32LE(i + 4) ^ b.readInt32LE(i + 4)) |
    (a.readInt32LE(i + 8) ^ b.readInt32LE(i + 8)) |
    (a.readInt32LE(i + 12) ^ b.readInt32LE(i + 12))
  );
}

/** Every byte is compared, whatever the first ones say: no engine has timingSafeEqual. A read beyond the end throws, which denies. */
function isDigest(hash: string, text: string, hex: string): boolean {
  const expected = crypto
    .createHash(hash as 'md5')
    .update(text)
    .digest();
  // eslint-disable-next-line no-restricted-globals -- every njs has it
  const received = Buffer.from(hex, 'hex');
  let difference = differenceFrom(0, expected, received);
  if (hash === 'sha256') difference |= differenceFrom(16, expected, received);
  return difference === 0;
}

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
