/**
 * What a signed URL looks like: rules over the request target, tried in order. nginx tries them as a `map`, so that no JavaScript
 * runs for a request without a signature; Node tries them with `matchForm`. Patterns mean the same to PCRE and to JavaScript.
 */

import { anySpelling } from '../argument-name';
import type { TimestampFormat } from './timestamp';

export type SigningType = 'A' | 'B' | 'C' | 'D' | 'F';

/** Where the parts of a signature stand, and how they are spelled. */
export interface SignedForm {
  type: SigningType;
  hash: 'md5' | 'sha256';
  /** Name of the argument with the signature, letters, digits and `_`; empty for type B. */
  signArg: string;
  /** Name of the argument with the timestamp; empty for types A and B. */
  timeArg: string;
  timestampFormat: TimestampFormat;
}

/** `signed`: complete and well formed, the hash still to be checked. */
export type FormOutcome = 'signed' | 'path_mismatch' | 'malformed' | 'no_signature';

export interface FormRule {
  pattern: string;
  outcome: FormOutcome;
}

/** The named groups of the rules for `signed`. They are nginx variables, too, hence the prefix. */
export const groups = {
  path: 'edge_auth_s_path',
  time: 'edge_auth_s_time',
  rand: 'edge_auth_s_rand',
  uid: 'edge_auth_s_uid',
  hash: 'edge_auth_s_hash',
  /** The first byte of a well-formed target that is not ASCII; for nginx alone. */
  raw: 'edge_auth_s_raw',
  /** Of the path form, with its `?`. */
  query: 'edge_auth_s_query',
  /** Of the other forms, all of them, without the `?`. */
  args: 'edge_auth_s_args',
  /** Of type A, what stands in them before and after the signature; for nginx alone. */
  before: 'edge_auth_s_before',
  after: 'edge_auth_s_after',
};

/**
 * The number of digits is exact: where path and timestamp are hashed without a separator, the signature of `/seg1` at 1721029907
 * would open `/seg` at 11721029907, too.
 */
export const timestampPatterns: Record<TimestampFormat, string> = {
  dec: '[0-9]{10}',
  hex: '[0-9A-Fa-f]{8}',
  yyyyMMDDhhmm: '[0-9]{12}',
};
/** Lower case only, as the vendors write it. */
export const hashPatterns = { md5: '[0-9a-f]{32}', sha256: '[0-9a-f]{64}' };

/** A fragment, control characters and spaces have no place in a request target. */
const forbidden = '#\\x00-\\x20\\x7f';
const rawPath = `/[^?${forbidden}]*`;
const rawPair = `[^&${forbidden}]*`;
const plain = `[^/?%\\\\${forbidden}]*`;
/**
 * A raw path that nginx serves as it was signed: no empty, `.` or `..` segment, also behind `%2e`; no backslash, and no encoded slash,
 * backslash, semicolon or control character, which nginx decodes before it chooses a file or asks an origin. Each `/` and `%` is
 * looked at once, so that a long path takes no longer than its length.
 */
const pathAsSigned =
  `(?:/(?!/|(?:\\.|%2[eE]){1,2}(?:[/?]|$))${plain}` + `(?:%(?!2[fF]|5[cC]|3[bB]|[01]|7[fF])${plain})*)+`;
/** Two leading segments that somebody meant for a timestamp and a hash. */
const lookalike = '^/(?:[0-9A-Za-z]{8,14}/[0-9A-Fa-f]{20,80}|[0-9A-Fa-f]{20,80}/[0-9A-Za-z]{8,14})(?:[/?]|$)';

function group(name: keyof typeof groups, pattern: string): string {
  return '(?<' + groups[name] + '>' + pattern + ')';
}

/** nginx reads 4095 bytes of a pattern, in which a name's spellings stand four times. */
const longestSpelled = 60;
/** A name in which a letter, a digit or `_` is encoded, as nobody does without intent. */
const encodedWord = '[^=&]*%(?:3[0-9]|[46][1-9a-fA-F]|[57][0-9aA]|5[fF])';

/** At the start of a pair: it has another name. */
function notNamed(name: string): string {
  return name.length > longestSpelled
    ? '(?!' + name + '(?:[=&]|$)|' + encodedWord + ')'
    : '(?!' + anySpelling(name) + '(?:[=&]|$))';
}

/** The pairs of a query, one of which is `name=value` and no other has that name, in whatever spelling. */
function onePair(name: string, value: string): string {
  return pairsBefore(name) + name + '=' + value + pairsAfter(name) + '$';
}

/** Any number of pairs with other names, in front of one. */
function pairsBefore(name: string): string {
  return '(?:' + notNamed(name) + rawPair + '&)*';
}

function pairsAfter(name: string): string {
  return '(?:&' + notNamed(name) + rawPair + ')*';
}

function noPair(name: string): string {
  const other = notNamed(name) + rawPair;
  return '(?:\\?' + other + '(?:&' + other + ')*)?';
}

/** A query has a pair of that name, in whatever spelling. */
export function hasPair(name: string): string {
  // Not `.`, which leaves out other characters in JavaScript than in PCRE.
  return '^[^?]*\\?(?:[^#]*&)?' + anySpelling(name) + '(?:[=&]|$)';
}

