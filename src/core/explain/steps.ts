/**
 * Each step of the verdict on a signed URL, for people. (!) Neither a key nor the hash that would be right is in it: with that one,
 * whoever may ask, or reads the answer in a log, could sign any URL.
 */

import type { IsDigest } from '../signing/check';
import type { SignatureParts } from '../signing/form';
import { needOf } from '../signing/need';
import { readDate } from '../signing/timestamp';
import { hashedText, servedBytes, type SigningPolicy, type SigningVerdict } from '../signing/verify';
import { advice, commonMistakes } from './advice';
import { formFault, whereOf } from './form-fault';
import { isoOf } from './moment';

export interface Judged {
  /** Where the policy stands: a file, or a domain. */
  place: string;
  signing: SigningPolicy & { keys: string[] };
  method: string;
  /** `https://www.example.com`, or empty. */
  origin: string;
  target: string;
  /** Unix seconds. */
  at: number;
  /** The edge has `merge_slashes off`. */
  isUnmerged: boolean;
  verdict: SigningVerdict;
}

/** A step's name is indented where it is part of the one above. The text may hold what the URL holds, line breaks too. */
export interface Step {
  step: string;
  text: string;
}

/** Where no signature is needed, a step that fails decides nothing. */
function failed(judged: Judged): string {
  return judged.verdict.decision === 'deny' ? 'FAILED' : 'no';
}

export function explainSteps(judged: Judged, isDigest: IsDigest): Step[] {
  const signing = judged.signing;
  const target = judged.target;
  const verdict = judged.verdict;
  const outcome = verdict.form.outcome;
  const parts = verdict.form.parts;
  const steps: Step[] = [
    { step: 'policy', text: policyWords(judged) },
    { step: 'request', text: `${judged.method} ${target}` },
    { step: 'not signed', text: 'scheme, host, query and method (methods says which are open)' },
    { step: 'need', text: needWords(judged) },
    { step: 'looked for', text: whereOf(signing) },
  ];
  const add = function (step: string, text: string): void {
    steps.push({ step: step, text: text });
  };
  if (outcome !== 'signed')
    add('form', `${failed(judged)}: ${formFault(signing, outcome, target, judged.isUnmerged)}`);
  // What the form alone does not tell, beside a date that is none.
  if (outcome === 'signed' && target.indexOf('\ufffd') >= 0)
    add('form', `${failed(judged)}: bytes that are no UTF-8, which clients send percent-encoded`);
  if (parts !== undefined) {
    addParts(judged, parts, add);
    addChecks(judged, parts, isDigest, add);
  }
  add('verdict', `${verdict.decision}: ${verdict.reason}`);
  if (verdict.decision === 'allow') add('clean URL', judged.origin + verdict.cleanTarget);
  add('what to do', advice[verdict.reason]);
  return steps;
}

type Add = (step: string, text: string) => void;

function policyWords(judged: Judged): string {
  const s = judged.signing;
  const keyWords = s.keys.length === 1 ? '1 key' : `${s.keys.length} keys`;
  return `${judged.place}: type ${s.type}, ${s.hash}, timestamp ${s.timestampFormat}, timeout ${s.timeout} s, max_future ${s.maxFuture} s, ${keyWords}`;
}

function needWords(judged: Judged): string {
  const signing = judged.signing;
  const verdict = judged.verdict;
  const need = needOf(
    signing,
    judged.method,
    servedBytes(verdict.cleanTarget, judged.isUnmerged),
    judged.target,
  );
  if (need !== 'checked') {
    const why = need === 'white_list' ? 'the path is in white_list' : 'out of scope';
    return `none: ${why}${verdict.form.isInPath ? '; one in front of the path is checked all the same' : ''}`;
  }
  if (signing.methods.indexOf(judged.method) >= 0) return 'a signature';
  return `${failed(judged)}: no signature opens ${judged.method}, only ${signing.methods.join(', ')}`;
}

function addParts(judged: Judged, parts: SignatureParts, add: Add): void {
  const time = timeOf(judged.signing, parts);
  add('found', judged.verdict.form.isInPath ? 'in front of the path' : 'in the arguments');
  add('  path', parts.path);
  add('  timestamp', `${parts.time}, ${isNaN(time) ? `${failed(judged)}: no date` : isoOf(time)}`);
  if (judged.signing.type === 'A') {
    add('  rand', parts.rand);
    add('  uid', parts.uid);
  }
  add('  hash', parts.hash);
}

function timeOf(signing: SigningPolicy, parts: SignatureParts): number {
  if (signing.timestampFormat === 'yyyyMMDDhhmm') return readDate(parts.time, signing.timeZone);
  return parseInt(parts.time, signing.timestampFormat === 'hex' ? 16 : 10);
}

function addChecks(judged: Judged, parts: SignatureParts, isDigest: IsDigest, add: Add): void {
  const signing = judged.signing;
  const at = judged.at;
  const time = timeOf(signing, parts);
  const opens = time - signing.maxFuture;
  const expires = time + signing.timeout;
  const clock = `the clock says ${isoOf(at)}`;
  if (!isNaN(time)) {
    const early = `${failed(judged)}: not before ${isoOf(opens)}; ${clock}`;
    const late = `${failed(judged)}: ${at - expires} s ago, after ${isoOf(expires)}; ${clock}`;
    const inTime = `ok: in ${expires - at} s, after ${isoOf(expires)}; ${clock}`;
    add('opens', at < opens ? early : 'ok: not too far ahead');
    add('expires', at > expires ? late : inTime);
  }
  add('hashed text', hashedText(signing.type, parts, '<key1>'));
  add('hash', hashWords(judged, parts, isDigest));
}

/** Which key the received hash fits, or what was hashed in place of the right text. */
function hashWords(judged: Judged, parts: SignatureParts, isDigest: IsDigest): string {
  const signing = judged.signing;
  /** `key1`, or empty. */
  const keyOf = function (tried: SignatureParts): string {
    const index = signing.keys.findIndex(function (key) {
      return isDigest(signing.hash, hashedText(signing.type, tried, key), parts.hash);
    });
    return index < 0 ? '' : `key${index + 1}`;
  };
  const key = keyOf(parts);
  if (key !== '') return `ok: made with ${key}`;
  const tried = signing.keys
    .map(function (_key, i) {
      return `key${i + 1}`;
    })
    .join(' nor ');
  const clean = judged.verdict.cleanTarget;
  const mark = clean.indexOf('?');
  const mistake = commonMistakes(parts, mark < 0 ? '' : clean.slice(mark + 1)).find(function (one) {
    return keyOf(one[1]) !== '';
  });
  const hint = mistake ? `; it fits ${keyOf(mistake[1])} if ${mistake[0]} is hashed` : '';
  return `${failed(judged)}: does not fit ${tried}${hint}`;
}
