/** Alibaba's words in X-Tengine-Error (URL signing), without the values that its nodes add: those are parts of the query. */

import type { UrlSigning } from '../../policy/policy';
import type { NamedMap } from '../map';

/** The variable with the vendor's words for a refusal. */
export function vendorErrorName(signing: UrlSigning): string {
  return `edge_auth_vendor_error_${signing.signArg || 'auth_key'}`;
}

export function vendorErrorMap(signing: UrlSigning): NamedMap[] {
  if (!signing.vendorErrorHeader) return [];
  const name = vendorErrorName(signing);
  const lines = [
    'volatile;',
    'default       "denied by req auth: invalid md5hash";',
    'expired       "denied by req auth: expired timestamp";',
    'not_yet_valid "denied by req auth: expired timestamp";',
    `no_signature  "denied by req auth: no url arg ${signing.signArg || 'auth_key'}";`,
  ];
  return [{ name, conf: `map $edge_auth_reason $${name} {\n    ${lines.join('\n    ')}\n}` }];
}
