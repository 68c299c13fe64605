/**
 * The compiled copy of a policy, which nginx reads while it runs: `.live/<domain>` beside the policies. The data plane takes what it needs
 * on each request from fixed places of the second line, so that nothing is parsed while the conf still fits the policy.
 */

import crypto from 'crypto';
import { lineStart } from '../core/url-signing/check';
import { hashPatterns, timestampPatterns } from '../core/url-signing/form';
import { noShape } from '../core/live-entry';
import type { Policy, UrlSigning } from './policy';

export function sha256(text: string): string {
  return crypto.createHash('sha256').update(text).digest('hex');
}

/** 16 hex digits that stand for everything of `url_signing` that a conf is rendered from; the keys and times are no part of it. */
export function signingShape(signing: UrlSigning | undefined): string {
  if (signing === undefined) return noShape;
  const { type, signArg, timeArg, timestampFormat, hash, whiteList, scope, methods } = signing;
  const { denyStatus, keepArgsForOrigin, vendorErrorHeader } = signing;
  const bound = [type, signArg, timeArg, timestampFormat, hash, whiteList, scope ?? null, methods];
  return sha256(JSON.stringify([...bound, denyStatus, keepArgsForOrigin, vendorErrorHeader])).slice(0, 16);
}

/** 16 hex digits that stand for everything of `remote_auth` that nginx has in its conf; `-` where it asks nobody. */
export function remoteShape(policy: Policy): string {
  const { enabled, remoteAuth } = policy;
  return enabled && remoteAuth ? sha256(JSON.stringify(remoteAuth)).slice(0, 16) : '-';
}

/** How many characters of timestamp and hash stand before the key; `--` where it stands last. */
function keyPlace({ type, timestampFormat, hash }: UrlSigning): string {
  if (type === 'A') return '--';
  const digits = (pattern: string): number => Number(/\{(\d+)\}/.exec(pattern)?.[1]);
  return String(digits(timestampPatterns[timestampFormat]) + digits(hashPatterns[hash]));
}

/**
 * `policyText`: the policy file to the letter. Five lines: its SHA-256 in hex; shape, rules and keys of the signature, one space between;
 * the shape of remote authentication; the signature's rules as JSON; `end`. A domain that is switched off has no signature and asks nobody.
 */
export function livePolicy(policy: Policy, policyText: string): string {
  const signing = policy.enabled ? policy.urlSigning : undefined;
  const line =
    signing && [signingShape(signing), lineStart(signing), keyPlace(signing), ...signing.keys].join(' ');
  return [
    sha256(policyText),
    line ?? noShape,
    remoteShape(policy),
    JSON.stringify(signing ?? null),
    'end',
    '',
  ].join('\n');
}
