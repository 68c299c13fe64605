import type { Issue, Policy, RemoteAuth, UrlSigning } from '../../../src/policy/policy';
import { parsePolicy } from '../../../src/policy/policy';

export const FILE = 'policies/www.example.com.json';

export type Fields = Record<string, unknown>;

/** A policy with these fields under remote_auth, and an auth server unless they name one. */
export function textWith(fields: Fields): string {
  return JSON.stringify({ remote_auth: { auth_server: 'http://auth.example.com/auth', ...fields } });
}

export function read(text: string, file = FILE): Policy {
  const { policy, issues } = parsePolicy(text, file);
  if (policy === undefined) throw new Error('refused: ' + JSON.stringify(issues));
  return policy;
}

export function accept(fields: Fields): RemoteAuth {
  const { remoteAuth } = read(textWith(fields));
  if (remoteAuth === undefined) throw new Error('no remote_auth');
  return remoteAuth;
}

export function issuesOf(text: string, file = FILE): Issue[] {
  return parsePolicy(text, file).issues;
}

/** Each issue as `pointer: expected …, received …`. */
export function refuse(fields: Fields): string[] {
  return issuesOf(textWith(fields)).map(
    (i) => `${i.pointer}: expected ${i.expected}, received ${i.received}`,
  );
}

export function pointersOf(fields: Fields): string[] {
  return issuesOf(textWith(fields)).map((i) => i.pointer);
}

export const KEY = 'aPrimaryKey2024';

/** A policy with these fields under url_signing and no others. */
export function signingText(fields: Fields): string {
  return JSON.stringify({ url_signing: fields });
}

export function acceptSigning(fields: Fields): UrlSigning {
  const { urlSigning } = read(signingText(fields));
  if (urlSigning === undefined) throw new Error('no url_signing');
  return urlSigning;
}

/** Each issue as `pointer: expected …, received …`. */
export function refuseSigning(fields: Fields): string[] {
  return issuesOf(signingText(fields)).map(
    (i) => `${i.pointer}: expected ${i.expected}, received ${i.received}`,
  );
}
