/** A policy without what only its owner may read. */

import { withoutKeys } from '../policy/signing-keys';
import type { Problem } from './answer';

/** What stands for a secret where a caller may not read it: no valid key, nor header value, so it cannot be put back by mistake. */
export const masked = '••••••';

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `policy`: a valid policy file's value, in any spelling that it may have. Gives a copy. */
export function withoutSecrets(policy: unknown, mask: string): unknown {
  if (!isFields(policy)) return policy;
  const copy = Object.assign({}, policy);
  if (isFields(copy.url_signing)) copy.url_signing = maskKeys(copy.url_signing, mask);
  if (isFields(copy.remote_auth)) {
    const auth = Object.assign({}, copy.remote_auth);
    if (auth.add_args !== undefined) auth.add_args = maskText(auth.add_args, mask);
    if (auth.add_headers !== undefined) auth.add_headers = maskText(auth.add_headers, mask);
    copy.remote_auth = auth;
  }
  return copy;
}

/** The keys that a body holds where keys belong; none of them is repeated in an answer, wherever else it stands. */
export function keysOf(body: unknown): string[] {
  const signing = isFields(body) ? body.url_signing : undefined;
  if (!isFields(signing)) return [];
  const hidden = withoutKeys(signing) as Fields;
  const keys: string[] = [];
  Object.keys(signing).forEach(function (name) {
    const value = signing[name];
    if (hidden[name] === '…' && typeof value === 'string' && value.length > 5) keys.push(value);
  });
  return keys;
}

export function withoutTexts(problems: Problem[], secrets: string[]): Problem[] {
  const clean = function (words: string): string {
    return secrets.reduce(function (left, secret) {
      return left.split(secret).join('…');
    }, words);
  };
  return problems.map(function (problem) {
    return {
      pointer: clean(problem.pointer),
      expected: clean(problem.expected),
      received: clean(problem.received),
    };
  });
}

function maskKeys(signing: Fields, mask: string): Fields {
  const hidden = withoutKeys(signing) as Fields;
  const copy: Fields = {};
  Object.keys(signing).forEach(function (name) {
    copy[name] = hidden[name] === '…' ? mask : signing[name];
  });
  return copy;
}

/** A value that the auth server is sent may be a password between it and the edge; the client's own variables are none. */
function maskText(added: unknown, mask: string): unknown {
  if (!isFields(added)) return mask;
  const copy: Fields = {};
  Object.keys(added).forEach(function (name) {
    copy[name] = /^(?:\$[A-Za-z0-9_]+)+$/.test(String(added[name])) ? added[name] : mask;
  });
  return copy;
}
