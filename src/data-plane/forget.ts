/**
 * nginx makes requests wait for one question only where it has no decision at all. Where an old one is over each would be asked about, so
 * its file is removed first: one of those that found it asks, and the others wait for the answer.
 */

import fs from 'fs';
import { md5 } from './digest';

/** `until`: the last second in which a decision may stand, as text. */
function isPast(until: string): boolean {
  return Number(until) < Math.floor(Date.now() / 1000);
}

/** `js_set $edge_auth_is_over`: `1` where the decision that nginx found is over, by the second that its ETag names. */
export function isOver(r: NginxHTTPRequest): string {
  return isPast(r.variables.edge_auth_kept_until as string) ? '1' : '';
}

/**
 * `js_set $edge_auth_forgotten`, which is empty: removes the file of `$edge_auth_cache_key` where the ETag in it says that it is over. By now
 * it may be the answer that another request has got, or one that is not kept and has no ETag. It lies where nginx puts it, with
 * `levels=1:2`. Where it cannot be removed nobody waits.
 */
export function forget(r: NginxHTTPRequest): string {
  try {
    const name = md5(r.rawVariables.edge_auth_cache_key as Buffer);
    const path =
      (r.variables.edge_auth_cache_folder as string) + '/' + name.slice(-1) + '/' + name.slice(-3, -1) + '/';
    // The key stands before it, and holds no line's end of this kind.
    const kept = /\r\nETag: (\d+)\r\n/.exec(fs.readFileSync(path + name).toString());
    if (kept && isPast(kept[1] as string)) fs.unlinkSync(path + name);
  } catch (e) {
    if ((e as { code?: string }).code !== 'ENOENT')
      r.error('edge-auth: an old decision was not removed: ' + String(e));
  }
  return '';
}
