/** Which requests are asked about: turned into the rules of an nginx `map` over `METHOD path`, tried in order. */

/** Empty lists choose nothing, and without fileTypes and paths all requests are in scope. Exclusions win. */
export interface Scope {
  /** Without a leading dot. */
  fileTypes: string[];
  /** Exact, or ending in `/*`; decoded and normalised. */
  paths: string[];
  excludeFileTypes: string[];
  excludePaths: string[];
  excludeMethods: string[];
  caseSensitive: boolean;
}

export interface ScopeRule {
  /** A regular expression over `METHOD path`, where the path is decoded and normalised by nginx. */
  pattern: string;
  caseSensitive: boolean;
  inScope: boolean;
}

/**
 * Paths that an origin may read otherwise than nginx does: path parameters (`;`), a second layer of percent-encoding, `?` or
 * `#` that were encoded, a backslash, control characters, empty segments, segments that end in a dot or a space. No exclusion by
 * path or file type applies to them, so that `/private;.png` is not taken for a picture; an excluded method stays excluded.
 */
const ambiguous = '^[A-Z_-]+ (?:$|.*(?:[;?#%\\\\\\x00-\\x1f\\x7f]|//|[. ](?:/|$)))';

/**
 * Over the raw request target: a path that leads away from where it begins, by dot segments or by two slashes in front, which some
 * servers read as the start of a host name. nginx judges `/private/../open/x` as `/open/x`, and an origin that is sent the raw path
 * may serve `/private`. Such a path is taken for an ambiguous one.
 */
export const roundabout = '^(?:/|%2[fF]){2}|^[^?#]*(?:/|%2[fF])(?:\\.|%2[eE]){1,2}(?:/|%2[fF]|[?#]|$)';
/** Stands before a roundabout path: no path begins so, and a `?` that was encoded makes a path ambiguous. */
export const roundaboutMark = '?';

function escapePattern(text: string): string {
  return text.replace(/[\\.*+?^$()[\]{}|]/g, '\\$&');
}

function pathPattern(path: string): string {
  return path.slice(-2) === '/*' ? escapePattern(path.slice(0, -1)) : escapePattern(path) + '$';
}

function alternatives(items: string[]): string {
  return '(?:' + items.join('|') + ')';
}

/** nginx reads no conf parameter of 4096 bytes; a character may take three of them, an escaping backslash two. */
const longestPattern = 1300;

/**
 * The rules, first match wins; `fallback` holds where none matches. A file type counts for any segment of the path
 * (`/a.php/b` runs a.php) where it puts a request in scope, and only for the last one where it takes it out.
 */
export function scopeRules(scope: Scope): { rules: ScopeRule[]; fallback: boolean } {
  const method = '^[A-Z_-]+ ';
  const any = method + '/(?:.*/)?[^/]*\\.';
  const sensitive = scope.caseSensitive;
  const rules: ScopeRule[] = [];
  const add = function (
    items: string[],
    before: string,
    after: string,
    inScope: boolean,
    caseSensitive: boolean,
  ): void {
    let group: string[] = [];
    items.forEach(function (item, i) {
      group.push(item);
      const next = items[i + 1];
      if (next !== undefined && group.join('|').length + next.length < longestPattern) return;
      const pattern = before + alternatives(group) + after;
      rules.push({ pattern: pattern, caseSensitive: caseSensitive, inScope: inScope });
      group = [];
    });
  };
  add(scope.excludeMethods, '^', ' ', false, true);
  rules.push({ pattern: ambiguous, caseSensitive: true, inScope: true });
  add(scope.excludePaths.map(pathPattern), method, '', false, sensitive);
  add(scope.excludeFileTypes.map(escapePattern), any, '$', false, sensitive);
  add(scope.paths.map(pathPattern), method, '', true, sensitive);
  add(scope.fileTypes.map(escapePattern), any, '(?:/|$)', true, sensitive);
  return { rules: rules, fallback: scope.paths.length === 0 && scope.fileTypes.length === 0 };
}

/**
 * The first rule that fits, tried as nginx does, on bytes: case folds in ASCII only. `path`: the served path, one character a byte;
 * `target`: the raw request target that led to it.
 */
export function firstRule<Rule extends { pattern: string; caseSensitive: boolean }>(
  rules: Rule[],
  method: string,
  path: string,
  target: string,
): Rule | undefined {
  const bytes = function (pattern: string): string {
    return pattern.replace(/[^ -~]+/g, function (text) {
      return encodeURIComponent(text).replace(/%(..)/g, function (_all, hex: string) {
        return String.fromCharCode(parseInt(hex, 16));
      });
    });
  };
  const fold = function (text: string): string {
    return text.replace(/[A-Z]/g, function (letter) {
      return letter.toLowerCase();
    });
  };
  const subject = method + ' ' + (new RegExp(roundabout).test(target) ? roundaboutMark : '') + path;
  return rules.find(function (rule) {
    return rule.caseSensitive
      ? new RegExp(bytes(rule.pattern)).test(subject)
      : new RegExp(fold(bytes(rule.pattern))).test(fold(subject));
  });
}

/** Is the auth server asked about the request? Arguments as those of `firstRule`. */
export function isInScope(scope: Scope, method: string, path: string, target: string): boolean {
  const all = scopeRules(scope);
  const hit = firstRule(all.rules, method, path, target);
  return hit ? hit.inScope : all.fallback;
}
