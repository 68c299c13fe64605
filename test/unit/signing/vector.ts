import type { SigningPolicy } from '../../../src/core/signing/verify';
import { readDate } from '../../../src/core/signing/timestamp';
import type { SignRequest } from '../../../src/sign/build-signed';
import vectors from '../../vectors/url-signing.json';

export type Vector = (typeof vectors)[number];

export const named = vectors.map((vector): [string, Vector] => [
  `${vector.vendor}: type ${vector.type}, ${vector.form}, ${vector.hash}, ${vector.url}`,
  vector,
]);

/** The vendors' time zone. */
export const EAST = 480;

/** The rules of a vector's policy: valid for 1800 s, everything in scope. */
export function policyOf(vector: Vector): SigningPolicy {
  return {
    type: vector.type as SigningPolicy['type'],
    hash: vector.hash as 'md5',
    signArg: vector.sign_arg,
    timeArg: vector.time_arg,
    timestampFormat: vector.timestamp_format as SigningPolicy['timestampFormat'],
    timeZone: EAST,
    timeout: 1800,
    maxFuture: 31536000,
    scope: undefined,
    whiteList: [],
    methods: ['GET', 'HEAD', 'OPTIONS'],
  };
}

/** The policy file that says the same. */
export function policyFileOf(vector: Vector): object {
  return {
    url_signing: {
      type: vector.type,
      hash: vector.hash,
      key1: vector.key,
      ...(vector.sign_arg === '' ? {} : { sign_arg: vector.sign_arg }),
      ...(vector.time_arg === '' ? {} : { time_arg: vector.time_arg }),
      timestamp_format: vector.timestamp_format,
    },
  };
}

export function unixOf({ timestamp, timestamp_format }: Vector): number {
  if (timestamp_format === 'yyyyMMDDhhmm') return readDate(timestamp, EAST);
  return parseInt(timestamp, timestamp_format === 'hex' ? 16 : 10);
}

export const targetOf = (url: string): string => url.replace(/^https?:\/\/[^/]+/, '');

/** What a signer writes for itself; the vendor's capitals are one of two spellings. */
export const isOurSpelling = ({ timestamp }: Vector): boolean => timestamp === timestamp.toLowerCase();

export function requestOf(vector: Vector): SignRequest {
  const isA = vector.type === 'A';
  return {
    form: policyOf(vector),
    timeZone: EAST,
    key: vector.key,
    at: unixOf(vector),
    rand: isA ? vector.rand : undefined,
    uid: isA ? vector.uid : undefined,
    place: vector.form as SignRequest['place'],
  };
}
