import { escapedUri } from '../core/signing/escaped-uri';
import { servedUri, splitTarget } from '../core/served-path';
import { bytesOf, variableOf } from './bytes';

/** `js_set $edge_auth_escaped_uri`: the clean request target as the vendor escapes it. */
export function readEscapedUri(r: NginxHTTPRequest): string {
  return escapedUri(r.variables.edge_auth_clean_uri || '');
}

/** As in http.conf: what nginx may serve as another path. */
const isOdd = /^(?:\?|[^?#]*(?:[#\\]|%(?:2e|2f|5c)|\/[/.])|[^#]*#)/i;

/** `js_set $edge_auth_client_uri`: the path of the clean request target, as the auth server is asked about it; its bytes are kept. */
export function readClientUri(r: NginxHTTPRequest): string {
  const clean = r.variables.edge_auth_clean_uri || '';
  if (isOdd.test(clean)) return splitTarget(servedUri(clean)).path;
  return variableOf(bytesOf(r, 'edge_auth_clean_uri', clean).split('?', 1)[0] || '');
}
