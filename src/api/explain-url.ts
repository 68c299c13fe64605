/** `POST /v1/policies/{domain}/verify`: what `edge-auth explain` says about a URL. (!) Neither a key nor the hash that would be right is in it. */

import crypto from 'crypto';
import { momentForm, readMoment } from '../core/explain/moment';
import { explainSteps, type Step } from '../core/explain/steps';
import { type SigningReason, verifyUrl } from '../core/signing/verify';
import { escapeInvisible, pointerTo } from '../policy/issue';
import type { Policy } from '../policy/policy';
import { isObject } from '../policy/vendor-forms';
import type { Problem } from './answer';
import { kindOf } from './request-auth';

export interface Explanation {
  decision: 'allow' | 'deny';
  reason: SigningReason;
  /** The URL without its signature, where it is allowed. */
  clean_url: string | null;
  steps: Step[];
}

const known = ['url', 'method', 'at'];
/** As long as nginx takes a request line by default. The time that a verdict takes grows faster than the URL: 64 KiB would buy seconds. */
const maxUrl = 8192;
const methodForm = /^[A-Z][A-Z_-]{0,31}$/;
/** The last second of `readMoment`'s 12 digits. */
const lastMoment = 999999999999;

/**
 * `policy` has url_signing; a policy that is switched off is judged as if it were on. `keys`: key1, key2. `request`: `url`, an http(s) URL or
 * path and query, to the letter as the edge receives it; `method`, GET unless given; `at`, unix seconds or a text with a moment.
 * `now`: unix seconds.
 */
export function explainUrl(
  policy: Policy,
  keys: string[],
  request: unknown,
  now: number,
): Explanation | { problems: Problem[] } {
  const problems: Problem[] = [];
  const add = (pointer: string, expected: string, received: string): void => {
    problems.push({ pointer, expected, received });
  };
  if (policy.urlSigning === undefined) add('', 'a policy with url_signing', 'one without');
  const members = isObject(request) ? request : {};
  if (!isObject(request)) add('', 'an object with url', kindOf(request));
  Object.keys(members).forEach((name) => {
    if (!known.includes(name)) add(pointerTo(name), `a known member: ${known.join(', ')}`, 'another one');
  });
  const url = splitUrl(members['url']);
  if (url === undefined) {
    const received = typeof members['url'] === 'string' ? 'another text' : kindOf(members['url']);
    add(
      '/url',
      `an http(s) URL, or path and query, of at most ${maxUrl} characters and no control character`,
      received,
    );
  }
  const method = members['method'] === undefined ? 'GET' : members['method'];
  if (typeof method !== 'string' || !methodForm.test(method)) {
    add(
      '/method',
      'a request method in capitals',
      typeof method === 'string' ? 'another text' : kindOf(method),
    );
  }
  const at = members['at'] === undefined ? Math.floor(now) : momentOf(members['at']);
  if (!(at >= 0 && at <= lastMoment))
    add('/at', momentForm, typeof members['at'] === 'string' ? 'another text' : kindOf(members['at']));
  const signing = policy.urlSigning;
  if (problems.length > 0 || url === undefined || signing === undefined) return { problems };
  const { origin, target } = url;
  const verdict = verifyUrl(signing, keys, method as string, target, at, isDigest);
  const judged = {
    ...url,
    place: policy.domain,
    signing: { ...signing, keys },
    at,
    isUnmerged: false,
    verdict,
  };
  const off =
    '"enabled": false in the policy, so the edge allows every request; what follows is judged as if it were true';
  const steps = [
    ...(policy.enabled ? [] : [{ step: 'switched off', text: off }]),
    ...explainSteps({ ...judged, method: method as string }, isDigest),
  ];
  return {
    decision: verdict.decision,
    reason: verdict.reason,
    clean_url: verdict.decision === 'allow' ? origin + verdict.cleanTarget : null,
    steps: steps.map(({ step, text }) => ({ step, text: escapeInvisible(text) })),
  };
}

/** No request line holds them, and the engines do not agree on a newline at the end of a text. */
const control = /[^ -~\x80-\u{10ffff}]/u;

/** Not a parser's work, which would resolve and encode: what is signed is the raw text. The host is not looked at, so ASCII will do. */
function splitUrl(url: unknown): { origin: string; target: string } | undefined {
  if (typeof url !== 'string' || url.length > maxUrl || control.test(url)) return undefined;
  if (url.startsWith('/')) return { origin: '', target: url };
  const origin = /^https?:\/\/[^/?#\\]+/i.exec(url)?.[0];
  if (origin === undefined || /[^!-~]/.test(origin)) return undefined;
  const rest = url.slice(origin.length);
  if (rest !== '' && !/^[/?#]/.test(rest)) return undefined;
  return { origin, target: rest.startsWith('/') ? rest : '/' + rest };
}

function momentOf(at: unknown): number {
  if (typeof at === 'number') return Number.isInteger(at) ? at : NaN;
  return typeof at === 'string' ? readMoment(at) : NaN;
}

/** Every digit is compared, whatever the first ones say: njs has no timingSafeEqual. */
function isDigest(hash: 'md5' | 'sha256', text: string, hex: string): boolean {
  const right = crypto.createHash(hash).update(text).digest('hex');
  let difference = right.length ^ hex.length;
  for (let i = 0; i < right.length; i++) difference |= right.charCodeAt(i) ^ hex.charCodeAt(i);
  return difference === 0;
}
