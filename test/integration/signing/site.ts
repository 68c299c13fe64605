import type { AuthServer } from '../harness/auth-server';

export const KEY1 = 'primary-key-4f1d08';
export const KEY2 = 'secondary-key-9c2b';

/** A server{} of the edge, its policy, and what stands below the include line. */
export interface Site {
  /** Fields of `url_signing`; the keys are KEY1 and KEY2 unless they are given. */
  signing: Record<string, unknown>;
  /** Fields of `remote_auth`; `{auth}` is the auth server's address, and where auth_server is left out. Default: none. */
  remote?: Record<string, unknown>;
  /** Default: everything comes from the origin. */
  lines?: string;
  /** What stands above the include line. */
  above?: string;
  /** Served on a port of its own, 8083, under `merge_slashes off`, which is the port's default server's. */
  isUnmerged?: boolean;
  /** The policy says `enabled: false`. */
  isOff?: boolean;
  /** Without the header that tells the test the verdict. */
  isSilent?: boolean;
}

export const policyOf = ({ signing, remote, isOff }: Site, auth: AuthServer | undefined) => {
  const keys = 'key_file' in signing ? {} : { key1: KEY1, ...(!('key1' in signing) && { key2: KEY2 }) };
  const remoteAuth = remote && { auth_server: '{auth}', ...remote };
  const policy = {
    enabled: !isOff,
    url_signing: { ...keys, ...signing },
    ...(remoteAuth && { remote_auth: remoteAuth }),
  };
  return JSON.parse(JSON.stringify(policy).replaceAll('{auth}', auth?.url ?? '')) as object;
};

export const serverOf = ([domain, { lines, above = '', isSilent, isUnmerged }]: [string, Site]) => `
    server {
        ${isUnmerged ? 'listen 8083; merge_slashes off;' : 'listen 8080; listen 8082;'}
        server_name ${domain};
        ${isSilent ? '' : 'add_header X-Test-Verdict "$edge_auth_decision $edge_auth_reason" always;'}
        ${above}
        include edge-auth/servers/${domain}.conf;
        ${lines ?? 'location / { proxy_pass http://origin; }'}
    }`;
