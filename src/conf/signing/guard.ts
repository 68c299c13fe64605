/** The guard of signed URLs: the maps of http {} that it needs, and the values of its template. */

import { lineStart } from '../../core/signing/check';
import { formRules, groups, hashedParts, prefixPattern, signatureArguments } from '../../core/signing/form';
import type { UrlSigning } from '../../policy/policy';
import { mapEntry, type NamedMap, namedMap } from '../map';
import { outcomeMaps } from './outcome';
import { digestOf, quoted } from '../text';

export interface GuardBase {
  /** A digest of all that guards have in common; the keys are no part of it. */
  name: string;
  /** The maps of http {}, which guards that say the same share. */
  maps: NamedMap[];
  /** The variable, without `$`, that is empty for a target with a well-formed signature. */
  form: string;
  /** The variable, without `$`, with the request target as it is without its signature. */
  cleanUri: string;
  /** The variable, without `$`, with the outcome. */
  outcome: string;
  /** The variable with the vendor's words for a refusal; empty where they are not wanted. */
  vendorError: string;
}

export interface Guard extends GuardBase {
  /** The lines of the server that take the signature off. */
  stripLines: string[];
}

export interface LiveGuard extends GuardBase {
  /** A part of a string in conf: `path` or `args` where a well-formed signature stands. */
  state: string;
  /** The variable, without `$`, with the arguments as they are without a signature. */
  cleanArgs: string;
}

/** Empty for a target with a well-formed signature, else why not. Its groups hold the parts for the rest of the request. */
function formMap(signing: UrlSigning): NamedMap {
  const rules = formRules(signing).map(({ pattern, outcome }) =>
    mapEntry(pattern, outcome === 'signed' ? '""' : outcome),
  );
  return namedMap('edge_auth_form_', '$request_uri', ['    default no_signature;', ...rules], 'request');
}

/** Maps in a row, each of which takes one argument of the signature off the client's: those of the form, whatever `$args` has become. */
function withoutArguments(signing: UrlSigning): NamedMap[] {
  const maps: NamedMap[] = [];
  for (const [name, value] of signatureArguments(signing)) {
    const from = `$${maps.at(-1)?.name ?? groups.args}`;
    const pair = `${name}=${value}`;
    const entries = [
      `    default ${from};`,
      mapEntry(`^${pair}$`, '""'),
      mapEntry(`^${pair}&(?<edge_auth_y>.*)$`, '$edge_auth_y'),
      mapEntry(`^(?<edge_auth_x>.*)&${pair}(?<edge_auth_y>(?:&.*)?)$`, '$edge_auth_x$edge_auth_y'),
    ];
    maps.push(namedMap('edge_auth_without_', from, entries, 'request'));
  }
  const last = maps.at(-1);
  if (signing.type !== 'A' || !last) return maps;
  // Where the signature stands alone, which is how most do, no pattern is tried.
  const entries = [`    default $${last.name};`, '    ""      "";'];
  const around = `"\${${groups.before}}\${${groups.after}}"`;
  return [...maps, namedMap('edge_auth_around_', around, entries, 'request')];
}

/** Where a well-formed signature stands, `path` or `args`, as a part of a string in conf. */
function placeOf(signing: UrlSigning): { text: string; maps: NamedMap[] } {
  const prefix = prefixPattern(signing);
  if (prefix === null) return { text: 'args', maps: [] };
  if (signing.type === 'B') return { text: 'path', maps: [] };
  const entries = ['    default args;', mapEntry(prefix, 'path')];
  const place = namedMap('edge_auth_place_', '$request_uri', entries, 'request');
  return { text: `$${place.name}`, maps: [place] };
}

/** The raw request target without its signature; `state` is empty before `path` or `args` where there is one. */
function cleanUriMaps(signing: UrlSigning, state: string, without: NamedMap | undefined): NamedMap[] {
  const entries = ['    default $request_uri;'];
  const maps: NamedMap[] = [];
  const path = `\${${groups.path}}`;
  if (prefixPattern(signing) !== null) entries.push(`    path    "${path}\${${groups.query}}";`);
  if (without) {
    const query = ['    ""      "";', `    default "?$${without.name}";`];
    const ofArgs = namedMap('edge_auth_query_', `$${without.name}`, query, 'request');
    maps.push(ofArgs);
    entries.push(`    args    "${path}$${ofArgs.name}";`);
  }
  return [...maps, namedMap('edge_auth_clean_', `"${state}"`, entries, 'request')];
}

