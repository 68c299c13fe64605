/** The guard of signed URLs whose policy may change while nginx runs: the maps of http {} that it needs, and the values of its template. */

import { groups, prefixPattern } from '../../core/signing/form';
import type { UrlSigning } from '../../policy/policy';
import { mapEntry, type NamedMap, namedMap } from '../map';
import { vendorErrorMap } from './vendor-error';
import { besideEntries, besideSource, formEntries, signedText, withoutArguments } from './form-map';
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

export interface LiveGuard extends GuardBase {
  /** A part of a string in conf: `path` or `args` where a well-formed signature stands. */
  state: string;
  /** The variable, without `$`, with the arguments as they are without a signature. */
  cleanArgs: string;
}

/** Empty for a target with a well-formed signature, else why not. Its groups hold the parts for the rest of the request. */
function formMap(signing: UrlSigning): { form: NamedMap; odd: NamedMap[] } {
  const { entries, maps } = formEntries(signing);
  const lines = ['    default no_signature;', ...entries];
  return { form: namedMap('edge_auth_form_', '$request_uri', lines, 'request'), odd: maps };
}

/** The arguments without the signature. */
function withoutSignature(signing: UrlSigning): NamedMap[] {
  if (signing.type !== 'A') return withoutArguments(signing);
  return [namedMap('edge_auth_around_', `"${besideSource}"`, besideEntries, 'request')];
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

/** While the conf fits the policy its maps judge. */
function liveMap(prefix: string, rendered: string, live: string): NamedMap {
  return namedMap(prefix, '$edge_auth_live', [`    default $${live};`, `    ""      $${rendered};`]);
}

/** What a live guard adds rules and key to. */
export function keylessText(signing: UrlSigning): string {
  return quoted(signedText(signing, ''));
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
  const { form, odd } = formMap(signing);
  const place = placeOf(signing);
  const state = `\${${form.name}}${place.text}`;
  const without = withoutSignature(signing);
  const clean = cleanUriMaps(signing, state, without.at(-1));
  const outcome = outcomeMaps(signing, form, state, verified);
  const vendorError = vendorErrorMap(signing);
  const maps = [...odd, form, ...place.maps, ...without, ...clean, ...outcome, ...vendorError];
  const base = {
    maps,
    form: form.name,
    cleanUri: clean.at(-1)?.name ?? '',
    outcome: outcome.at(-1)?.name ?? '',
    vendorError: vendorError[0]?.name ?? '',
  };
  return { base, state, without };
}
