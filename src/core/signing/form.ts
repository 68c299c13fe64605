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
  /** Of type A: time, rand and uid as they are hashed; for nginx alone, as the next one. */
  ticket: 'edge_auth_s_ticket',
  /** The first slash of a target that the fast path reads. */
  fast: 'edge_auth_s_fast',
  /** The first byte of a well-formed target that is not ASCII; for nginx alone. */
  raw: 'edge_auth_s_raw',
  /** The first slash of the path form, for nginx alone. */
  front: 'edge_auth_s_front',
  /** Of the path form, with its `?`. */
  query: 'edge_auth_s_query',
  /** Of the other forms, all of them, without the `?`. */
  args: 'edge_auth_s_args',
  /** Of type A, what stands in them before and after the signature, and the `&` that parts them from it; for nginx alone. */
  before: 'edge_auth_s_before',
  beforeMark: 'edge_auth_s_and',
  after: 'edge_auth_s_after',
  afterMark: 'edge_auth_s_and_then',
  /** `%3B` of a path behind which the arguments stay as they are. */
  stay: 'edge_auth_args_stay',
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

/** A path with what `pathAsSigned` leaves out, which is served as it was signed under the rule's condition. */
export interface OddPathRule {
  /** Over the raw path alone. Its group is that of `groups.stay`. */
  pattern: string;
  /** Only where the edge has `merge_slashes off`, that is where the path that it serves has empty segments, too. */
  isUnmerged: boolean;
}

/**
 * nginx sends a path on as it came only while nothing of the target was changed; later `%3B` becomes `;`, where some origins cut. So
 * an encoded semicolon can be signed where the signature is an argument, and all arguments stay. The path form always changes the path.
 */
export function oddPathRules(isInPath: boolean): OddPathRule[] {
  const stay = `(?=(?:[^%]*%(?!3[bB]))*[^%]*${group('stay', '%3[bB]')})`;
  const refused = isInPath ? '2[fF]|5[cC]|3[bB]|[01]|7[fF]' : '2[fF]|5[cC]|[01]|7[fF]';
  const segments = function (isEmpty: string): string {
    return `(?:/(?!${isEmpty}(?:\\.|%2[eE]){1,2}(?:/|$))${plain}(?:%(?!${refused})${plain})*)+$`;
  };
  const unmerged = { pattern: `^${isInPath ? '' : `(?:${stay})?`}${segments('')}`, isUnmerged: true };
  return isInPath ? [unmerged] : [{ pattern: `^${stay}${segments('/|')}`, isUnmerged: false }, unmerged];
}
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

/** One pair or more with other names. */
function pairs(name: string): string {
  return notNamed(name) + rawPair + pairsAfter(name);
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
  const start = '^' + group('front', '/');
  if (form.type === 'B') return start + time + '/' + hash;
  return form.type === 'C' ? start + hash + '/' + time : null;
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
    const word = '[^-&' + forbidden + ']*';
    const time = group('time', timestampPatterns[form.timestampFormat]);
    const ticket = group('ticket', time + '-' + group('rand', word) + '-' + group('uid', word));
    const value = ticket + '-' + group('hash', hashPatterns[form.hash]);
    const before = '(?:' + group('before', pairs(form.signArg)) + group('beforeMark', '&') + ')?';
    const after = '(?:' + group('afterMark', '&') + group('after', pairs(form.signArg)) + ')?';
    patterns.push('^' + path + '\\?' + before + form.signArg + '=' + value + after + '$');
  } else if (form.type !== 'B') {
    const sign = onePair(form.signArg, group('hash', hashPatterns[form.hash]));
    const time = onePair(form.timeArg, group('time', timestampPatterns[form.timestampFormat]));
    // A path form that carries arguments of both names is signed twice.
    const single = form.type === 'C' ? '(?!' + prefixPattern(form) + ')' : '';
    patterns.push('^' + single + path + '\\?' + group('args', '(?=' + sign + ')' + time));
  }
  return patterns;
}

/**
 * What most signed targets are, for nginx's fast path: a part of what the rules for `signed` match, all ASCII, and no other argument's
 * name with a percent sign. `time` and `hash`: patterns of these parts; null for types whose signature is in front of the path. The
 * group `ticket` is what type A hashes of its argument. For PCRE alone: nothing is tried twice.
 */
export function fastForm(form: SignedForm, time: string, hash: string): string | null {
  if (form.type === 'B' || form.type === 'C') return null;
  const ascii = forbidden + '\\x80-\\xff';
  const rest = `[^/?%\\\\${ascii}]*+`;
  const segment = `/(?!/|(?:\\.|%2[eE]){1,2}(?:[/?]|$))${rest}(?:%(?!2[fF]|5[cC]|3[bB]|[01]|7[fF])${rest})*+`;
  const word = `[^-&${ascii}]*+`;
  const whole = group('hash', hash);
  const when = group('time', time);
  const signature =
    form.type === 'A'
      ? `${form.signArg}=${group('ticket', `${when}-${word}-${word}`)}-${whole}`
      : `${form.signArg}=${whole}&${form.timeArg}=${when}`;
  const names = form.type === 'A' ? form.signArg : `(?:${form.signArg}|${form.timeArg})`;
  const pair = `(?!${names}(?:[=&]|$))[^%=&${ascii}]*+(?:=[^&${ascii}]*+)?+`;
  const others = `${pair}(?:&${pair})*+`;
  const before = `(?:${group('before', others)}${group('beforeMark', '&')})?`;
  const after = `(?:${group('afterMark', '&')}${group('after', others)})?`;
  return (
    `(?=${group('fast', '/')})` + group('path', `(?:${segment})++`) + '\\?' + before + signature + after + '$'
  );
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
  const withRaw = function (pattern: string): string {
    return '^' + firstRaw + pattern.slice(1);
  };
  add('signed', wholePatterns(form, pathAsSigned).map(withRaw));
  // Some of these are signed all the same: oddPathRules.
  add('path_mismatch', wholePatterns(form, rawPath).map(withRaw));
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

/** What becomes of a complete signature whose path is not `pathAsSigned`. */
function oddOutcome(path: string, isInPath: boolean, isUnmerged: boolean): FormOutcome {
  const rule = oddPathRules(isInPath).find(function (one) {
    return new RegExp(one.pattern).test(path);
  });
  return rule !== undefined && (isUnmerged || !rule.isUnmerged) ? 'signed' : 'path_mismatch';
}

/** Do the arguments stay beside a signature that is one of them? `path`: raw. */
export function areArgsKept(path: string): boolean {
  return /%3b/i.test(path);
}

/** Tries the rules as nginx does. `isUnmerged`: the edge serves empty segments of the path (`merge_slashes off`). */
export function matchForm(form: SignedForm, target: string, isUnmerged?: boolean): MatchedForm {
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
    const isInPath = named[groups.query] !== undefined;
    return {
      outcome:
        rule.outcome === 'path_mismatch'
          ? oddOutcome(part('path'), isInPath, isUnmerged === true)
          : rule.outcome,
      parts: {
        path: part('path'),
        time: part('time'),
        rand: part('rand'),
        uid: part('uid'),
        hash: part('hash'),
      },
      isInPath: isInPath,
    };
  }
  return { outcome: 'no_signature', isInPath: false };
}

/** What is hashed, part by part: `key`, a group's name, or `-`. */
export function hashedParts(type: SigningType): ('key' | '-' | keyof SignatureParts)[] {
  if (type === 'A') return ['path', '-', 'time', '-', 'rand', '-', 'uid', '-', 'key'];
  return type === 'B' ? ['key', 'time', 'path'] : ['key', 'path', 'time'];
}
