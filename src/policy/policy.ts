import { parseDomain } from './host-name';
import type { Issue, Report } from './issue';
import { MAX_ISSUES } from './issue';
import { parseJson } from './json';
import type { RemoteAuth } from './remote-auth';
import { parseRemoteAuth } from './remote-auth';
import { checkSchema } from './schema-check';
import type { Settings } from './settings';
import type { SigningSettings, UrlSigning } from './url-signing';
import { parseUrlSigning } from './url-signing';
import { isObject, spreadVendorForms } from './vendor-forms';
import { respellVendorFields } from './vendor-spellings';

export type { AuthServer } from './auth-server';
export type { Issue } from './issue';
export { formatIssue } from './issue';
export type { AddedField } from './lists';
export type { RemoteAuth } from './remote-auth';
export type { Scope } from '../core/scope';
export type { UrlSigning } from './url-signing';
export type { ValuePart } from './value';

/** What one policy file says, every default filled in and every string fit for nginx conf. */
export interface Policy {
  /** Host name in lower case, from the file's name. */
  domain: string;
  enabled: boolean;
  /** Where `enabled` is true and both are undefined, the file says so: `"url_signing": false`. The signature is checked first. */
  remoteAuth: RemoteAuth | undefined;
  /** With a key file, `keys` is empty: whoever reads files fills it (readPolicy). */
  urlSigning: UrlSigning | undefined;
}

/**
 * Reads the text of `policies/<domain>.json`. Gives a policy, or all problems at once (100 at most); never throws, whatever the text is.
 * `file` names the file in issues and carries the domain.
 */
export function parsePolicy(
  text: string,
  file: string,
): { policy: Policy; issues: [] } | { policy: undefined; issues: Issue[] } {
  const issues: Issue[] = [];
  const reportRaw: Report = (pointer, expected, received) => {
    if (issues.length < MAX_ISSUES) issues.push({ file, pointer, expected, received });
    else if (issues.length === MAX_ISSUES)
      issues.push({ file, pointer: '', expected: `at most ${MAX_ISSUES} problems`, received: 'more' });
  };
  const domain = parseDomain(file, reportRaw);
  const json = parseJson(text, reportRaw);
  if (json === undefined) return { policy: undefined, issues };

  const respelled = respellVendorFields(json.value, reportRaw);
  const { value, spread } = spreadVendorForms(respelled.value, reportRaw);
  const report: Report = (pointer, expected, received) => {
    const written = [...spread].find((place) => pointer.startsWith(place + '/')) ?? pointer;
    reportRaw(inFile(written, respelled.spelled), expected, received);
  };
  const faulty = checkSchema(value, report);
  if (faulty.size > MAX_ISSUES) return { policy: undefined, issues };
  for (const pointer of faulty) remove(value, pointer);

  const root = isObject(value) ? value : {};
  const auth = isObject(root['remote_auth']) ? (root['remote_auth'] as Partial<Settings>) : undefined;
  const remoteAuth = auth && parseRemoteAuth(auth, faulty, report);
  const signing = isObject(root['url_signing'])
    ? (root['url_signing'] as Partial<SigningSettings>)
    : undefined;
  const urlSigning = signing && parseUrlSigning(signing, report);
  if (issues.length > 0 || domain === undefined) return { policy: undefined, issues };
  return { policy: { domain, enabled: root['enabled'] !== false, remoteAuth, urlSigning }, issues: [] };
}

/** The pointer in the file, where a vendor's spelling stands in it: of the field itself or of one above. */
function inFile(pointer: string, spelled: ReadonlyMap<string, string>): string {
  const end = pointer.indexOf('/', '/url_signing/'.length);
  const field = end < 0 ? pointer : pointer.slice(0, end);
  return (spelled.get(field) ?? field) + pointer.slice(field.length);
}

/** Takes a faulty value out, so that the rest is checked as if it were alone; an array keeps a hole and its indices. */
function remove(root: unknown, pointer: string): void {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replace(/~1/g, '/').replace(/~0/g, '~'));
  const last = keys.pop();
  let node: unknown = root;
  for (const key of keys) node = isContainer(node) && Object.hasOwn(node, key) ? node[key] : undefined;
  if (isContainer(node) && last !== undefined) delete node[last];
}

function isContainer(node: unknown): node is Record<string, unknown> {
  return typeof node === 'object' && node !== null;
}
