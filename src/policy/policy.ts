import { parseDomain } from './host-name';
import type { Issue, Report } from './issue';
import { parseJson } from './json';
import type { RemoteAuth } from './remote-auth';
import { parseRemoteAuth } from './remote-auth';
import { checkSchema } from './schema-check';
import type { Settings } from './settings';
import { isObject, spreadVendorForms } from './vendor-forms';

export type { AuthServer } from './auth-server';
export type { Issue } from './issue';
export { formatIssue } from './issue';
export type { AddedField } from './lists';
export type { RemoteAuth } from './remote-auth';
export type { Scope } from '../core/scope';
export type { ValuePart } from './value';

/** What one policy file says, every default filled in and every string fit for nginx conf. */
export interface Policy {
  /** Host name in lower case, from the file's name. */
  domain: string;
  enabled: boolean;
  /** Absent only where `enabled` is false. */
  remoteAuth: RemoteAuth | undefined;
}

/**
 * Reads the text of `policies/<domain>.json`. Gives a policy, or all problems at once; never throws, whatever the text is.
 * `file` names the file in issues and carries the domain.
 */
export function parsePolicy(
  text: string,
  file: string,
): { policy: Policy; issues: [] } | { policy: undefined; issues: Issue[] } {
  const issues: Issue[] = [];
  const reportRaw: Report = (pointer, expected, received) =>
    issues.push({ file, pointer, expected, received });
  const domain = parseDomain(file, reportRaw);
  const json = parseJson(text, reportRaw);
  if (json === undefined) return { policy: undefined, issues };

  const { value, spread } = spreadVendorForms(json.value, reportRaw);
  const report: Report = (pointer, expected, received) => {
    const written = [...spread].find((place) => pointer.startsWith(place + '/')) ?? pointer;
    reportRaw(written, expected, received);
  };
  const faulty = checkSchema(value, report);
  for (const pointer of faulty) remove(value, pointer);

  const root = isObject(value) ? value : {};
  const written = isObject(root['remote_auth']) ? (root['remote_auth'] as Partial<Settings>) : undefined;
  const remoteAuth = written && parseRemoteAuth(written, faulty, report);
  if (issues.length > 0 || domain === undefined) return { policy: undefined, issues };
  return { policy: { domain, enabled: root['enabled'] !== false, remoteAuth }, issues: [] };
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
