/**
 * What the edge says about a URL: the same rules that nginx tries as maps, the same check that it runs. For the tools, and for the edge
 * itself while its conf is that of an earlier policy.
 */

import { resolvePath } from '../served-path';
import { checkSignature, type IsDigest, lineStart, type SignatureOutcome, type SigningRules } from './check';
import {
  type FormOutcome,
  hashedParts,
  matchForm,
  type MatchedForm,
  signatureArguments,
  type SignatureParts,
} from './form';
import { type NeedSettings, needOf } from './need';

export interface SigningPolicy extends SigningRules, NeedSettings {
  /** Methods that a signature opens. */
  methods: string[];
}

export type SigningReason =
  FormOutcome | SignatureOutcome | 'white_list' | 'out_of_scope' | 'method_not_allowed';

export interface SigningVerdict {
  decision: 'allow' | 'deny';
  reason: SigningReason;
  /** The request target without a well-formed signature; as it came where there is none. */
  cleanTarget: string;
  /** What was found. */
  form: MatchedForm;
}

/**
 * The path of a request target as nginx serves it, one character a byte: decoded, dot segments resolved, slashes merged unless
 * `isUnmerged` (a path with both is refused, whatever it leads to).
 */
export function servedBytes(target: string, isUnmerged?: boolean): string {
  const path = target.split(/[?#]/, 1)[0] || '/';
  // One character a byte first: what is not ASCII counts as its UTF-8 bytes.
  const bytes = encodeURI(path)
    .replace(/%25([0-9A-Fa-f]{2})/g, '%$1')
    .replace(/%([0-9A-Fa-f]{2})/g, function (_all: string, hex: string) {
      return String.fromCharCode(parseInt(hex, 16));
    });
  const isPlain = !/\/\.\.?(?:\/|$)/.test(bytes);
  return isUnmerged === true && isPlain ? bytes : resolvePath(bytes, false);
}

/** The text that is hashed, such as `/video.mp4-1444435200-0-0-key`. */
export function hashedText(type: SigningRules['type'], parts: SignatureParts, key: string): string {
  return hashedParts(type)
    .map(function (part) {
      return part === 'key' ? key : part === '-' ? '-' : parts[part];
    })
    .join('');
}

/** The request target without a well-formed signature; as it is where there is none. `form` is that of the target. */
export function withoutSignature(rules: SigningRules, target: string, form: MatchedForm): string {
  if (form.outcome !== 'signed') return target;
  // Behind the two segments; the path begins with a slash.
  if (form.isInPath) return target.slice(target.indexOf('/', target.indexOf('/', 1) + 1));
  const mark = target.indexOf('?');
  const names = signatureArguments(rules).map(function (argument) {
    return argument[0];
  });
  const query = target
    .slice(mark + 1)
    .split('&')
    .filter(function (pair) {
      return names.indexOf(pair.split('=', 1)[0] as string) < 0;
    })
    .join('&');
  return target.slice(0, mark) + (query === '' ? '' : '?' + query);
}

/** What became of a signature of that form, whether or not the request needs one. `now`: unix seconds. */
export function judgeSignature(
  rules: SigningRules,
  keys: string[],
  form: MatchedForm,
  now: number,
  isDigest: IsDigest,
): FormOutcome | SignatureOutcome {
  const parts = form.parts;
  if (form.outcome !== 'signed' || parts === undefined) return form.outcome;
  // What is no UTF-8 is lost in a string, and one signature would open several paths.
  if (hashedText(rules.type, parts, '').indexOf('\ufffd') >= 0) return 'malformed';
  let outcome: SignatureOutcome = 'bad_signature';
  keys.some(function (key) {
    const line = lineStart(rules) + parts.time + parts.hash + hashedText(rules.type, parts, key);
    outcome = checkSignature(line, now, isDigest);
    return outcome !== 'bad_signature';
  });
  return outcome;
}

/**
 * A signature in front of the path is verified even where none is needed: nginx lets a path that was rewritten into `internal` locations.
 * `target`: the raw request target, such as `/video.mp4?auth_key=…`; `now`: unix seconds; `isUnmerged`: `merge_slashes off`.
 */
export function verifyUrl(
  policy: SigningPolicy,
  keys: string[],
  method: string,
  target: string,
  now: number,
  isDigest: IsDigest,
  isUnmerged?: boolean,
): SigningVerdict {
  const form = matchForm(policy, target, isUnmerged);
  const cleanTarget = withoutSignature(policy, target, form);
  const say = function (reason: SigningReason): SigningVerdict {
    const isAllowed = reason === 'signed' || reason === 'white_list' || reason === 'out_of_scope';
    return {
      decision: isAllowed ? 'allow' : 'deny',
      reason: reason,
      cleanTarget: cleanTarget,
      form: form,
    };
  };
  const need = needOf(policy, method, servedBytes(cleanTarget, isUnmerged), target);
  const isInPath = form.outcome === 'signed' && form.isInPath;
  if (need !== 'checked' && !isInPath) return say(need);
  if (need === 'checked' && policy.methods.indexOf(method) < 0) return say('method_not_allowed');
  return say(judgeSignature(policy, keys, form, now, isDigest));
}
