/** The `proxy_set_header` lines of the question. */

import { keyedHeaders } from '../../policy/decision-cache';
import { variablesIn } from '../../policy/lists';
import type { AddedField, RemoteAuth } from '../../policy/policy';
import { nginxVariable } from './target';
import { quoted } from '../text';
import type { Wiring } from '../options';

/** What says where a request came from is ours to say: with `keep_headers: all` a client's own copy never arrives. */
const forwarded: Record<string, string> = {
  'x-forwarded-for': '$edge_auth_addr',
  'x-forwarded-host': '$edge_auth_host',
  'x-forwarded-method': '$edge_auth_method',
  'x-forwarded-proto': '$edge_auth_scheme',
  'x-forwarded-uri': '$edge_auth_request_uri',
};
/** With these a client chooses the status of a healthy auth server: 304, 412, 416, 425. */
const conditions = [
  'early-data',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'range',
];
const dropped = [
  'forwarded',
  'proxy-connection',
  'trailer',
  'x-auth-request-redirect',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-scheme',
  'x-forwarded-server',
  'x-forwarded-ssl',
  'x-forwarded-path',
  'x-forwarded-user',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-original-forwarded-for',
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
  'uri',
  'waited',
].map((name) => `x-edge-auth-${name}`);

function titled(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

/** The other spellings of a name in which some `-` are `_`; all of them up to four, of longer names the plain one. */
function aliasesOf(name: string): string[] {
  const words = name.split('-');
  if (words.length > 5) return [words.join('_')];
  const spellings = words
    .slice(1)
    .reduce(
      (heads, word) => heads.flatMap((head) => [`${head}-${word}`, `${head}_${word}`]),
      [words[0] as string],
    );
  return spellings.slice(1);
}

function headersOf(auth: RemoteAuth, wiring: Wiring): Map<string, string> {
  const headers = new Map<string, string>([['host', auth.authServers[0]?.hostHeader ?? '']]);
  if (auth.keepHeaders === 'all') {
    for (const name of [...dropped, ...conditions, 'x-edge-auth', ...reserved]) headers.set(name, '');
    for (const [name, value] of Object.entries(forwarded)) headers.set(name, value);
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
  // The decider drops names with `_`; the edge may have been told to keep them, and many servers take `_` for `-`.
  if (auth.keepHeaders === 'all' && wiring === 'inline')
    for (const name of [...headers.keys()]) for (const alias of aliasesOf(name)) headers.set(alias, '');
  return headers;
}

const lineOf = ([name, value]: [string, string]): string =>
  `proxy_set_header ${titled(name)} ${quoted(value)};`;

/** What the auth server is not shown, three to a line. */
function clearedLines(names: string[]): string[] {
  const all = names.map((name) => lineOf([name, '']));
  return Array.from({ length: Math.ceil(all.length / 3) }, (_none, i) =>
    all.slice(3 * i, 3 * i + 3).join(' '),
  );
}

/** `contentLength`: a value as conf writes it. Behind Host, where nginx's own would be. */
function lines(headers: Map<string, string>, contentLength: string): string {
  const [host, ...others] = headers;
  return [
    lineOf(host!),
    `proxy_set_header Content-Length ${contentLength};`,
    ...others.filter(([, value]) => value !== '').map(lineOf),
    ...clearedLines(others.filter(([, value]) => value === '').map(([name]) => name)),
  ].join('\n');
}

/** Of the decider that builds the auth request itself. */
export function headerLines(auth: RemoteAuth, wiring: Wiring, contentLength: string): string {
  return lines(headersOf(auth, wiring), contentLength);
}

/** Of requests that the edge builds itself: its own variables hold the client's request. */
const atEdge: Record<string, string> = {
  $edge_auth_addr: '$remote_addr',
  $edge_auth_host: '$edge_auth_client_host',
  $edge_auth_method: '$request_method',
  $edge_auth_scheme: '$scheme',
  $edge_auth_protocol: '$server_protocol',
};

function valueAtEdge(value: string): string {
  return value.replace(/\$\{?(edge_auth_(?:addr|host|method|scheme|protocol))\b\}?/g, (_all, name: string) =>
    atEdge[`$${name}`]!.replace(/\$(.*)/, '${$1}'),
  );
}

/** The Host that the auth server sees, in the conf of the decider; where the policy makes it of variables the edge tells it. */
export function hostOf(auth: RemoteAuth): string {
  const added = auth.addHeaders.find(({ name }) => name.toLowerCase() === 'host');
  const kept = Array.isArray(auth.keepHeaders) && auth.keepHeaders.includes('host');
  if (!added && kept) return '$http_x_edge_auth_host';
  if (!added) return quoted(auth.authServers[0]?.hostHeader ?? '');
  return added.value.every((part) => 'literal' in part)
    ? quoted(added.value.map((part) => ('literal' in part ? part.literal : '')).join(''))
    : '$http_x_edge_auth_host';
}

/** The headers of the auth request as the edge builds it. `decider`: the name of the decider that passes it on, if one does. */
export function requestHeaders(
  auth: RemoteAuth,
  wiring: Wiring,
  contentLength: string,
  decider: string | undefined,
): string {
  const headers = headersOf(auth, wiring);
  for (const [name, value] of headers) headers.set(name, valueAtEdge(value));
  if (decider !== undefined) {
    if (hostOf(auth) === '$http_x_edge_auth_host') headers.set('x-edge-auth-host', headers.get('host') ?? '');
    headers.set('host', decider);
    for (const [name, value] of headers) if (value === '') headers.delete(name);
  }
  return lines(headers, contentLength);
}

/** The client's headers that a decider takes out of the auth request, on behalf of all domains that it asks for. */
export function clearedHeaders(auth: RemoteAuth): string {
  const kept = new Set(['host', 'x-edge-auth-host']);
  const cleared = [...headersOf(auth, 'hop')].filter(([name, value]) => value === '' && !kept.has(name));
  return clearedLines(cleared.map(([name]) => name)).join('\n');
}

/** The names of the client's headers that the values read, in lower case. */
export function headersIn(fields: AddedField[]): string[] {
  return variablesIn(fields)
    .filter((name) => name.startsWith('http_'))
    .map((name) => name.slice('http_'.length).replaceAll('_', '-'));
}

/**
 * Headers that may come once only, of those that the policy lists, puts into a value or into the cache's key: nginx before 1.23 shows the first copy
 * of a repeated header and forwards all to the origin. Of these two it shows all.
 */
export function singleHeaders(auth: RemoteAuth): string {
  const listed = Array.isArray(auth.keepHeaders) ? auth.keepHeaders : [];
  const read = headersIn([...auth.addHeaders, ...auth.addArgs]);
  const keyed = auth.cache ? keyedHeaders(auth.cache) : [];
  return [...new Set([...listed, ...read, ...keyed])]
    .filter((name) => name !== 'cookie' && name !== 'x-forwarded-for')
    .join(' ');
}
