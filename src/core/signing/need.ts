/** Which requests need a signature: rules over `METHOD path`, tried in order, as a `map` by nginx and by `needOf` in Node. */

import { firstRule, type Scope, type ScopeRule, scopeRules } from '../scope';

/** `checked`: a signature is needed, and what became of it decides. */
export type Need = 'checked' | 'white_list' | 'out_of_scope';

export interface NeedRule {
  /** A regular expression over `METHOD path`, where the path is decoded, normalised and without a signature. */
  pattern: string;
  caseSensitive: boolean;
  need: Need;
}

export interface NeedSettings {
  /** Undefined: every request. */
  scope: Scope | undefined;
  /** Exact, or ending in `/*`; decoded and normalised; case counts. */
  whiteList: string[];
}

const everything: Scope = {
  fileTypes: [],
  paths: [],
  excludeFileTypes: [],
  excludePaths: [],
  excludeMethods: [],
  caseSensitive: true,
};

/**
 * The rules, first match wins, and what holds where none matches. Excluded methods come first, then paths that an origin may read
 * otherwise than nginx, which always need a signature; then the white list and what else is out of scope.
 */
export function needRules(settings: NeedSettings): { rules: NeedRule[]; fallback: Need } {
  const scope = settings.scope || everything;
  const asNeed = function (outside: Need): (rule: ScopeRule) => NeedRule {
    return function (rule) {
      const need = rule.inScope ? 'checked' : outside;
      return { pattern: rule.pattern, caseSensitive: rule.caseSensitive, need: need };
    };
  };
  const methods = scopeRules(Object.assign({}, everything, { excludeMethods: scope.excludeMethods }));
  const listed = scopeRules(Object.assign({}, everything, { excludePaths: settings.whiteList }));
  const inside = scopeRules(Object.assign({}, scope, { excludeMethods: [] }));
  return {
    // The first rule of the last two is that of ambiguous paths, which stands already.
    rules: methods.rules
      .map(asNeed('out_of_scope'))
      .concat(listed.rules.slice(1).map(asNeed('white_list')))
      .concat(inside.rules.slice(1).map(asNeed('out_of_scope'))),
    fallback: inside.fallback ? 'checked' : 'out_of_scope',
  };
}

/**
 * Tries the rules as nginx does, on bytes: case folds in ASCII only. `path`: the served path, one character a byte. `target`: the raw
 * request target that led to it; by default the path itself.
 */
export function needOf(settings: NeedSettings, method: string, path: string, target?: string): Need {
  const all = needRules(settings);
  const hit = firstRule(all.rules, method, path, target === undefined ? path : target);
  return hit ? hit.need : all.fallback;
}
