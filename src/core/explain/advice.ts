/** For people: what to do about a verdict on a signed URL. Nothing here decides. */

import type { SignatureParts } from '../signing/form';
import { encodeTarget } from '../signing/sign';
import type { SigningReason } from '../signing/verify';
import { decoded } from './form-fault';

/** What to do about each outcome. */
export const advice: Record<SigningReason, string> = {
  signed: 'nothing: the edge opens it',
  white_list: 'nothing: its path is in white_list, so it needs no signature',
  out_of_scope: 'nothing: it is out of scope, so it needs no signature',
  method_not_allowed: 'list the method in methods, or under scope.exclude_methods if it needs no signature',
  no_signature: 'sign the URL: edge-auth sign',
  malformed:
    "compare the signer with docs/signing.md; type, names, timestamp_format and hash must be the policy's",
  path_mismatch:
    'sign the path as it is served: no empty or dot segment, none of %2F %5C or a control character, no %3B behind a signature',
  not_yet_valid: 'set the clocks, or raise max_future if the signer writes the time of expiry',
  expired: 'sign again, or raise timeout; type B has no seconds and counts from the start of its minute',
  bad_signature: "compare key, hash and the hashed text with the signer's, character by character",
  policy_invalid: 'check the policy: edge-auth check',
};

/** What signers often hash in place of the path and timestamp of the request line. */
export function commonMistakes(
  parts: SignatureParts,
  query: string,
): [words: string, parts: SignatureParts][] {
  const path = parts.path;
  const time = parts.time;
  const codes = function (change: (code: string) => string): string {
    return path.replace(/%[0-9a-f]{2}/gi, change);
  };
  const upper = function (text: string): string {
    return text.toUpperCase();
  };
  const lower = function (text: string): string {
    return text.toLowerCase();
  };
  const withPath = function (other: string): SignatureParts {
    return Object.assign({}, parts, { path: other });
  };
  const withTime = function (other: string): SignatureParts {
    return Object.assign({}, parts, { time: other });
  };
  return [
    ['the path with what clients percent-encode', withPath(encodeTarget(path))],
    ['the decoded path', withPath(decoded(path))],
    ['the path with its query', withPath(`${path}?${query}`)],
    ['the path without its first slash', withPath(path.slice(1))],
    ['the path with %XX in capitals', withPath(codes(upper))],
    ['the path with %xx in lower case', withPath(codes(lower))],
    ['the timestamp in capitals', withTime(upper(time))],
    ['the timestamp in lower case', withTime(lower(time))],
  ];
}
