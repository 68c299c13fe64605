/**
 * The auth server must be asked about the resource that nginx serves. nginx chooses by the decoded, normalised path;
 * asking about the raw one would let `/public/../private` be judged as something public (CVE-2021-43557 and others).
 */

/** Splits a request target into path and query (with its `?`, or empty). A fragment is dropped, as nginx drops it. */
export function splitTarget(target: string): { path: string; query: string } {
  const hash = target.indexOf('#');
  const whole = hash < 0 ? target : target.slice(0, hash);
  const mark = whole.indexOf('?');
  return mark < 0
    ? { path: whole === '' ? '/' : whole, query: '' }
    : { path: mark === 0 ? '/' : whole.slice(0, mark), query: whole.slice(mark) };
}

/**
 * A path without its empty, `.` and `..` segments, as nginx resolves it (RFC 3986 section 5.2.4); with `emptyCount` (nginx:
 * `merge_slashes off`) a `..` takes back an empty segment, too.
 */
export function resolvePath(path: string, emptyCount: boolean): string {
  const segments = path.split('/').slice(1);
  const last = segments[segments.length - 1];
  const kept: string[] = [];
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i] as string;
    if (segment === '..') kept.pop();
    else if (segment !== '.' && (segment !== '' || emptyCount)) kept.push(segment);
  }
  const names = kept.filter(function (segment) {
    return segment !== '';
  });
  const isFolder = last === '' || last === '.' || last === '..';
  return '/' + names.join('/') + (isFolder && names.length > 0 ? '/' : '');
}

/**
 * The path to ask about, percent-encoded. The raw path is returned to the byte unless it holds an empty, `.` or `..`
 * segment once `%2e` and `%2f` are decoded; then it is the path without them.
 * Empty, which denies, where that cannot be told: `/a//../b` depends on `merge_slashes`, and bytes that are not UTF-8 are
 * lost in a string. A path that climbs above the root never gets here: nginx answers it with 400.
 */
export function servedPath(rawPath: string): string {
  if (rawPath.indexOf('\ufffd') >= 0) return '';
  const decoded = rawPath.replace(/%2e/gi, '.').replace(/%2f/gi, '/');
  if (!/\/\/|\/\.\.?(?:\/|$)/.test(decoded)) return rawPath;

  const path = resolvePath(decoded, false);
  return path === resolvePath(decoded, true) ? path : '';
}

/** The request target that the auth server is told about: the served path and the client's query, without a fragment; empty as the path is. */
export function servedUri(target: string): string {
  const parts = splitTarget(target);
  const path = servedPath(parts.path);
  return path === '' ? '' : path + parts.query;
}
