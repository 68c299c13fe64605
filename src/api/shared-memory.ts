/** What the workers share: one lock a domain, and the policies that the data plane reads. */

import { missingPolicy } from '../core/live-entry';

/** The other writer needs a few milliseconds; this worker serves nobody while it waits. */
const waitMs = 40;

/** Runs `change` while no other worker changes the domain; undefined if another one does. A worker that dies holds a lock for 5 s. */
export function whileLocked<T>(domain: string, id: string, change: () => T): T | undefined {
  const locks = ngx.shared.edge_auth_lock as NgxSharedDict<string>;
  const end = Date.now() + waitMs;
  while (!locks.add(domain, id)) if (Date.now() > end) return undefined;
  try {
    return change();
  } finally {
    // Unless it took so long that the lock expired and is another one's.
    if (locks.get(domain) === id) locks.delete(domain);
  }
}

/**
 * Tells the workers of this conf, and of others that have read a policy lately: around a reload there are two. `live`: the compiled policy;
 * undefined where there is no policy any more.
 */
export function publish(epoch: string, domain: string, live: string | undefined): void {
  const epochs = (ngx.shared.edge_auth_epochs as NgxSharedDict<string>).keys();
  const others = epochs.filter(function (other) {
    return other !== epoch;
  });
  [epoch].concat(others).forEach(function (each) {
    put(each + ':' + domain, live === undefined ? missingPolicy : live);
  });
}

function put(key: string, text: string): void {
  const policies = ngx.shared.edge_auth_live as NgxSharedDict<string>;
  try {
    policies.set(key, text);
  } catch (e) {
    // No room: the files are read again.
    policies.delete(key);
    throw e;
  }
}
