import { formatIssue, type UrlSigning } from '../policy/policy';
import { readPolicy } from '../files/read-policies';

/** A policy with `url_signing`, its keys read. Throws with every problem in the message, a line each; never a key. */
export function readSigningPolicy(file: string): UrlSigning {
  const { policy, issues } = readPolicy(file);
  if (policy === undefined) throw new Error(issues.map(formatIssue).join('\n'));
  if (policy.urlSigning === undefined) {
    throw new Error(`${file}: expected url_signing in the policy, received none`);
  }
  if (!policy.enabled) {
    warn(`${file} says "enabled": false, so the edge allows every request; judged as if it were on`);
  }
  return policy.urlSigning;
}

/** Flags and description of an option of each command that judges or signs a URL. */
export const unmergedOption = [
  '--no-merge-slashes',
  'the server of the edge has "merge_slashes off", and serves a path with // as it is',
] as const;

export function warn(text: string): void {
  console.error(`edge-auth: warning: ${text}`);
}
