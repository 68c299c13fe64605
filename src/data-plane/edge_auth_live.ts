/**
 * What nginx imports as `edge_auth` where policies are live: the guard reads the policy from memory that all workers share. As in
 * `edge_auth.ts`, what most requests do not need is defined when one needs it, by the property `later` that the build adds to `handlers`.
 */
import { checkSignature, type SignatureOutcome } from '../core/signing/check';
import { isDigest } from './digest';
import type later from './live-later';

/** The line of a compiled policy begins here; its parts stand at fixed places (`livePolicy`). */
const lineAt = 65;

/** `text`: timestamp, hash and what is hashed, without the key. */
function checkEntry(entry: string, text: string): SignatureOutcome {
  const now = Date.now() / 1000;
  const start = entry.slice(lineAt + 17, lineAt + 42);
  const place = entry.slice(lineAt + 43, lineAt + 45);
  // One key is what most policies have: no list is made of it.
  let keys = entry.slice(lineAt + 46, entry.indexOf('\n', lineAt));
  for (;;) {
    const space = keys.indexOf(' ');
    const key = space < 0 ? keys : keys.slice(0, space);
    const line = place === '--' ? text + key : text.slice(0, +place) + key + text.slice(+place);
    const outcome = checkSignature(start + line, now, isDigest);
    if (outcome !== 'bad_signature' || space < 0) return outcome;
    keys = keys.slice(space + 1);
  }
}

/**
 * `js_set $edge_auth_live`: empty where the conf was rendered for the policy's form of signature, and `$edge_auth_live_checked` says what
 * became of one; else what to strip: `live_args`, `live_path` or `live_none`.
 */
function readLive(r: NginxHTTPRequest): string {
  try {
    const input = r.variables.edge_auth_live_input as string;
    const keyAt = input.indexOf(' ') + 1;
    const keyEnd = input.indexOf(' ', keyAt);
    const key = input.slice(keyAt, keyEnd);
    const zone = ngx.shared.edge_auth_live as NgxSharedDict<string>;
    const entry = zone.get(key) || handlers.later!.readEntry(r, key);
    if (entry.slice(lineAt, lineAt + 16) !== input.slice(0, 16)) return handlers.later!.readChanged(r, entry);
    if (keyAt === 17) r.variables.edge_auth_live_checked = checkEntry(entry, input.slice(keyEnd + 1));
    return '';
  } catch (e) {
    r.error('edge-auth: no live policy: ' + String(e));
    r.variables.edge_auth_live_needed = 'error';
    r.variables.edge_auth_live_rules = '';
    return 'live_none';
  }
}

const handlers: {
  readLive: typeof readLive;
  later?: typeof later;
} = { readLive };

export default handlers;
