/** The fast path of a signed URL: nginx's secure_link finds a signature good, and no JavaScript runs. */

import { fastForm } from '../../core/signing/form';
import type { UrlSigning } from '../../policy/policy';
import type { Fill } from '../template';
import { quoted } from '../text';

export interface FastPath {
  /** The entry of the map whose value secure_link checks. */
  entry: string;
  /** Maps of http {} that add to a timestamp, by name: domains with the same timeout share them. */
  sums: Map<string, string>;
  /** Rendered files that these include: path below the output folder → content. */
  tables: Map<string, string>;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const threes = Array.from({ length: 10 }, (_, i) => i);

/** The digits of the hash: of each three the first two and the last two, and the last two of all. */
const hashPattern =
  threes
    .map((i) => `(?=(?<edge_auth_hex_a${i}>[0-9a-f]{2}))[0-9a-f](?<edge_auth_hex_b${i}>[0-9a-f]{2})`)
    .join('') + '(?<edge_auth_hex_c>[0-9a-f]{2})';
const hashValue = threes.map((i) => `$edge_auth_64_a${i}$edge_auth_64_b${i}`).join('') + '$edge_auth_64_c';

/** A time whose first digits are those of the clock is less than 10^(10 - digits) seconds away. */
function equalDigits(maxFuture: number): number {
  let digits = 1;
  while (10 ** (10 - digits) - 1 > maxFuture) digits++;
  return digits;
}

interface Time {
  pattern: string;
  /** The last valid second, `,` before; empty where the first digits tell enough. */
  expiry: string;
}

const three = (n: number): string => String(n).padStart(3, '0');

/**
 * nginx cannot add, so it looks up in tables: hundreds of seconds in digits 6-8 of a timestamp, the carry in digits 3-5. What is left of
 * the timeout below a hundred seconds, and a carry beyond, is JavaScript's.
 */
function timeOf(signing: UrlSigning, fill: Fill, prefix: string, fast: FastPath): Time {
  const digits = equalDigits(signing.maxFuture);
  const plain = '(?=\\1)[0-9]{10}';
  if (signing.timeout >= 10 ** (10 - digits) - 1) return { pattern: plain, expiry: '' };
  const hundreds = Math.floor(signing.timeout / 100);
  const table = (source: string, name: string, lines: string[]): string => {
    const file = `signing/${name.replace(/^edge_auth_|_is$/g, '').replace(/_/g, '-')}.map`;
    fast.tables.set(file, `${lines.join('\n')}\n`);
    const values = {
      EDGE_AUTH_SUM_SOURCE: source,
      EDGE_AUTH_SUM: name,
      EDGE_AUTH_SUM_FILE: `${prefix}/${file}`,
    };
    fast.sums.set(name, fill('http/signed-sum.conf', values));
    return `\${${name}}`;
  };
  const carried = (added: number): string => {
    if (added === 0) return '${edge_auth_time_b}';
    const lines = Array.from({ length: 1000 - added }, (_, n) => `${three(n)} ${three(n + added)};`);
    return table('edge_auth_time_b', `edge_auth_time_b_plus_${added}`, lines);
  };
  const high = Math.floor(hundreds / 1000);
  const [low, without] = [hundreds % 1000, carried(high)];
  const next = low > 0 ? carried(high + 1) : without;
  const sums = Array.from({ length: 1000 }, (_, n) => {
    return `${three(n)} ${n + low < 1000 ? without : next}${three((n + low) % 1000)};`;
  });
  const sum = table('edge_auth_time_c', `edge_auth_time_plus_${hundreds}`, sums);
  return {
    pattern:
      '(?=\\1)(?<edge_auth_time_a>[0-9]{2})(?<edge_auth_time_b>[0-9]{3})(?<edge_auth_time_c>[0-9]{3})(?<edge_auth_time_d>[0-9]{2})',
    expiry: `,\${edge_auth_time_a}${sum}\${edge_auth_time_d}`,
  };
}

/** Undefined where secure_link cannot say yes: it knows md5 and decimal time alone. */
export function fastPathOf(signing: UrlSigning, fill: Fill, prefix: string): FastPath | undefined {
  if (signing.hash !== 'md5' || signing.timestampFormat !== 'dec') return undefined;
  const fast: FastPath = { entry: '', sums: new Map(), tables: new Map() };
  const time = timeOf(signing, fill, prefix, fast);
  const form = fastForm(signing, time.pattern, hashPattern);
  if (form === null) return undefined;
  const start = `~^(?:${signing.methods.join('|')}) ([0-9]{${equalDigits(signing.maxFuture)}})[0-9.]* `;
  fast.entry = `${quoted(start + form)} "${hashValue}${time.expiry}";`;
  return fast;
}

/** Hexadecimal digits to base64url, the same for every domain: path below the output folder → content. */
export function hashTables(fill: Fill, prefix: string): Map<string, string> {
  const table = (valueOf: (byte: number) => string): string =>
    Array.from({ length: 256 }, (_, n) => `${n.toString(16).padStart(2, '0')} ${valueOf(n)};\n`).join('');
  const folder = { EDGE_AUTH_TABLES: `${prefix}/signing` };
  const maps = [...threes.flatMap((i) => [`a${i}`, `b${i}`]), 'c'].map((place) =>
    fill('http/signed-hash.conf', {
      ...folder,
      EDGE_AUTH_PLACE: place,
      EDGE_AUTH_TABLE: place.charAt(0),
    }).trimEnd(),
  );
  return new Map([
    ['signing/hash.conf', fill('http/signed-hashes.conf', { EDGE_AUTH_MAPS: maps.join('\n') })],
    ['signing/hex-a.map', table((n) => alphabet.charAt(n >> 2))],
    ['signing/hex-b.map', table((n) => alphabet.charAt(n & 63))],
    ['signing/hex-c.map', table((n) => alphabet.charAt(n >> 2) + alphabet.charAt((n & 3) << 4))],
  ]);
}
