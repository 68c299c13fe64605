/** `edge-auth/sign`: signed URLs for origin servers in Node. */

import { placesOf } from '../core/signing/sign';
import { readZone } from '../core/signing/timestamp';
import { buildSigned } from './build-signed';
import { hashDefault, timeZoneDefault, typeDefaults } from './defaults';

/** The fields have the meaning, and by type the defaults, of the policy's `url_signing`. */
export interface SignOptions {
  type: 'A' | 'B' | 'C' | 'D' | 'F';
  /** 6-128 visible ASCII characters; one of the policy's keys. */
  key: string;
  /** Default `md5`. */
  hash?: 'md5' | 'sha256' | undefined;
  /** Name of the argument with the signature. Default: A `auth_key`, C `KEY1`, D and F `sign`; type B has none. */
  signArg?: string | undefined;
  /** Name of the argument with the timestamp. Default: C `KEY2`, D `t`, F `time`; types A and B have none. */
  timeArg?: string | undefined;
  /** Default: A and D `dec`, B `yyyyMMDDhhmm`, C and F `hex`. */
  timestampFormat?: 'dec' | 'hex' | 'yyyyMMDDhhmm' | undefined;
  /** Offset from UTC of a timestamp spelled `yyyyMMDDhhmm`. Default `+08:00`. */
  timeZone?: string | undefined;
  /** The time of signing: a Date, or unix seconds (not milliseconds). Default: now. The URL opens until then and the policy's timeout. */
  at?: Date | number | undefined;
  /** Type A: makes each URL another one; no hyphen. Default: a random UUID without hyphens. */
  rand?: string | undefined;
  /** Type A: user id; no hyphen. Default `0`. */
  uid?: string | undefined;
  /** Type C: in front of the path (default), or as arguments. */
  form?: 'path' | 'args' | undefined;
  /** Default true: the edge takes `//` for `/`, so that no path with `//` can be signed. False: its server has `merge_slashes off`. */
  mergeSlashes?: boolean | undefined;
}

/**
 * `url`: an http(s) URL, or a path with or without a query. What cannot stand in a URL is percent-encoded; nothing else changes.
 * Throws where the edge would refuse the signed URL, and for options that no policy has; the key is in no message.
 */
export function signUrl(url: string, options: SignOptions): string {
  const { type, key, hash = hashDefault, timeZone = timeZoneDefault, at = new Date() } = options;
  if (!Object.hasOwn(typeDefaults, type)) throw fault('type A, B, C, D or F', String(type));
  const defaults: { sign_arg?: string; time_arg?: string; timestamp_format: 'dec' | 'hex' | 'yyyyMMDDhhmm' } =
    typeDefaults[type];
  const { timestampFormat = defaults.timestamp_format } = options;
  if (typeof key !== 'string' || !/^[!-~]{6,128}$/.test(key)) {
    throw fault('a key of 6-128 visible ASCII characters', 'another');
  }
  if (hash !== 'md5' && hash !== 'sha256') throw fault('hash md5 or sha256', String(hash));
  const formats = type === 'B' ? ['dec', 'hex', 'yyyyMMDDhhmm'] : ['dec', 'hex'];
  if (!formats.includes(timestampFormat)) {
    throw fault(`timestampFormat ${formats.join(' or ')} for type ${type}`, timestampFormat);
  }
  if (!/^[+-](?:0\d|1[0-4]):[0-5]\d$/.test(timeZone)) throw fault('a timeZone such as +08:00', timeZone);
  const signArg = nameOf('signArg', options.signArg, defaults.sign_arg, type);
  const timeArg = nameOf('timeArg', options.timeArg, defaults.time_arg, type);
  if (signArg !== '' && signArg === timeArg) throw fault('two names for signArg and timeArg', 'one');
  const { origin, target } = buildSigned(url, {
    form: { type, hash, signArg, timeArg, timestampFormat },
    timeZone: readZone(timeZone),
    key,
    at: typeof at === 'number' ? at : at.getTime() / 1000,
    rand: options.rand,
    uid: options.uid,
    place: options.form ?? placesOf(type)[0]!,
    isUnmerged: options.mergeSlashes === false,
  });
  return origin + target;
}

function nameOf(field: string, written: string | undefined, usual: string | undefined, type: string): string {
  if (written === undefined) return usual ?? '';
  if (usual === undefined) throw fault(`no ${field} for type ${type}, which has no such argument`, 'one');
  if (/^[A-Za-z_]\w{0,99}$/.test(written)) return written;
  throw fault(`${field} of 1-100 letters, digits and "_" that starts with no digit`, JSON.stringify(written));
}

function fault(expected: string, received: string): Error {
  return new Error(`expected ${expected}, received ${received}`);
}
