/** For people: what is wrong with the form of a signed URL. Nothing here decides. */

import { type FormOutcome, hashPatterns, type SignedForm, timestampPatterns } from '../signing/form';
import { pathFault } from '../signing/sign';

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
export function formFault(
  form: SignedForm,
  outcome: FormOutcome,
  target: string,
  isUnmerged: boolean,
): string {
  const path = target.split('?', 1)[0] as string;
  if (outcome === 'path_mismatch')
    return `the path has ${pathFault(path, isUnmerged)}, and is served as another`;
  if (outcome === 'no_signature') return `no signature where type ${form.type} has one: ${whereOf(form)}`;
  if (target.indexOf('#') >= 0) return 'a "#": clients keep what begins there to themselves';
  if (/[^!-~\x80-\u{10ffff}]/u.test(target))
    return 'a space or a control character, which clients send percent-encoded';
  const pairs = target.slice(path.length + 1).split('&');
  const signs = form.signArg === '' ? [] : valuesOf(pairs, form.signArg);
  if (signs.length === 0) return segmentsFault(form, path);
  const times = form.timeArg === '' ? [] : valuesOf(pairs, form.timeArg);
  const fault = argumentFault(pairs, form.signArg, signs) || argumentFault(pairs, form.timeArg, times);
  if (fault !== undefined) return fault;
  if (form.type === 'A') {
    const parts = (signs[0] as string).split('-');
    if (parts.length !== 4) {
      return `${form.signArg}: expected timestamp-rand-uid-hash, received ${parts.length} part(s) between hyphens`;
    }
    return timeFault(form, parts[0] as string) || hashFault(form, parts[3] as string) || 'rand or uid';
  }
  if (times.length === 0) return `no argument ${form.timeArg} with the timestamp beside ${form.signArg}`;
  return (
    hashFault(form, signs[0] as string) ||
    timeFault(form, times[0] as string) ||
    'a signature in front of the path and one in arguments'
  );
}

/** Where a type carries its signature, such as `/hash/timestamp/path`. */
export function whereOf(form: SignedForm): string {
  if (form.type === 'B') return '/timestamp/hash/path';
  if (form.type === 'A') return `?${form.signArg}=timestamp-rand-uid-hash`;
  const inArgs = `?${form.signArg}=hash&${form.timeArg}=timestamp`;
  return form.type === 'C' ? `/hash/timestamp/path or ${inArgs}` : inArgs;
}

function argumentFault(pairs: string[], name: string, values: string[]): string | undefined {
  if (values.length > 1) return `the argument ${name} stands ${values.length} times`;
  const isPlain = pairs.some(function (pair) {
    return pair.indexOf(name + '=') === 0;
  });
  return values.length === 1 && !isPlain
    ? `the argument ${name} has no value, or its name is percent-encoded`
    : undefined;
}

function segmentsFault(form: SignedForm, path: string): string {
  const segments = path.split('/');
  const first = segments[1] || '';
  const second = segments[2] || '';
  const fault =
    form.type === 'B'
      ? timeFault(form, first) || hashFault(form, second)
      : timeFault(form, second) || hashFault(form, first);
  return fault || 'no path behind the signature';
}

function timeFault(form: SignedForm, text: string): string | undefined {
  if (new RegExp('^' + timestampPatterns[form.timestampFormat] + '$').test(text)) return undefined;
  return `timestamp: expected ${timeWords[form.timestampFormat]}, received ${describe(text)}`;
}

function hashFault(form: SignedForm, text: string): string | undefined {
  if (new RegExp('^' + hashPatterns[form.hash] + '$').test(text)) return undefined;
  return `hash: expected ${hashWords[form.hash]}, received ${describe(text)}`;
}

function describe(text: string): string {
  if (/^[0-9]*$/.test(text)) return `${text.length} digits`;
  return `${text.length} ${/[A-F]/.test(text) ? 'characters, capitals among them' : 'characters'}`;
}

/** The values of the arguments with that name, percent-encoded or not. */
function valuesOf(pairs: string[], name: string): string[] {
  const values: string[] = [];
  pairs.forEach(function (pair) {
    const equals = pair.indexOf('=');
    const written = equals < 0 ? pair : pair.slice(0, equals);
    if (decoded(written) === name) values.push(equals < 0 ? '' : pair.slice(equals + 1));
  });
  return values;
}

export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
