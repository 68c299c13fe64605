/** What of a policy waits for a reload: nginx has the question to the auth server in its conf. */

import { liveRemoteFields, waitsForReload } from '../policy/live-policy';
import type { Policy } from '../policy/policy';
import { changesBetween } from './changes';
import type { StoredPolicy } from './stored-policy';

/**
 * The fields that wait, as JSON pointers; '' where the whole policy does. `loaded`: the shape that the loaded conf was rendered from; undefined
 * where it does not know the domain.
 */
export function fieldsToReload(
  before: StoredPolicy | undefined,
  value: unknown,
  policy: Policy,
  loaded: string | undefined,
): string[] {
  if (loaded === undefined) return [''];
  if (!waitsForReload(policy, loaded)) return [];
  const isLoaded =
    before !== undefined && before.policy !== undefined && !waitsForReload(before.policy, loaded);
  const fields = changesBetween(isLoaded ? before.value : undefined, value)
    .map(function (change) {
      return change.pointer;
    })
    .filter(isBound);
  return isLoaded && fields.length > 0 ? fields : ['/remote_auth'];
}

/** Is the field in nginx's conf, or what switches it on? */
function isBound(pointer: string): boolean {
  const names = pointer.split('/');
  if (names[1] === 'enabled') return true;
  if (pointer === '/remote_auth/cache/version') return false;
  return names[1] === 'remote_auth' && liveRemoteFields.indexOf(names[2] || '') < 0;
}

/** Would the domain be open until the reload: the signature goes at once, and the question that takes its place waits? */
export function wouldOpen(
  before: StoredPolicy | undefined,
  policy: Policy,
  loaded: string | undefined,
): boolean {
  if (before === undefined || !policy.enabled || policy.urlSigning !== undefined) return false;
  if (policy.remoteAuth === undefined || !waitsForReload(policy, loaded)) return false;
  const was = before.policy;
  // A file with a fault leaves in force what was there before it.
  return was === undefined || (was.enabled && was.urlSigning !== undefined);
}
