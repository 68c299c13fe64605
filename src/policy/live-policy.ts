/**
 * The compiled copy of a policy, which nginx reads while it runs: `.live/<domain>` beside the policies. The data plane takes what it needs
 * on each request from fixed places of the second line, so that nothing is parsed while the conf still fits the policy.
 */

import crypto from 'crypto';
import { lineStart } from '../core/signing/check';
import { hashPatterns, timestampPatterns } from '../core/signing/form';
import { lastLine, noShape } from '../core/live-entry';
import type { Policy, RemoteAuth, UrlSigning } from './policy';

export function sha256(text: string): string {
  return crypto.createHash('sha256').update(text).digest('hex');
}

/**
 * 16 hex digits that stand for what nginx's maps judge by: the form of the signature, and which requests need one or are asked about. Keys,
 * times and status codes are no part of it. `noShape` where nothing is judged.
 */
export function policyShape(policy: Policy): string {
  const [signing, remote] = policy.enabled ? [policy.urlSigning, policy.remoteAuth] : [];
  if (!signing && !remote) return noShape;
  return digestOf([signing ? signingShape(signing) : null, remote ? (remote.scope ?? 'all') : null]);
}

function signingShape(signing: UrlSigning): unknown {
  const { type, signArg, timeArg, timestampFormat, hash, whiteList, scope, methods } = signing;
  const { denyStatus, keepArgsForOrigin, vendorErrorHeader } = signing;
  const form = [type, signArg, timeArg, timestampFormat, hash, whiteList, scope ?? null, methods];
  return [...form, denyStatus, keepArgsForOrigin, vendorErrorHeader];
}

/**
 * The fields of `remote_auth` that are in force without a reload; nginx has the others in its conf. Of `failure_action` the rate is, and a
 * status that takes the place of another one. Whether it throttles, denies with 403 or with another status waits: nginx sets a rate for all
 * requests of a server or for none, and denies with 403 by itself.
 */
export const liveRemoteFields = [
  'scope',
  'success_status',
  'failure_status',
  'other_status',
  'timeout_action',
];

/** The status of a denied request; 403 where a failure throttles. */
export function denyStatusOf({ failureAction }: RemoteAuth): number {
  return 'deny' in failureAction ? failureAction.deny : 403;
}

/** Does a denial end with auth_request's own 403, and no location of ours? */
export function isDeniedByNginx(auth: RemoteAuth): boolean {
  return denyStatusOf(auth) === 403;
}

/** 16 hex digits that stand for what nginx has of `remote_auth` in its conf: whom it asks, what and for how long, and how it denies; `-` where it asks nobody. */
export function remoteShape({ enabled, remoteAuth }: Policy): string {
  if (!enabled || !remoteAuth) return '-';
  const { authServers, authPath, requestMethod, keepArgs, addArgs, keepHeaders, addHeaders } = remoteAuth;
  const { timeoutMs, tls, failureAction, cache } = remoteAuth;
  const question = [authServers, authPath, requestMethod, keepArgs, addArgs, keepHeaders, addHeaders];
  const kind = 'throttle' in failureAction ? 'throttle' : isDeniedByNginx(remoteAuth) ? 'nginx' : 'status';
  return digestOf([...question, timeoutMs, tls, kind, ...(cache ? [cache] : [])]);
}

/** `loaded`: the shape that the loaded conf was rendered from; undefined where it does not know the domain. To ask nobody takes no reload. */
export function waitsForReload(policy: Policy, loaded: string | undefined): boolean {
  const shape = remoteShape(policy);
  return loaded === undefined || (shape !== '-' && shape !== loaded);
}

function digestOf(value: unknown): string {
  return sha256(JSON.stringify(value)).slice(0, 16);
}

/** Shape, success, failure, other, action on failure and on a timeout, status of a refusal, bytes a second; `;` between. */
export function remoteLine(policy: Policy): string {
  const { enabled, remoteAuth } = policy;
  if (!enabled || !remoteAuth) return '-';
  const { successStatus, failureStatus, otherStatus, failureAction, timeoutAction } = remoteAuth;
  return [
    remoteShape(policy),
    successStatus.join(' '),
    failureStatus.join(' '),
    otherStatus,
    'throttle' in failureAction ? 'throttle' : 'deny',
    timeoutAction,
    denyStatusOf(remoteAuth),
    'throttle' in failureAction ? failureAction.throttle : 0,
  ].join(';');
}

/** How many characters of timestamp and hash stand before the key; `--` where it stands last. */
function keyPlace({ type, timestampFormat, hash }: UrlSigning): string {
  if (type === 'A') return '--';
  const digits = (pattern: string): number => Number(/\{(\d+)\}/.exec(pattern)?.[1]);
  return String(digits(timestampPatterns[timestampFormat]) + digits(hashPatterns[hash]));
}

/**
 * `policyText`: the policy file to the letter. Five lines: its SHA-256 in hex; shape, rules and keys of the signature, one space between;
 * `remoteLine`; what the maps judge by, as JSON; `lastLine`. A domain that is switched off has no signature and asks nobody.
 */
export function livePolicy(policy: Policy, policyText: string): string {
  const [signing, remote] = policy.enabled ? [policy.urlSigning, policy.remoteAuth] : [];
  const keys = signing ? [lineStart(signing), keyPlace(signing), ...signing.keys] : [];
  const judged = { signing: signing ?? null, scope: remote?.scope ?? null };
  return [
    sha256(policyText),
    [policyShape(policy), ...keys].join(' '),
    remoteLine(policy),
    JSON.stringify(judged),
    lastLine,
    '',
  ].join('\n');
}

/**
 * The folder, beside the policies, of what says that a policy is still the one that a conf was rendered from: a link
 * `<domain>/<name>` to the policy file. It goes before anything else of a policy changes, so where it is not, nothing is known.
 */
export const unchangedFolder = '.unchanged';

/** `entry`: the compiled policy; policies that say the same, with the same keys, have one name. */
export function unchangedName(entry: string): string {
  return sha256(entry).slice(0, 16);
}
