/** What the edges of edge-auth are rendered from, and the URLs that the signing systems accept. */
import { createHash } from 'node:crypto';
import { signUrl } from '../../../src/sign/sign';
import type { Policies } from '../../integration/harness/render';
import { answers, hostOf, type System } from './systems';

export const FILES = { '1 KB': '/1k.bin', '1 MB': '/1m.bin' } as const;
export type Size = keyof typeof FILES;

export const KEY = 'primary-key-4f1d08';
export const SECRET = 'a-secret-of-nginx';
/** Longer than any measurement, for the auth server that stays silent. */
const TIMEOUT_MS = 30_000;

/** Longer than the bench takes: a hit stays one. */
export const CACHE_SECONDS = 3600;
const cache = { allow_ttl: CACHE_SECONDS, key: ['method', 'path', 'args', 'header:Authorization'] };

function asking(name: 'ask' | 'cached', more: object): Policies {
  return Object.fromEntries(
    Object.entries(answers).map(([answer, port]) => [
      `${name}-${answer}.test`,
      {
        remote_auth: { auth_server: `http://127.0.0.1:${port}/auth`, timeout_ms: TIMEOUT_MS, ...more },
      },
    ]),
  );
}

export const policies: Policies = {
  'signed.test': { url_signing: { type: 'A', key1: KEY } },
  ...asking('ask', {}),
};

/** The decision cache is of the hop wiring. */
export const caching = { keep_headers: ['Authorization'], cache };
export const cachedPolicies: Policies = asking('cached', caching);

/** The target of a request that the system lets through for the next half hour. */
export function targetOf({ host }: System, size: Size, file: string = FILES[size]): string {
  if (host === 'signed') return signUrl(file, { type: 'A', key: KEY });
  return host === 'native-signed' ? secureLink(file) : file;
}

/** As many URLs, and as many users, in a line for each. One and the same request keeps every table in the processor's cache. */
const MANY = 20_000;

export function manyRequests(system: System): string[] {
  const host = hostOf(system, 'empty');
  return Array.from({ length: MANY }, (_, i) => {
    const number = String(i).padStart(5, '0');
    return `${host} ${targetOf(system, '1 KB', `/many/${number}.bin`)} ${number}`;
  });
}

/** As the page "Module ngx_http_secure_link_module" shows it. */
export function secureLink(path: string, secret = SECRET): string {
  const expires = Math.floor(Date.now() / 1000) + 1800;
  const md5 = createHash('md5').update(`${expires}${path} ${secret}`).digest('base64url');
  return `${path}?md5=${md5}&expires=${expires}`;
}
