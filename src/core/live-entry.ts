/** The text of a compiled policy, as `livePolicy` writes it: what stands where. */

import type { Scope } from './scope';
import type { SigningPolicy } from './signing/verify';

/** Stands for a policy by which nothing is judged, and for a conf that was rendered from one. */
export const noShape = '----------------';

/** What dictionary and file say of a domain whose policy file is gone. */
export const missingPolicy = 'missing';

/** What is said of a policy that the edge has no descriptor or memory left to read. It is never shared: the next request reads again. */
export const unreadPolicy = 'unread';

export interface LiveSigning extends SigningPolicy {
  keys: string[];
  denyStatus: number;
  keepArgsForOrigin: boolean;
  vendorErrorHeader: boolean;
}

/** The last line; the number is that of the form of the lines before it. */
export const lastLine = 'end 1';

/** Is the text whole, and of this form? A file that was cut off or made by another release is not. */
export function isLiveEntry(text: string): boolean {
  return /^[0-9a-f]{64}\n[^\n]{16,}\n[^\n]+\n[^\n]+\nend 1\n$/.test(text);
}

/** SHA-256 in hex of the policy file that the entry was made from. */
export function digestOfEntry(entry: string): string {
  return entry.slice(0, 64);
}

/** What becomes of an answer of the auth server: shape and settings, `;` between; `-` where none is asked. */
export function remoteLineOf(entry: string): string {
  return entry.split('\n', 3)[2] || '-';
}

/** What nginx's maps judge by. */
export interface LiveRules {
  signing: LiveSigning | null;
  /** Of the question to the auth server; null: every request. */
  scope: Scope | null;
}

export function rulesOf(entry: string): LiveRules {
  return JSON.parse(entry.split('\n', 4)[3] as string) as LiveRules;
}

/** Status of a refusal, and behind it the argument that the vendor's words name, where they are wanted. */
export function refusalOf(
  signing: Pick<LiveSigning, 'denyStatus' | 'vendorErrorHeader' | 'signArg'>,
): string {
  return signing.denyStatus + (signing.vendorErrorHeader ? signing.signArg || 'auth_key' : '');
}