/** The path form's leading segments; null for types without one. */
function prefixOf(form: SignedForm): string | null {
  const time = group('time', timestampPatterns[form.timestampFormat]);
  const hash = group('hash', hashPatterns[form.hash]);
  if (form.type === 'B') return '^/' + time + '/' + hash;
  return form.type === 'C' ? '^/' + hash + '/' + time : null;
}

/** Matches a request target in path form, whose first two segments are then taken off; has no groups; null for types without one. */
export function prefixPattern(form: SignedForm): string | null {
  const prefix = prefixOf(form);
  return prefix === null ? null : prefix.replace(/\?<\w+>/g, '?:') + '/';
}

/** The arguments of a well-formed signature: name, and pattern of the value. */
export function signatureArguments(form: SignedForm): [name: string, value: string][] {
  const time = timestampPatterns[form.timestampFormat];
  const hash = hashPatterns[form.hash];
  if (form.type === 'B') return [];
  if (form.type === 'A') return [[form.signArg, time + '-[^-&]*-[^-&]*-' + hash]];
  return [
    [form.signArg, hash],
    [form.timeArg, time],
  ];
}

/** The whole targets of a type. */
function wholePatterns(form: SignedForm, pathPattern: string): string[] {
  const path = group('path', pathPattern);
  const prefix = prefixOf(form);
  const patterns: string[] = [];
  if (form.type === 'B') patterns.push(prefix + path + group('query', '(?:\\?[^' + forbidden + ']*)?') + '$');
  // In path form an argument of the timestamp's name is the application's; one of the signature's would be a second signature.
  if (form.type === 'C') patterns.push(prefix + path + group('query', noPair(form.signArg)) + '$');
  if (form.type === 'A') {
    const value =
      group('time', timestampPatterns[form.timestampFormat]) +
      '-' +
      group('rand', '[^-&' + forbidden + ']*') +
      '-' +
      group('uid', '[^-&' + forbidden + ']*') +
      '-' +
      group('hash', hashPatterns[form.hash]);
    const before = group('before', pairsBefore(form.signArg));
    const after = group('after', pairsAfter(form.signArg));
    patterns.push('^' + path + '\\?' + group('args', before + form.signArg + '=' + value + after + '$'));
  } else if (form.type !== 'B') {
    const sign = onePair(form.signArg, group('hash', hashPatterns[form.hash]));
    const time = onePair(form.timeArg, group('time', timestampPatterns[form.timestampFormat]));
    // A path form that carries arguments of both names is signed twice.
    const single = form.type === 'C' ? '(?!' + prefixPattern(form) + ')' : '';
    patterns.push('^' + single + path + '\\?' + group('args', '(?=' + sign + ')' + time));
  }
  return patterns;
}

/** Looks at no more than it has to: whether all bytes of the target are ASCII. Never fails. */
const firstRaw = `(?=[\\x00-\\x7f]*${group('raw', '[\\x80-\\xff]?')})`;

/** The rules of a form, for the raw request target. The first that matches decides; where none does it is `no_signature`. */
export function formRules(form: SignedForm): FormRule[] {
  const rules: FormRule[] = [];
  const add = function (outcome: FormOutcome, patterns: string[]): void {
    patterns.forEach(function (pattern) {
      rules.push({ pattern: pattern, outcome: outcome });
    });
  };
  add(
    'signed',
    wholePatterns(form, pathAsSigned).map(function (pattern) {
      return '^' + firstRaw + pattern.slice(1);
    }),
  );
  add('path_mismatch', wholePatterns(form, rawPath));
  add('malformed', ['[' + forbidden + ']']);
  if (form.type !== 'B') add('malformed', [hasPair(form.signArg)]);
  if (form.type === 'B' || form.type === 'C') add('malformed', [lookalike]);
  return rules;
}

/** The parts of a signature as spelled in a target; `rand` and `uid` are empty but for type A. */
export interface SignatureParts {
  path: string;
  time: string;
  rand: string;
  uid: string;
  hash: string;
}

export interface MatchedForm {
  outcome: FormOutcome;
  /** Where the outcome is `signed` or `path_mismatch`. */
  parts?: SignatureParts;
  /** The signature stands in front of the path. */
  isInPath: boolean;
}

/** Tries the rules as nginx does. */
export function matchForm(form: SignedForm, target: string): MatchedForm {
  const rules = formRules(form);
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i] as FormRule;
    const found = new RegExp(rule.pattern).exec(target);
    if (found === null) continue;
    const named = found.groups || {};
    if (named[groups.hash] === undefined) return { outcome: rule.outcome, isInPath: false };
    const part = function (name: keyof typeof groups): string {
      return named[groups[name]] || '';
    };
    return {
      outcome: rule.outcome,
      parts: {
        path: part('path'),
        time: part('time'),
        rand: part('rand'),
        uid: part('uid'),
        hash: part('hash'),
      },
      isInPath: named[groups.query] !== undefined,
    };
  }
  return { outcome: 'no_signature', isInPath: false };
}

/** What is hashed, part by part: `key`, a group's name, or `-`. */
export function hashedParts(type: SigningType): ('key' | '-' | keyof SignatureParts)[] {
  if (type === 'A') return ['path', '-', 'time', '-', 'rand', '-', 'uid', '-', 'key'];
  return type === 'B' ? ['key', 'time', 'path'] : ['key', 'path', 'time'];
}
