/** The policy of a domain that is not in shared memory yet, or no more. */

import fs from 'fs';
import { digestOfEntry, isLiveEntry, missingPolicy, unreadPolicy } from '../core/live-entry';
import { sha256 } from './digest';

function readText(path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch (e) {
    if ((e as { code?: string }).code === 'ENOENT') return undefined;
    throw e;
  }
}

/**
 * The compiled copy that was made from the policy file, or from the one that a change is about to put there. A policy file that was
 * changed without either leaves the last one in force.
 */
function entryOf(folder: string, domain: string): string {
  const policy = readText(folder + '/' + domain + '.json');
  if (policy === undefined) return missingPolicy;
  const digest = sha256(policy);
  const last = readText(folder + '/.live/' + domain);
  if (last !== undefined && digestOfEntry(last) === digest && isLiveEntry(last)) return last;
  const next = readText(folder + '/.live/.' + domain + '.next');
  if (next !== undefined && digestOfEntry(next) === digest && isLiveEntry(next)) return next;
  return last !== undefined && isLiveEntry(last) ? last : 'invalid';
}

/** Is the edge itself out of something, which a client can bring about? It says nothing about the policy. */
function isOut(e: unknown): boolean {
  const code = (e as { code?: string }).code;
  return code === 'EMFILE' || code === 'ENFILE' || code === 'ENOMEM';
}

/** Reads the files and shares what they say. `key`: `<epoch>:<domain>`. What cannot be read is shared as `invalid`, which denies. */
export function readEntry(r: NginxHTTPRequest, key: string): string {
  const zone = ngx.shared.edge_auth_live as NgxSharedDict<string>;
  const epoch = key.slice(0, key.indexOf(':'));
  const domain = key.slice(epoch.length + 1);
  // (!) Before the files are read: a change made from now on is told to this conf's workers.
  (ngx.shared.edge_auth_epochs as NgxSharedDict<string>).set(epoch, '1');
  let entry = 'invalid';
  try {
    entry = entryOf(r.variables.edge_auth_policies as string, domain);
    if (entry.length < 20)
      r.error('edge-auth: every request to ' + domain + ' is denied: its policy is ' + entry);
  } catch (e) {
    const isLasting = !isOut(e);
    r.error(
      'edge-auth: ' +
        (isLasting ? 'every' : 'a') +
        ' request to ' +
        domain +
        ' is denied: its policy is not readable: ' +
        String(e),
    );
    if (!isLasting) return unreadPolicy;
  }
  try {
    // A change that came in between stands.
    if (zone.add(key, entry)) return entry;
  } catch {
    // No room, also after others were put out: the files are read again.
    return entry;
  }
  return zone.get(key) || entry;
}
