/**
 * When does a well-formed signature open its resource? `checkSignature` says it, and nothing else does. It runs in nginx on
 * each signed request, so everything stands at a fixed place of one line of text, and nothing is allocated that can be avoided.
 */

import type { SignedForm } from './form';
import { readDate } from './timestamp';

export interface SigningRules extends SignedForm {
  /** Minutes east of UTC, for `yyyyMMDDhhmm`. */
  timeZone: number;
  /** Seconds of validity after the timestamp, 0-630720000. */
  timeout: number;
  /** Seconds that a timestamp may lie ahead, 0-630720000. */
  maxFuture: number;
}

export type SignatureOutcome =
  'signed' | 'malformed' | 'not_yet_valid' | 'expired' | 'bad_signature' | 'policy_invalid';

/** Is `hex` the digest of the text's UTF-8 bytes? Takes the same time whatever the answer. */
export type IsDigest = (hash: 'md5' | 'sha256', text: string, hex: string) => boolean;

/** The beginning of a line: for how long the time and the hash that follow hold, and how they are spelled. 25 characters. */
export function lineStart(rules: SigningRules): string {
  const zone = (rules.timeZone < 0 ? '-' : '+') + String(Math.abs(rules.timeZone)).padStart(4, '0');
  return (
    String(rules.timeout).padStart(9, '0') +
    { dec: 'd', hex: 'x', yyyyMMDDhhmm: 'm' }[rules.timestampFormat] +
    { md5: '5', sha256: '2' }[rules.hash] +
    String(rules.maxFuture).padStart(9, '0') +
    zone
  );
}

/**
 * `line`: `lineStart`, the timestamp, the hash and the text that is hashed, one after the other. `now`: unix seconds, which may have
 * a fraction. The time is checked before the hash, as the vendors do. A URL expires when the second `now` is past
 * `timestamp + timeout`: in the last second it is valid. A line that is not as `lineStart` makes it is `policy_invalid`.
 */
export function checkSignature(line: string, now: number, isDigest: IsDigest): SignatureOutcome {
  // An index and a plus: the njs engine pays for a call many times what it pays for an operator.
  const timeout = +line.slice(0, 9);
  const format = line[9];
  const hash = line[10] === '5' ? 'md5' : 'sha256';
  const timeEnd = format === 'd' ? 35 : format === 'x' ? 33 : 37;
  const hashEnd = timeEnd + (hash === 'md5' ? 32 : 64);
  const written = line.slice(25, timeEnd);
  // Comparisons with NaN are false: each is written so that false refuses.
  if (!(timeout >= 0 && line.length > hashEnd)) return 'policy_invalid';
  let time;
  if (format === 'd') time = +written;
  else if (format === 'x') time = parseInt(written, 16);
  else if (format === 'm') time = readDate(written, +line.slice(20, 25));
  else return 'policy_invalid';
  if (!(time >= 0)) return 'malformed';
  if (!(time <= now || time <= now + +line.slice(11, 20))) return 'not_yet_valid';
  if (!(now < time + timeout + 1)) return 'expired';
  return isDigest(hash, line.slice(hashEnd), line.slice(timeEnd, hashEnd)) ? 'signed' : 'bad_signature';
}
