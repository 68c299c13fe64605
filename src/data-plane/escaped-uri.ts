import { escapedUri } from '../core/signing/escaped-uri';

/** `js_set $edge_auth_escaped_uri`: the clean request target as the vendor escapes it. */
export function readEscapedUri(r: NginxHTTPRequest): string {
  return escapedUri(r.variables.edge_auth_clean_uri || '');
}
