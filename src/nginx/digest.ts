/** The digests of njs. */

import crypto from 'crypto';

/**
 * Does the same for a wrong hash as for a right one, since no engine has timingSafeEqual: every byte of both is read, and what differs is
 * gathered by `^` and `|`, which are as fast for any bytes, before the one decision. Written out, because the njs engine reads an index
 * faster than it calls `readInt32LE` or goes round a loop. A hash of another length is wrong: what is read beyond its end counts as 0.
 */
export function isDigest(hash: string, text: string, hex: string): boolean {
  const a = crypto
    .createHash(hash as 'md5')
    .update(text)
    .digest();
  // eslint-disable-next-line no-restricted-globals -- every njs has it
  const b = Buffer.from(hex, 'hex');
  let difference =
    (a.length ^ b.length) |
    (a[0]! ^ b[0]!) |
    (a[1]! ^ b[1]!) |
    (a[2]! ^ b[2]!) |
    (a[3]! ^ b[3]!) |
    (a[4]! ^ b[4]!) |
    (a[5]! ^ b[5]!) |
    (a[6]! ^ b[6]!) |
    (a[7]! ^ b[7]!) |
    (a[8]! ^ b[8]!) |
    (a[9]! ^ b[9]!) |
    (a[10]! ^ b[10]!) |
    (a[11]! ^ b[11]!) |
    (a[12]! ^ b[12]!) |
    (a[13]! ^ b[13]!) |
    (a[14]! ^ b[14]!) |
    (a[15]! ^ b[15]!);
  if (hash === 'sha256') for (let i = 16; i < 32; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

/** SHA-256 of the bytes, or of the text's UTF-8 bytes, in hex. */
export function sha256(text: string | Buffer): string {
  return crypto.createHash('sha256').update(text).digest('hex');
}

/** MD5 of the bytes in hex. */
export function md5(bytes: Buffer): string {
  return crypto.createHash('md5').update(bytes).digest('hex');
}
