/** Who asks: bearer tokens, of which nginx's conf holds digests only. */

import { sha256 } from '../policy/live-policy';

export type Role = 'read' | 'write';

export interface Caller {
  role: Role;
  /** The first 8 hex digits of the token's digest: tells two writers apart in a log. */
  id: string;
}

/** 16-256 visible ASCII characters; the scheme's case does not matter (RFC 9110, 11.1). */
const bearer = /^bearer +([!-~]{16,256})$/i;

/**
 * `authorization`: every such header of the request; one is expected. `known`: `role:sha256hex` pairs, spaces between. Every pair is compared,
 * each to its last character, so that the time it takes tells nothing about any of them.
 */
export function findCaller(authorization: string[], known: string): Caller | undefined {
  const match = authorization.length === 1 ? bearer.exec(authorization[0] as string) : null;
  const digest = sha256(match === null ? '' : (match[1] as string));
  let mayRead = false;
  let mayWrite = false;
  const pairs = known.split(' ');
  for (let i = 0; i < pairs.length; i++) {
    const pair = pairs[i] as string;
    const colon = pair.indexOf(':');
    const isSame = isEqual(digest, pair.slice(colon + 1));
    mayWrite = (isSame && pair.slice(0, colon) === 'write') || mayWrite;
    mayRead = (isSame && pair.slice(0, colon) === 'read') || mayRead;
  }
  if (match === null || !(mayRead || mayWrite)) return undefined;
  return { role: mayWrite ? 'write' : 'read', id: digest.slice(0, 8) };
}

/** `digest`: 64 characters. */
function isEqual(digest: string, other: string): boolean {
  let difference = digest.length ^ other.length;
  for (let i = 0; i < digest.length; i++) difference |= digest.charCodeAt(i) ^ other.charCodeAt(i);
  return difference === 0;
}
