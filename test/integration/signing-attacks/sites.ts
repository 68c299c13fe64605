// The sites of the attacks, and signed targets for them.
import { parsePolicy, type UrlSigning } from '../../../src/policy/policy';
import { signTarget, type SignaturePlace } from '../../../src/core/signing/sign';
import { writeTimestamp } from '../../../src/core/signing/timestamp';
import { digest } from '../../../src/sign/digest';
import type { Policies } from '../harness/render';

export const KEY = 'the-key-4f1d08!#%&()*+,-./:<=>?@[]^_|~';
const scoped = { key1: KEY, scope: { paths: ['/v/*', '/V/*'] }, white_list: ['/open/*', '/v/free'] };
const signed: Record<string, object> = {
  'a.test': { type: 'A', ...scoped },
  'b.test': { type: 'B', ...scoped },
  'c.test': { type: 'C', ...scoped },
  'd.test': { type: 'D', ...scoped, keep_args_for_origin: true },
  'every.test': { type: 'B', key1: KEY, vendor_error_header: true },
  'listed.test': { type: 'C', key1: KEY, white_list: ['/open/*'] },
  'other-key.test': { type: 'B', key1: 'another-key-9c2b', scope: scoped.scope },
  'early.test': { type: 'A', ...scoped },
};

export const policies: Policies = Object.fromEntries(
  Object.entries(signed).map(([domain, signing]) => [domain, { url_signing: signing }]),
);

const serverOf = (domain: string, listen: string, above = '') => `
    server {
        listen ${listen};
        server_name ${domain};
        ${above}
        include edge-auth/servers/${domain}.conf;
        include locations.conf;
    }`;

/** An operator's lines above the include read what the guard has still to find out. */
const early = `
        set $early "$kept_clean_uri|$kept_reason|$edge_auth_verified|$edge_auth_clean_uri|$edge_auth_request_uri";
        if ($edge_auth_guard) {
            set $early yes;
        }`;

export const servers: string = [
  ...Object.keys(policies).map((domain) => serverOf(domain, '8080', domain === 'early.test' ? early : '')),
  ...['a.test', 'b.test'].map((domain) => serverOf(domain, '8081', 'merge_slashes off;')),
  // nginx before 1.25.1 knows no other way to tell.
  serverOf('b.test', '8082@LISTEN_HTTP2@', '@HTTP2@'),
].join('');

function signingOf(domain: string): UrlSigning {
  const { policy } = parsePolicy(JSON.stringify(policies[domain]), `${domain}.json`);
  if (!policy?.urlSigning) throw new Error(`${domain}: expected a valid policy`);
  return policy.urlSigning;
}

/** `age`: seconds since it was signed. */
export function sign(
  domain: string,
  target: string,
  { age = 0, place }: { age?: number; place?: SignaturePlace } = {},
): string {
  const signing = signingOf(domain);
  const at = Math.floor(Date.now() / 1000) - age;
  const time = writeTimestamp(at, signing.timestampFormat, signing.timeZone);
  const usual = signing.type === 'B' || signing.type === 'C' ? 'path' : 'args';
  return signTarget(
    signing,
    signing.keys[0] ?? '',
    target,
    { time, rand: '0', uid: '0', place: place ?? usual },
    digest,
  );
}
