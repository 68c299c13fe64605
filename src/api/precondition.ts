/** If-Match and If-None-Match (RFC 9110, 13.1), so that two operators do not overwrite each other. */

import { sha256 } from '../policy/live-policy';

/** `text`: a policy file, to the letter. */
export function etagOf(text: string): string {
  return '"' + sha256(text).slice(0, 32) + '"';
}

/** May a change go on? `etag`: of the file there is, undefined for none. A header that cannot be read matches nothing. */
export function mayGoOn(
  ifMatch: string | undefined,
  ifNoneMatch: string | undefined,
  etag: string | undefined,
): boolean {
  if (ifMatch !== undefined && !matches(ifMatch, etag, false)) return false;
  return ifNoneMatch === undefined || !matches(ifNoneMatch, etag, true);
}

export function isUnmodified(ifNoneMatch: string | undefined, etag: string): boolean {
  return ifNoneMatch !== undefined && matches(ifNoneMatch, etag, true);
}

/** `weak`: is a tag that begins with `W/` compared as if it did not? */
function matches(list: string, etag: string | undefined, weak: boolean): boolean {
  if (etag === undefined) return false;
  if (list.trim() === '*') return true;
  return list.split(',').some(function (entry) {
    const tag = entry.trim();
    return (weak ? tag.replace(/^W\//, '') : tag) === etag;
  });
}
