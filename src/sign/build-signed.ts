/** What the library and the command line have in common: choices checked, the URL encoded, refused or signed. */

import { randomUUID } from 'node:crypto';
import type { SignedForm } from '../core/signing/form';
import { encodeTarget, placesOf, type SignaturePlace, signingFault, signTarget } from '../core/signing/sign';
import { writeTimestamp } from '../core/signing/timestamp';
import { digest } from './digest';
import { splitUrl } from './split-url';

export interface SignRequest {
  form: SignedForm;
  /** Minutes east of UTC. */
  timeZone: number;
  key: string;
  /** Unix seconds; a fraction is dropped. */
  at: number;
  rand: string | undefined;
  uid: string | undefined;
  place: SignaturePlace;
  /** The edge has `merge_slashes off`. */
  isUnmerged?: boolean;
}

/** Throws where the edge would refuse the result, and says why; no key stands in the message. */
export function buildSigned(url: string, request: SignRequest): { origin: string; target: string } {
  const { form, place } = request;
  checkPlace(form.type, place);
  checkRandom(form.type, request.rand, 'rand');
  checkRandom(form.type, request.uid, 'uid');
  const { origin, target: written } = splitUrl(url);
  if (written.includes('#')) {
    throw new Error(
      'expected a URL without a fragment, which clients keep to themselves, received a "#": leave it out, or write %23 where it belongs to a name',
    );
  }
  if (/[\p{Cs}\ufffd]/u.test(written)) {
    throw new Error('expected a URL in UTF-8, received bytes that are none: percent-encode them');
  }
  const target = encodeTarget(written);
  const fault = signingFault(form, target, place, request.isUnmerged);
  if (fault !== undefined) throw new Error(fault);
  const time = writeTimestamp(request.at, form.timestampFormat, request.timeZone);
  const rand = request.rand ?? randomUUID().replace(/-/g, '');
  const choice = { time, rand, uid: request.uid ?? '0', place };
  return { origin, target: signTarget(form, request.key, target, choice, digest) };
}

function checkPlace(type: SignedForm['type'], place: SignaturePlace): void {
  const places: string[] = placesOf(type);
  if (!places.includes(place)) {
    throw new Error(`expected form ${places.join(' or ')} for type ${type}, received ${place}`);
  }
}

/** The apostrophe is left out because browsers encode it in arguments, and it is hashed as spelled. */
function checkRandom(type: SignedForm['type'], text: string | undefined, name: 'rand' | 'uid'): void {
  if (text === undefined) return;
  if (type !== 'A') throw new Error(`expected no ${name} for type ${type}, received one: only type A has it`);
  if (!/^(?:[A-Za-z0-9._~!$()*+,;:@/?=]|%[0-9A-Fa-f]{2})*$/.test(text)) {
    throw new Error(
      `expected a ${name} of letters, digits and . _ ~ ! $ ( ) * + , ; : @ / ? = without "-", received another character: percent-encode it, or choose another ${name}`,
    );
  }
}
