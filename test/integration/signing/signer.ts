// Signs as the vendors' pages say, with nothing of the product: what it makes, the edge must accept.
import { createHash } from 'node:crypto';

export type Format = 'dec' | 'hex' | 'yyyyMMDDhhmm';

export interface Signer {
  type: 'A' | 'B' | 'C' | 'D' | 'F';
  key: string;
  /** Default: md5. */
  hash?: 'md5' | 'sha256';
  /** Default: the type's. */
  format?: Format;
  /** Type C only. Default: path. */
  form?: 'path' | 'args';
  /** Type A only. Default: 0. */
  rand?: string;
  uid?: string;
  /** Minutes east of UTC. Default: 480. */
  zone?: number;
}

export interface Signature {
  time: string;
  hash: string;
}

const templates = {
  A: '{path}?auth_key={time}-{rand}-{uid}-{hash}',
  B: '/{time}/{hash}{path}',
  C: '/{hash}/{time}{path}',
  'C args': '{path}?KEY1={hash}&KEY2={time}',
  D: '{path}?sign={hash}&t={time}',
  F: '{path}?sign={hash}&time={time}',
};
const formats: Record<Signer['type'], Format> = {
  A: 'dec',
  B: 'yyyyMMDDhhmm',
  C: 'hex',
  D: 'dec',
  F: 'hex',
};

export const unixNow = (): number => Math.floor(Date.now() / 1000);

export function spellTime(unix: number, format: Format, zone = 480): string {
  if (format === 'dec') return String(unix).padStart(10, '0');
  if (format === 'hex') return unix.toString(16).padStart(8, '0');
  const date = new Date((unix + zone * 60) * 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getUTCFullYear()}${two(date.getUTCMonth() + 1)}${two(date.getUTCDate())}${two(date.getUTCHours())}${two(date.getUTCMinutes())}`;
}

/** `path`: raw, one character a byte. `at`: unix seconds, or the timestamp as it shall be spelled. */
export function signatureOf(path: string, signer: Signer, at: number | string = unixNow()): Signature {
  const { type, key, hash = 'md5', format = formats[type], rand = '0', uid = '0', zone } = signer;
  const time = typeof at === 'string' ? at : spellTime(at, format, zone);
  const text = {
    A: `${path}-${time}-${rand}-${uid}-${key}`,
    B: `${key}${time}${path}`,
    C: `${key}${path}${time}`,
    D: `${key}${path}${time}`,
    F: `${key}${path}${time}`,
  }[type];
  return { time, hash: createHash(hash).update(text, 'latin1').digest('hex') };
}

/**
 * The signed request target. A `target` without placeholders is signed as the type says; in one with `{hash}` and `{time}` they
 * are filled, and `path` is what is signed (default: what stands before `?`).
 */
export function sign(target: string, signer: Signer, at?: number | string, path?: string): string {
  const [ownPath = '', ...rest] = target.split('?');
  const isTemplate = target.includes('{hash}');
  const { time, hash } = signatureOf(path ?? ownPath, signer, at);
  const query = rest.length > 0 ? rest.join('?') : undefined;
  const usual = templates[signer.type === 'C' && signer.form === 'args' ? 'C args' : signer.type];
  const template = isTemplate
    ? target
    : usual + (query === undefined ? '' : (usual.includes('?') ? '&' : '?') + query);
  const values: Record<string, string> = {
    path: ownPath,
    time,
    hash,
    rand: signer.rand ?? '0',
    uid: signer.uid ?? '0',
  };
  return template.replace(/\{(\w+)\}/g, (all, name: string) => values[name] ?? all);
}
