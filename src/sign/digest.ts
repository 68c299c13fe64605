/** Node's digests, for core's functions that take one. */

import { createHash, timingSafeEqual } from 'node:crypto';

export function digest(hash: 'md5' | 'sha256', text: string): string {
  return createHash(hash).update(text).digest('hex');
}

/** `hex` has the right length: core's rules have seen to it. */
export function isDigest(hash: 'md5' | 'sha256', text: string, hex: string): boolean {
  return timingSafeEqual(createHash(hash).update(text).digest(), Buffer.from(hex, 'hex'));
}
