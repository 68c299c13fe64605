/**
 * `edge-auth explain`: each step of the verdict, for people. (!) It prints neither a key nor the hash that would be right: with that
 * one, whoever may run explain, or reads its output in a log, could sign any URL.
 */

import type { Command } from 'commander';
import { hashedText, servedBytes } from '../core/url-signing/verify';
import type { SignatureParts } from '../core/url-signing/form';
import { needOf } from '../core/url-signing/need';
import { readDate } from '../core/url-signing/timestamp';
import type { UrlSigning } from '../policy/policy';
import { escapeInvisible } from '../policy/issue';
import { isDigest } from '../sign/digest';
import { isoOf } from './moment';
import { advice, commonMistakes } from './signing-advice';
import { formFault, whereOf } from './signing-fault';
import { addJudging, type Judged } from './verify';

type Line = [step: string, text: string];

/** Where no signature is needed, a step that fails decides nothing. */
const failed = ({ verdict }: Judged): string => (verdict.decision === 'deny' ? 'FAILED' : 'no');

export function addExplain(program: Command): void {
  addJudging(program, 'explain', 'print for people how the edge judges a URL, step by step', (judged) =>
    linesOf(judged)
      .map(([step, text]) => `${step.padEnd(12)} ${escapeInvisible(text)}`)
      .join('\n'),
  );
}

function linesOf(judged: Judged): Line[] {
  const { signing, method, origin, target, verdict } = judged;
  const { outcome, parts } = verdict.form;
  const lines: Line[] = [
    ['policy', policyWords(judged)],
    ['request', `${method} ${target}`],
    ['not signed', 'scheme, host, query and method (methods says which are open)'],
    ['need', needWords(judged)],
    ['looked for', whereOf(signing)],
  ];
  if (outcome !== 'signed') lines.push(['form', `${failed(judged)}: ${formFault(signing, outcome, target)}`]);
  // What the form alone does not tell, beside a date that is none.
  if (outcome === 'signed' && target.includes('\ufffd'))
    lines.push(['form', `${failed(judged)}: bytes that are no UTF-8, which clients send percent-encoded`]);
  if (parts !== undefined) lines.push(...partLines(judged, parts), ...checkLines(judged, parts));
  lines.push(['verdict', `${verdict.decision}: ${verdict.reason}`]);
  if (verdict.decision === 'allow') lines.push(['clean URL', origin + verdict.cleanTarget]);
  lines.push(['what to do', advice[verdict.reason]]);
  return lines;
}

function policyWords({ file, signing }: Judged): string {
  const { type, hash, timestampFormat, timeout, maxFuture, keys } = signing;
  const keyWords = keys.length === 1 ? '1 key' : `${keys.length} keys`;
  return `${file}: type ${type}, ${hash}, timestamp ${timestampFormat}, timeout ${timeout} s, max_future ${maxFuture} s, ${keyWords}`;
}

function needWords(judged: Judged): string {
  const { signing, method, target, verdict } = judged;
  const need = needOf(signing, method, servedBytes(verdict.cleanTarget), target);
  if (need !== 'checked') {
    const why = need === 'white_list' ? 'the path is in white_list' : 'out of scope';
    return `none: ${why}${verdict.form.isInPath ? '; one in front of the path is checked all the same' : ''}`;
  }
  if (signing.methods.includes(method)) return 'a signature';
  return `${failed(judged)}: no signature opens ${method}, only ${signing.methods.join(', ')}`;
}

function partLines(judged: Judged, parts: SignatureParts): Line[] {
  const { signing } = judged;
  const time = timeOf(signing, parts);
  const lines: Line[] = [
    ['found', judged.verdict.form.isInPath ? 'in front of the path' : 'in the arguments'],
    ['  path', parts.path],
    ['  timestamp', `${parts.time}, ${Number.isNaN(time) ? `${failed(judged)}: no date` : isoOf(time)}`],
  ];
  if (signing.type === 'A') lines.push(['  rand', parts.rand], ['  uid', parts.uid]);
  return [...lines, ['  hash', parts.hash]];
}

function timeOf(signing: UrlSigning, { time }: SignatureParts): number {
  if (signing.timestampFormat === 'yyyyMMDDhhmm') return readDate(time, signing.timeZone);
  return parseInt(time, signing.timestampFormat === 'hex' ? 16 : 10);
}

function checkLines(judged: Judged, parts: SignatureParts): Line[] {
  const { signing, at } = judged;
  const time = timeOf(signing, parts);
  const opens = time - signing.maxFuture;
  const expires = time + signing.timeout;
  const clock = `the clock says ${isoOf(at)}`;
  const lines: Line[] = Number.isNaN(time)
    ? []
    : [
        [
          'opens',
          at < opens ? `${failed(judged)}: not before ${isoOf(opens)}; ${clock}` : 'ok: not too far ahead',
        ],
        [
          'expires',
          at > expires
            ? `${failed(judged)}: ${at - expires} s ago, after ${isoOf(expires)}; ${clock}`
            : `ok: in ${expires - at} s, after ${isoOf(expires)}; ${clock}`,
        ],
      ];
  return [
    ...lines,
    ['hashed text', hashedText(signing.type, parts, '<key1>')],
    ['hash', hashWords(judged, parts)],
  ];
}

/** Which key the received hash fits, or what was hashed in place of the right text. */
function hashWords(judged: Judged, parts: SignatureParts): string {
  const { signing, verdict } = judged;
  const keyOf = (tried: SignatureParts): string | undefined => {
    const index = signing.keys.findIndex((key) =>
      isDigest(signing.hash, hashedText(signing.type, tried, key), parts.hash),
    );
    return index < 0 ? undefined : `key${index + 1}`;
  };
  const key = keyOf(parts);
  if (key !== undefined) return `ok: made with ${key}`;
  const tried = signing.keys.map((_key, i) => `key${i + 1}`).join(' nor ');
  const query = verdict.cleanTarget.split(/\?([^]*)/, 2)[1] ?? '';
  const mistake = commonMistakes(parts, query).find(([, mistaken]) => keyOf(mistaken) !== undefined);
  const hint = mistake ? `; it fits ${keyOf(mistake[1])} if ${mistake[0]} is hashed` : '';
  return `${failed(judged)}: does not fit ${tried}${hint}`;
}
