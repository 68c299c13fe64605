/** What the edges of edge-auth are rendered from, and the URLs that the signing systems accept. */
import { createHash } from 'node:crypto';
import { signUrl } from '../../../src/sign/sign';
import type { Policies } from '../../integration/harness/render';
import { answers, type System } from './systems';

export const FILES = { '1 KB': '/1k.bin', '1 MB': '/1m.bin' } as const;
export type Size = keyof typeof FILES;

export const KEY = 'primary-key-4f1d08';
export const SECRET = 'a-secret-of-nginx';
/** Longer than any measurement, for the auth server that stays silent. */
const TIMEOUT_MS = 30_000;

const cache = { allow_ttl: 60, key: ['method', 'path', 'args', 'header:Authorization'] };

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
export const cachedPolicies: Policies = asking('cached', { keep_headers: ['Authorization'], cache });

/** The target of a request that the system lets through for the next half hour. */
export function targetOf({ host }: System, size: Size): string {
  const file = FILES[size];
  if (host === 'signed') return signUrl(file, { type: 'A', key: KEY });
  return host === 'native-signed' ? secureLink(file) : file;
}

/** As the page "Module ngx_http_secure_link_module" shows it. */
export function secureLink(path: string, secret = SECRET): string {
  const expires = Math.floor(Date.now() / 1000) + 1800;
  const md5 = createHash('md5').update(`${expires}${path} ${secret}`).digest('base64url');
  return `${path}?md5=${md5}&expires=${expires}`;
}
