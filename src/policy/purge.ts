/** No earlier decision is met once the policy's text has changed: a purge is another `version`. */

import schema from './policy.schema.json';
import { isObject } from './vendor-forms';

const { maximum } = schema.properties.remote_auth.properties.cache.properties.version;

/** The version that a purge gives to a valid policy; undefined where it keeps no decisions. */
export function nextVersion(policy: unknown): number | undefined {
  const auth = isObject(policy) ? policy['remote_auth'] : undefined;
  const cache = isObject(auth) ? auth['cache'] : undefined;
  if (!isObject(cache)) return undefined;
  const version = Number(cache['version'] ?? 0);
  return version < maximum ? version + 1 : 0;
}
