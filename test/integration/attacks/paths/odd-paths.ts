interface OddPath {
  name: string;
  target: string;
  /** Default: append.test. */
  host?: 'append.test' | 'fixed.test';
  /** The path that nginx serves, decoded; absent where the request is refused. */
  served?: string;
  /** How it is refused. Default: 400, by nginx. */
  refused?: 403;
}

/** Each is served as something else than it looks like, or is refused. */
export const oddPaths: OddPath[] = [
  { name: 'c.2 ingress-nginx #8644: a parent segment', target: '/public/../private', served: '/private' },
  { name: 'c.2 ingress-nginx #8644: an encoded letter', target: '/%70rivate', served: '/private' },
  { name: 'c.2 CVE-2021-43557: two slashes', target: '//private', served: '/private' },
  { name: 'c.2 CVE-2021-43557: a dot segment', target: '/./private', served: '/private' },
  { name: 'c.2 CVE-2026-26205: two slashes inside', target: '/a//private', served: '/a/private' },
  {
    name: 'c.2 CVE-2026-26205: two slashes and a parent segment depend on merge_slashes',
    target: '/a//../private',
    refused: 403,
  },
  { name: 'c.2 GHSA-p224: an encoded parent segment', target: '/public/%2e%2e/private', served: '/private' },
  {
    name: 'c.2 GHSA-p224: a half-encoded parent segment',
    target: '/public/.%2E/private',
    served: '/private',
  },
  { name: 'c.2 CVE-2026-42882: encoded slashes', target: '/public%2f..%2Fprivate', served: '/private' },
  { name: 'c.2 CVE-2026-42882: an encoded slash in front', target: '/%2fprivate', served: '/private' },
  {
    name: 'c.2 CVE-2021-29492: an encoded backslash is no slash',
    target: '/a%5c..%5cprivate',
    served: '/a\\..\\private',
  },
  {
    name: 'c.2 CVE-2021-29492: a raw backslash is no slash',
    target: '/a\\..\\private',
    served: '/a\\..\\private',
  },
  {
    name: 'c.2 double encoding stays encoded',
    target: '/public/%252e%252e/private',
    served: '/public/%2e%2e/private',
  },
  { name: 'c.2 double encoding of a slash', target: '/%252fprivate', served: '/%2fprivate' },
  { name: 'c.2 an encoded NUL', target: '/private%00.png' },
  { name: 'c.2 a broken escape', target: '/%7' },
  { name: 'c.2 above the root', target: '/../private' },
  { name: 'c.2 above the root, encoded', target: '/%2e%2e/private' },
  { name: 'c.2 CVE-2026-41059: a fragment', target: '/private#/public', served: '/private' },
  {
    name: 'c.2 CVE-2026-41059: a fragment behind the query',
    target: '/private?a#/../public',
    served: '/private',
  },
  {
    name: 'c.2 GHSA-7rh7: a query that names another path',
    target: '/private?x=/public',
    served: '/private',
  },
  { name: 'c.2 a query with parent segments', target: '/private?/../public', served: '/private' },
  { name: 'c.2 an encoded question mark is of the path', target: '/private%3f/../public', served: '/public' },
  { name: 'c.2 SpringBlade #8: a path parameter', target: '/private;/../public', served: '/public' },
  {
    name: 'c.2 gravitee #19388: a path parameter at the end',
    target: '/private;.png',
    served: '/private;.png',
  },
  {
    name: 'c.2 overlong UTF-8 is no dot',
    target: '/a/%c0%ae%c0%ae/private',
    served: '/a/\xc0\xae\xc0\xae/private',
  },
  { name: 'c.2 raw UTF-8', target: '/\xc3\xa9', host: 'fixed.test', served: '/\xc3\xa9' },
  {
    name: 'c.2 raw UTF-8 behind a parent segment',
    target: '/a/../\xc3\xa9',
    host: 'fixed.test',
    served: '/\xc3\xa9',
  },
  { name: 'c.2 an encoded line break', target: '/a%0d%0aX-Injected:%201', served: '/a\r\nX-Injected: 1' },
  { name: 'c.2 a raw space', target: '/a /private' },
  { name: 'c.2 three dots are a name', target: '/public/.../private', served: '/public/.../private' },
  {
    name: 'c.2 CVE-2026-40912: a prefix in front of a parent segment',
    target: '/private/../public',
    served: '/public',
  },
  { name: 'c.2 a final parent segment', target: '/private/a/..', served: '/private/' },
  { name: 'c.2 dots before a query', target: '/public/..?x', served: '/' },
  {
    name: 'c.2 carapaceproxy #614: the absolute form',
    target: 'http://append.test/public/../private',
    served: '/private',
  },
  { name: 'c.2 the absolute form without a path', target: 'http://append.test', served: '/' },
  { name: 'c.2 the absolute form with a query only', target: 'http://append.test?/private', served: '/' },
  { name: 'c.2 no slash in front', target: 'private' },
  { name: 'c.2 an asterisk', target: '*' },
];
