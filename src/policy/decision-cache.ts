/** What a decision depends on, and so what its key must hold. */

import schema from './policy.schema.json';
import { describe } from './issue';
import type { Report } from './issue';
import { isReservedHeader, normalizeHeaderName } from './header-name';
import { parseNames, variablesIn } from './lists';
import type { AuthRequest } from './auth-request';
import type { DecisionCache as CacheSettings } from './schema-types';

export interface DecisionCache {
  /** Seconds, 0-86400; 0 keeps nothing. */
  allowTtl: number;
  denyTtl: number;
  staleIfError: number;
  /** `method`, `path`, `args`, `client_ip`, `arg:NAME`, `cookie:NAME`, or `header:NAME` in lower case. */
  key: string[];
  respectCacheControl: boolean;
  /** Milliseconds, 0-30000; undefined: as long as an answer may take, and then not asking. */
  lockTimeoutMs: number | undefined;
}

/** The names of headers in the key, in lower case. */
export function keyedHeaders({ key }: DecisionCache): string[] {
  return key.flatMap((part) => (part.startsWith('header:') ? [part.slice('header:'.length)] : []));
}

const AT = '/remote_auth/cache';
const fields = schema.properties.remote_auth.properties.cache.properties;

/** Headers that let nobody in: who may see something does not depend on them. */
const HARMLESS =
  /^(?:accept(?:-.*)?|cache-control|content-type|dnt|host|if-.*|pragma|range|traceparent|tracestate|user-agent|via|x-request-id)$/;

/** `auth`: all else that `remote_auth` says. `isKnown`: what the question carries is as written, not a default in place of a fault. */
export function parseCache(
  written: CacheSettings,
  auth: AuthRequest,
  isKnown: boolean,
  report: Report,
): DecisionCache {
  const carried = carriedParts(auth);
  // The schema let a list through only: its vendor form has been spread.
  const list = written.key as string[] | undefined;
  const key = list && parseNames(list, AT + '/key', keyPart, report);
  // Of a list with a faulty entry nobody knows what it was to name.
  const isWhole = key?.length === list?.length;
  if (isKnown && written.shared !== true) checkKey(isWhole ? key : undefined, carried, auth, report);
  return {
    allowTtl: written.allow_ttl ?? fields.allow_ttl.default,
    denyTtl: written.deny_ttl ?? fields.deny_ttl.default,
    staleIfError: written.stale_if_error ?? fields.stale_if_error.default,
    key: key ?? carried,
    respectCacheControl: written.respect_cache_control ?? fields.respect_cache_control.default,
    lockTimeoutMs: written.lock_timeout_ms,
  };
}

function keyPart(entry: string): { name: string } | { expected: string } {
  const [kind, name = ''] = entry.split(':', 2) as [string, string?];
  if (kind !== 'header') return { name: entry };
  return isReservedHeader(name)
    ? { expected: 'a header other than those of connection and framing and X-Edge-Auth-*' }
    : { name: `header:${normalizeHeaderName(name)}` };
}

/** An explicit key may leave out what is no credential; what may be one is refused outside the key. */
function checkKey(key: string[] | undefined, carried: string[], auth: AuthRequest, report: Report): void {
  if (auth.keepHeaders === 'all')
    report(
      '/remote_auth/keep_headers',
      'a list of headers or "none" beside cache, because a client may send a credential in any header that is kept, and the key has to hold it ("shared": true in cache says that the answer depends on none)',
      '"all"',
    );
  const missing = key ? carried.filter((part) => isCredential(part) && !isNamedBy(part, key)) : [];
  for (const part of missing)
    report(
      AT + '/key',
      `"${part}" in the list, because the auth server is told it and may let a client in for it (else do not tell it, or say "shared": true)`,
      describe(key),
    );
}

function isCredential(part: string): boolean {
  if (part === 'path' || part === 'method') return false;
  return !part.startsWith('header:') || !HARMLESS.test(part.slice('header:'.length));
}

/** By naming one cookie the key says which of them is the credential. */
function isNamedBy(part: string, key: string[]): boolean {
  if (key.includes(part)) return true;
  if (part === 'header:cookie') return key.some((one) => one.startsWith('cookie:'));
  if (part.startsWith('cookie:')) return key.includes('header:cookie');
  return part.startsWith('arg:') && key.includes('args');
}

/** All that the question carries of the client's request, each part once. With `keep_headers: all` that has no end: the two usual ones. */
function carriedParts(auth: AuthRequest): string[] {
  const headers = { all: ['authorization', 'cookie'], none: [] };
  const kept = typeof auth.keepHeaders === 'string' ? headers[auth.keepHeaders] : auth.keepHeaders;
  return [
    ...new Set([
      ...(auth.requestMethod === 'follow' || auth.keepHeaders === 'all' ? ['method'] : []),
      ...(auth.authPath === 'append' || auth.keepHeaders === 'all' ? ['path'] : []),
      // X-Forwarded-Uri, which replaces the client's, tells all of the query.
      ...keptArguments(auth.keepHeaders === 'all' ? 'all' : auth.keepArgs),
      ...kept.map((name) => `header:${name}`),
      ...variablesIn([...auth.addArgs, ...auth.addHeaders]).flatMap(partsOfVariable),
    ]),
  ];
}

function keptArguments(kept: AuthRequest['keepArgs']): string[] {
  if (kept === 'none') return [];
  const isPlain = kept !== 'all' && kept.every((name) => /^[A-Za-z0-9_.~-]{1,128}$/.test(name));
  return isPlain ? kept.map((name) => `arg:${name}`) : ['args'];
}

function partsOfVariable(name: string): string[] {
  const found = /^(arg|cookie|http)_(.+)$/.exec(name);
  if (found?.[1] === 'http') return [`header:${normalizeHeaderName(found[2] as string)}`];
  if (found) return [`${found[1]}:${found[2]}`];
  const parts: Record<string, string[]> = {
    args: ['args'],
    remote_addr: ['client_ip'],
    request_method: ['method'],
    request_uri: ['path', 'args'],
    uri: ['path'],
  };
  return parts[name] ?? [];
}
