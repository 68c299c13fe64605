/** The `proxy_set_header` lines of the question. */

import type { RemoteAuth } from '../policy/policy';
import { nginxVariable } from './conf-target';
import { quoted } from './conf-text';
import type { Wiring } from './conf-values';

/** What says where a request came from is ours to say: with `keep_headers: all` a client's own copy never arrives. */
const forwarded: Record<string, string> = {
  'x-forwarded-for': '$edge_auth_addr',
  'x-forwarded-host': '$edge_auth_host',
  'x-forwarded-method': '$edge_auth_method',
  'x-forwarded-proto': '$edge_auth_scheme',
  'x-forwarded-uri': '$edge_auth_request_uri',
};
const dropped = [
  'forwarded',
  'proxy-connection',
  'trailer',
  'x-auth-request-redirect',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-server',
  'x-forwarded-ssl',
  'x-forwarded-path',
  'x-http-method-override',
  'x-original-host',
  'x-original-method',
  'x-original-uri',
  'x-original-url',
  'x-real-ip',
  'x-rewrite-url',
];
const reserved = [
  'addr',
  'decision',
  'host',
  'method',
  'obeys',
  'protocol',
  'reason',
  'scheme',
  'status',
].map((name) => `x-edge-auth-${name}`);

function titled(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

export function headerLines(auth: RemoteAuth, wiring: Wiring): string {
  const headers = new Map<string, string>([['host', auth.authServers[0]?.hostHeader ?? '']]);
  if (auth.keepHeaders === 'all') {
    for (const name of [...dropped, ...reserved]) headers.set(name, '');
    for (const [name, value] of Object.entries(forwarded)) headers.set(name, value);
    // The decider drops names with `_`; the edge may have been told to keep them.
    if (wiring === 'inline')
      for (const name of [...headers.keys()])
        if (name.includes('-')) headers.set(name.replaceAll('-', '_'), '');
  } else if (auth.keepHeaders !== 'none') {
    for (const name of auth.keepHeaders)
      headers.set(name, `$${nginxVariable(`http_${name.replaceAll('-', '_')}`)}`);
  }
  for (const { name, value } of auth.addHeaders) {
    headers.set(
      name.toLowerCase(),
      value
        .map((part) => ('literal' in part ? part.literal : `\${${nginxVariable(part.variable)}}`))
        .join(''),
    );
  }
  return [...headers].map(([name, value]) => `proxy_set_header ${titled(name)} ${quoted(value)};`).join('\n');
}

/** Listed headers that may come once only: nginx before 1.23 shows the first copy of a repeated header and forwards all to the origin. */
export function singleHeaders(auth: RemoteAuth): string {
  return Array.isArray(auth.keepHeaders)
    ? auth.keepHeaders.filter((name) => name !== 'cookie').join(' ')
    : '';
}
