/**
 * Makes signed URLs, for the tools and the library: the reverse of form.ts, over the same hashed text. nginx itself does not import
 * this file.
 */

import { hasPair, matchForm, prefixPattern, signatureArguments, type SignedForm } from './form';
import { hashedText } from './verify';

export type SignaturePlace = 'path' | 'args';

/** What a signer chooses. `time` is a timestamp as it will stand in the URL; `rand` and `uid` count for type A alone. */
export interface SignatureChoice {
  time: string;
  rand: string;
  uid: string;
  place: SignaturePlace;
}

/** The digest of the text's UTF-8 bytes, in lower-case hex. */
export type Digest = (hash: 'md5' | 'sha256', text: string) => string;

/** Where a type's signature may stand; the first is the usual one. */
export function placesOf(type: SignedForm['type']): SignaturePlace[] {
  return type === 'B' ? ['path'] : type === 'C' ? ['path', 'args'] : ['args'];
}

/**
 * Percent-encodes, in upper case, what cannot stand in a request target (RFC 3986 sections 3.3 and 3.4) and so never reaches the
 * edge as it is: clients would each do it their way, and the raw text is what is hashed. What is encoded already stays. Throws for
 * half a surrogate pair.
 */
export function encodeTarget(text: string): string {
  return text
    .replace(/%(?![0-9A-Fa-f]{2})/g, '%25')
    .replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]+/g, function (part) {
      return encodeURIComponent(part);
    });
}

/** `target` must have passed `signingFault`. */
export function signTarget(
  form: SignedForm,
  key: string,
  target: string,
  choice: SignatureChoice,
  digest: Digest,
): string {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const time = choice.time;
  const parts = { path: path, time: time, rand: choice.rand, uid: choice.uid, hash: '' };
  const hash = digest(form.hash, hashedText(form.type, parts, key));
  if (choice.place === 'path') {
    return (form.type === 'B' ? '/' + time + '/' + hash : '/' + hash + '/' + time) + target;
  }
  const pairs =
    form.type === 'A'
      ? form.signArg + '=' + [time, choice.rand, choice.uid, hash].join('-')
      : form.signArg + '=' + hash + '&' + form.timeArg + '=' + time;
  const query = mark < 0 ? '' : target.slice(mark + 1);
  return path + '?' + (query === '' ? '' : query + '&') + pairs;
}

/**
 * Why an encoded target cannot be signed so that the edge opens it, as `expected …, received …: what to do`; undefined if it can.
 * `isUnmerged`: the edge has `merge_slashes off`.
 */
export function signingFault(
  form: SignedForm,
  target: string,
  place: SignaturePlace,
  isUnmerged?: boolean,
): string | undefined {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const names = signatureArguments(form).map(function (argument) {
    return argument[0];
  });
  // In path form an argument of the timestamp's name is the application's own.
  const taken = (place === 'path' ? names.slice(0, 1) : names).filter(function (name) {
    return new RegExp(hasPair(name)).test(target);
  });
  if (taken.length > 0) {
    return `expected a URL without a signature, received one with the argument ${taken[0]}: take it out, or rename the application's`;
  }
  const prefix = prefixPattern(form);
  if (prefix !== null && new RegExp(prefix).test(target)) {
    return 'expected a URL without a signature, received one whose path begins with one: take it off';
  }
  // Any text of the right length stands in for the hash: the rules look at its form alone.
  const time = { dec: '0000000000', hex: '00000000', yyyyMMDDhhmm: '197001010000' }[form.timestampFormat];
  const choice = { time: time, rand: '', uid: '', place: place };
  const signed = signTarget(form, '', target, choice, function (hash) {
    return ''.padEnd(hash === 'md5' ? 32 : 64, '0');
  });
  const outcome = matchForm(form, signed, isUnmerged).outcome;
  if (outcome === 'signed') return undefined;
  return outcome === 'path_mismatch'
    ? `expected a path that the edge serves as it is signed, received ${pathFault(path, isUnmerged)}: sign the path that it stands for`
    : `expected a URL that the edge reads as signed, received one that it takes for ${outcome}`;
}

/** What makes nginx serve a raw path as another one. */
export function pathFault(path: string, isUnmerged?: boolean): string {
  if (!isUnmerged && /\/\//.test(path))
    return 'an empty segment (//), which stays only under "merge_slashes off"';
  if (/\/(?:\.|%2e){1,2}(?:\/|$)/i.test(path)) return 'a "." or ".." segment';
  const found = /\\|%(?:2f|5c|[01]|7f)/i.exec(path) || /%3b/i.exec(path);
  const names: Record<string, string> = {
    '\\': 'a backslash',
    '%2f': 'an encoded slash (%2F)',
    '%5c': 'an encoded backslash (%5C)',
    '%3b': 'an encoded semicolon (%3B) behind a signature in front of the path',
  };
  return names[found === null ? '' : found[0].toLowerCase()] || 'an encoded control character';
}
