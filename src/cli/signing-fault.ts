/** For people: what is wrong with the form of a signed URL. Nothing here decides. */

import { type FormOutcome, hashPatterns, type SignedForm, timestampPatterns } from '../core/url-signing/form';
import { pathFault } from '../core/url-signing/sign';

const timeWords = {
  dec: 'exactly 10 decimal digits',
  hex: 'exactly 8 hexadecimal digits',
  yyyyMMDDhhmm: 'the 12 digits of a date, yyyyMMDDhhmm',
};
const hashWords = {
  md5: 'exactly 32 hexadecimal digits in lower case',
  sha256: 'exactly 64 hexadecimal digits in lower case',
};

/** Why a target has not the form of a signed one; the first fault found. `parts` are there if only the date is none. */
export function formFault(form: SignedForm, outcome: FormOutcome, target: string): string {
  const path = target.split('?', 1)[0] as string;
  if (outcome === 'path_mismatch') return `the path has ${pathFault(path)}, and is served as another`;
  if (outcome === 'no_signature') return `no signature where type ${form.type} has one: ${whereOf(form)}`;
  if (target.includes('#')) return 'a "#": clients keep what begins there to themselves';
  if (/[\0-\x20\x7f]/.test(target))
    return 'a space or a control character, which clients send percent-encoded';
  const pairs = target.slice(path.length + 1).split('&');
  const signs = form.signArg === '' ? [] : valuesOf(pairs, form.signArg);
  if (signs.length === 0) return segmentsFault(form, path);
  const times = form.timeArg === '' ? [] : valuesOf(pairs, form.timeArg);
  for (const [name, values] of [
    [form.signArg, signs],
    [form.timeArg, times],
  ] as const) {
    if (values.length > 1) return `the argument ${name} stands ${values.length} times`;
    if (values.length === 1 && !pairs.some((pair) => pair.startsWith(name + '=')))
      return `the argument ${name} has no value, or its name is percent-encoded`;
  }
  if (form.type === 'A') {
    const parts = (signs[0] as string).split('-');
    if (parts.length !== 4) {
      return `${form.signArg}: expected timestamp-rand-uid-hash, received ${parts.length} part(s) between hyphens`;
    }
    return timeFault(form, parts[0]!) ?? hashFault(form, parts[3]!) ?? 'rand or uid';
  }
  if (times.length === 0) return `no argument ${form.timeArg} with the timestamp beside ${form.signArg}`;
  return (
    hashFault(form, signs[0]!) ??
    timeFault(form, times[0]!) ??
    'a signature in front of the path and one in arguments'
  );
}

/** Where a type carries its signature, such as `/hash/timestamp/path`. */
export function whereOf(form: SignedForm): string {
  const inPath = { B: '/timestamp/hash/path', C: '/hash/timestamp/path' }[form.type as 'B' | 'C'];
  const inArgs =
    form.type === 'A'
      ? `?${form.signArg}=timestamp-rand-uid-hash`
      : `?${form.signArg}=hash&${form.timeArg}=timestamp`;
  if (inPath === undefined) return inArgs;
  return form.type === 'B' ? inPath : `${inPath} or ${inArgs}`;
}

function segmentsFault(form: SignedForm, path: string): string {
  const [, first = '', second = ''] = path.split('/');
  const [time, hash] = form.type === 'B' ? [first, second] : [second, first];
  return timeFault(form, time) ?? hashFault(form, hash) ?? 'no path behind the signature';
}

function timeFault(form: SignedForm, text: string): string | undefined {
  if (new RegExp(`^${timestampPatterns[form.timestampFormat]}$`).test(text)) return undefined;
  return `timestamp: expected ${timeWords[form.timestampFormat]}, received ${describe(text)}`;
}

function hashFault(form: SignedForm, text: string): string | undefined {
  if (new RegExp(`^${hashPatterns[form.hash]}$`).test(text)) return undefined;
  return `hash: expected ${hashWords[form.hash]}, received ${describe(text)}`;
}

function describe(text: string): string {
  const kind = /^\d*$/.test(text)
    ? 'digits'
    : /[A-F]/.test(text)
      ? 'characters, capitals among them'
      : 'characters';
  return `${text.length} ${kind}`;
}

/** The values of the arguments with that name, percent-encoded or not. */
function valuesOf(pairs: string[], name: string): string[] {
  return pairs
    .map((pair) => pair.split(/=([^]*)/, 2))
    .filter(([written = '']) => decoded(written) === name)
    .map(([, value = '']) => value);
}

export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
