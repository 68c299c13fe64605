/** For people: what to do about a verdict on a signed URL. Nothing here decides. */

import type { SignatureParts } from '../core/url-signing/form';
import { encodeTarget } from '../core/url-signing/sign';
import type { SigningReason } from '../core/url-signing/verify';
import { decoded } from './signing-fault';

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
    'sign the path as it is served: no empty or dot segment, none of %2F %5C %3B or a control character',
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
  const { path, time } = parts;
  const upper = path.replace(/%[0-9a-f]{2}/gi, (code) => code.toUpperCase());
  const lower = path.replace(/%[0-9a-f]{2}/gi, (code) => code.toLowerCase());
  return [
    ['the path with what clients percent-encode', { ...parts, path: encodeTarget(path) }],
    ['the decoded path', { ...parts, path: decoded(path) }],
    ['the path with its query', { ...parts, path: `${path}?${query}` }],
    ['the path without its first slash', { ...parts, path: path.slice(1) }],
    ['the path with %XX in capitals', { ...parts, path: upper }],
    ['the path with %xx in lower case', { ...parts, path: lower }],
    ['the timestamp in capitals', { ...parts, time: time.toUpperCase() }],
    ['the timestamp in lower case', { ...parts, time: time.toLowerCase() }],
  ];
}
