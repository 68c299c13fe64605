/** The text of a compiled policy, as `livePolicy` writes it: what stands where. */

import type { SigningPolicy } from './url-signing/verify';

/** Stands for a policy without a signature, and for a conf that was rendered from one. */
export const noShape = '----------------';

/** What dictionary and file say of a domain whose policy file is gone. */
export const missingPolicy = 'missing';

export interface LiveSigning extends SigningPolicy {
  keys: string[];
  denyStatus: number;
  keepArgsForOrigin: boolean;
  vendorErrorHeader: boolean;
}

/** Is the text whole? A file that was cut off is not. */
export function isLiveEntry(text: string): boolean {
  return /^[0-9a-f]{64}\n[^\n]{16,}\n[^\n]+\n[^\n]+\nend\n$/.test(text);
}

/** SHA-256 in hex of the policy file that the entry was made from. */
export function digestOfEntry(entry: string): string {
  return entry.slice(0, 64);
}

/** The shape of remote authentication, or `-`. */
export function remoteShapeOfEntry(entry: string): string {
  return entry.split('\n', 3)[2] as string;
}

/** The rules and keys of the signature; null where there is none. */
export function signingOfEntry(entry: string): LiveSigning | null {
  return JSON.parse(entry.split('\n', 4)[3] as string) as LiveSigning | null;
}
