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

/** The names that are left of a path's segments; `..` takes back an empty one too where those count (`merge_slashes off`). */
function namesOf(segments: string[], emptyCount: boolean): string[] {
  const kept: string[] = [];
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i] as string;
    if (segment === '..') kept.pop();
    else if (segment !== '.' && (segment !== '' || emptyCount)) kept.push(segment);
  }
  return kept.filter(function (segment) {
    return segment !== '';
  });
}

/**
 * The path to ask about, percent-encoded. The raw path is returned to the byte unless it holds an empty, `.` or `..`
 * segment once `%2e` and `%2f` are decoded; then it is the path without them, as nginx resolves it (RFC 3986 section 5.2.4).
 * Empty, which denies, where that cannot be told: `/a//../b` depends on `merge_slashes`, and bytes that are not UTF-8 are
 * lost in a string. A path that climbs above the root never gets here: nginx answers it with 400.
 */
export function servedPath(rawPath: string): string {
  if (rawPath.indexOf('\ufffd') >= 0) return '';
  const decoded = rawPath.replace(/%2e/gi, '.').replace(/%2f/gi, '/');
  if (!/\/\/|\/\.\.?(?:\/|$)/.test(decoded)) return rawPath;

  const segments = decoded.split('/').slice(1);
  const last = segments[segments.length - 1];
  const isFolder = last === '' || last === '.' || last === '..';
  const path = namesOf(segments, false).join('/');
  if (path !== namesOf(segments, true).join('/')) return '';
  return '/' + path + (isFolder && path !== '' ? '/' : '');
}

/** The request target that the auth server is told about: the served path and the client's query, without a fragment; empty as the path is. */
export function servedUri(target: string): string {
  const parts = splitTarget(target);
  const path = servedPath(parts.path);
  return path === '' ? '' : path + parts.query;
}
