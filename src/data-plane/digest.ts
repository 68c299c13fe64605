/** The digests of njs. */

import crypto from 'crypto';

/**
 * No engine has timingSafeEqual. So that the time tells nothing about a wrong hash, both are read as numbers first, digit by digit to the
 * end, and their leading 53 bits are compared at once. Whoever gets these right has as good as found the hash, and only then is the rest
 * looked at. Byte by byte it takes twice as long in each engine. What is no hexadecimal number is wrong, and so is another length.
 */
export function isDigest(hash: string, text: string, hex: string): boolean {
  const right = crypto
    .createHash(hash as 'md5')
    .update(text)
    .digest('hex');
  return +('0x' + right) === +('0x' + hex) && right === hex;
}

/** SHA-256 of the bytes, or of the text's UTF-8 bytes, in hex. */
export function sha256(text: string | Buffer): string {
  return crypto.createHash('sha256').update(text).digest('hex');
}

/** MD5 of the bytes in hex. */
export function md5(bytes: Buffer): string {
  return crypto.createHash('md5').update(bytes).digest('hex');
}
