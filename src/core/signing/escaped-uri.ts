/** The form in which Alibaba's nodes pass a URL on once its signature was checked (URL signing: "special characters … are escaped"). */

const encoded = /^(?:[A-Za-z0-9\-._~]|%[0-9A-Fa-f]{2})$/;

function escapeExcept(text: string, kept: string): string {
  return text.replace(/%[0-9A-Fa-f]{2}|[\s\S]/g, function (part) {
    if (encoded.test(part) || kept.indexOf(part) >= 0) return part;
    return part.charCodeAt(0) > 127
      ? part
      : '%' + (part.charCodeAt(0) < 16 ? '0' : '') + part.charCodeAt(0).toString(16).toUpperCase();
  });
}

/**
 * Percent-encodes what is neither unreserved (RFC 3986 section 2.3) nor encoded already, `=` and `+` among them. The slashes of the
 * path stay, and of the query the `?`, each `&` and the first `=` of each argument.
 */
export function escapedUri(target: string): string {
  const mark = target.indexOf('?');
  if (mark < 0) return escapeExcept(target, '/');
  const pairs = target.slice(mark + 1).split('&');
  const query = pairs.map(function (pair) {
    const equals = pair.indexOf('=');
    if (equals < 0) return escapeExcept(pair, '');
    return escapeExcept(pair.slice(0, equals), '') + '=' + escapeExcept(pair.slice(equals + 1), '');
  });
  return escapeExcept(target.slice(0, mark), '/') + '?' + query.join('&');
}
