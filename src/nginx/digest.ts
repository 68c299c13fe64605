/** The digests of njs. */

import crypto from 'crypto';

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
export function isDigest(hash: string, text: string, hex: string): boolean {
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

/** SHA-256 of the text's UTF-8 bytes, in hex. */
export function sha256(text: string): string {
  return crypto.createHash('sha256').update(text).digest('hex');
}