/** A well-formed signature is taken off once, before nginx judges the path: what is judged is what is served. */
function stripLines(signing: UrlSigning, state: string, without: NamedMap | undefined): string[] {
  const lines = [`set $edge_auth_step "${state}$edge_auth_guarded";`];
  if (prefixPattern(signing) !== null)
    lines.push('if ($edge_auth_step = path) {', '    rewrite "(?s)^/[^/]+/[^/]+(/.*)$" $1;', '}');
  if (without) lines.push('if ($edge_auth_step = args) {', `    set $args $${without.name};`, '}');
  return lines;
}

/** Alibaba's words in X-Tengine-Error (URL signing), without the values that its nodes add: those are parts of the query. */
function vendorErrorMap(signing: UrlSigning): NamedMap {
  const missing = `"denied by req auth: no url arg ${signing.signArg || 'auth_key'}"`;
  return namedMap('edge_auth_vendor_error_', '$edge_auth_reason', [
    '    default       "denied by req auth: invalid md5hash";',
    '    expired       "denied by req auth: expired timestamp";',
    '    not_yet_valid "denied by req auth: expired timestamp";',
    `    no_signature  ${missing};`,
  ]);
}

/** While the conf fits the policy its maps judge. */
function liveMap(prefix: string, rendered: string, live: string): NamedMap {
  return namedMap(prefix, '$edge_auth_live', [`    default $${live};`, `    ""      $${rendered};`]);
}

/** Timestamp, hash and what is hashed. */
function signedText(signing: UrlSigning, key: string): string {
  const parts = hashedParts(signing.type).map((part) =>
    part === 'key' ? key : part === '-' ? part : `\${${groups[part]}}`,
  );
  return `\${${groups.time}}\${${groups.hash}}${parts.join('')}`;
}

/** The line that the guard checks, with one of the keys. */
export function signedLine(signing: UrlSigning, key: string): string {
  return quoted(lineStart(signing) + signedText(signing, key));
}

/** What a live guard adds rules and key to. */
export function keylessText(signing: UrlSigning): string {
  return quoted(signedText(signing, ''));
}

export function guardOf(signing: UrlSigning): Guard {
  const { base, state, without } = judged(signing, 'edge_auth_verified');
  return {
    ...base,
    name: nameOf(base.maps),
    stripLines: stripLines(signing, state, signing.keepArgsForOrigin ? undefined : without.at(-1)),
  };
}

/** The guard of a policy that may change while nginx runs. */
export function liveGuardOf(signing: UrlSigning): LiveGuard {
  const { base, state, without } = judged(signing, 'edge_auth_live_checked');
  const outcome = liveMap('edge_auth_live_or_', base.outcome, 'edge_auth_live_guard');
  const clean = without.at(-1);
  const args = clean && [liveMap('edge_auth_live_args_or_', clean.name, 'edge_auth_live_args')];
  const maps = [...base.maps, outcome, ...(args ?? [])];
  return {
    ...base,
    name: nameOf(maps),
    maps,
    outcome: outcome.name,
    state,
    cleanArgs: args?.[0]?.name ?? 'edge_auth_live_args',
  };
}

const nameOf = (maps: NamedMap[]): string => digestOf(maps.map(({ conf }) => conf).join('\n'));

/** What both kinds of guard have; `verified`: the variable, without `$`, that says what became of a well-formed signature. */
function judged(
  signing: UrlSigning,
  verified: string,
): { base: Omit<GuardBase, 'name'>; state: string; without: NamedMap[] } {
  const form = formMap(signing);
  const place = placeOf(signing);
  const state = `\${${form.name}}${place.text}`;
  const without = withoutArguments(signing);
  const clean = cleanUriMaps(signing, state, without.at(-1));
  const outcome = outcomeMaps(signing, form, state, verified);
  const vendorError = signing.vendorErrorHeader ? [vendorErrorMap(signing)] : [];
  const maps = [form, ...place.maps, ...without, ...clean, ...outcome, ...vendorError];
  const base = {
    maps,
    form: form.name,
    cleanUri: clean.at(-1)?.name ?? '',
    outcome: outcome.at(-1)?.name ?? '',
    vendorError: vendorError[0]?.name ?? '',
  };
  return { base, state, without };
}
