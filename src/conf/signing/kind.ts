/** What domains that sign alike share: the maps of http {} that judge their requests, in the order in which they are read. */

import { lineStart } from '../../core/signing/check';
import { groups, prefixPattern } from '../../core/signing/form';
import { type Need, needRules } from '../../core/signing/need';
import type { UrlSigning } from '../../policy/policy';
import { mapEntry, type NamedMap, roundaboutMap } from '../map';
import type { Fill } from '../template';
import { digestOf, quoted } from '../text';
import {
  besideEntries,
  besideSource,
  formEntries,
  signedText,
  unreadable,
  withoutArguments,
} from './form-map';
import { fastPathOf } from './native';

export interface Kind {
  /** Names its variables, without `$`: `edge_auth_signed_A`. */
  name: string;
  /** The maps, filled templates. */
  conf: string;
  /** Maps that kinds of other names read, too. */
  shared: NamedMap[];
  /** Rendered files that its maps include. */
  tables: Map<string, string>;
  /** Maps of http {} that add to a timestamp, by name. */
  sums: Map<string, string>;
  isFast: boolean;
  /** Some requests need no signature. */
  isScoped: boolean;
  /** The values of `$edge_auth_signed` and `$edge_auth_signed_again`. */
  line: string;
  lineAgain: string;
}

/** All by which nginx's maps judge; no key, and not what a refusal looks like. */
export function kindKey(signing: UrlSigning): string {
  const { keys, keyFile, denyStatus, keepArgsForOrigin, vendorErrorHeader, signedForm, ...rest } = signing;
  void [keys, keyFile, denyStatus, keepArgsForOrigin, vendorErrorHeader, signedForm];
  return JSON.stringify(rest);
}

/** Names for the kinds of a render: the type alone, a short digest only where two kinds have one type. */
export function kindNames(signings: UrlSigning[]): Map<string, string> {
  const types = new Map<string, string>();
  for (const signing of signings) types.set(kindKey(signing), signing.type);
  const all = [...types];
  const nameOf = (key: string, type: string, length: number): string =>
    `edge_auth_signed_${type}${length === 0 ? '' : `_${digestOf(key).slice(0, length)}`}`;
  for (const length of [0, 4, 8, 16]) {
    const names = all.map(([key, type]) => {
      const isAlone = all.filter(([, other]) => other === type).length === 1;
      return [key, nameOf(key, type, isAlone ? 0 : length)] as const;
    });
    if (new Set(names.map(([, name]) => name)).size === names.length) return new Map(names);
  }
  throw new Error('expected no two kinds of signing with one digest, received two');
}

export const isInPathType = (signing: UrlSigning): boolean => prefixPattern(signing) !== null;
export const isScoped = (signing: UrlSigning): boolean =>
  signing.scope !== undefined || signing.whiteList.length > 0;

export interface KindSettings {
  fill: Fill;
  prefix: string;
  /** May secure_link say yes? */
  native: boolean;
  /** Names of maps that a kind before has written. */
  written: Set<string>;
}

/** `domains`: those that sign so, for the comment. */
export function kindOf(
  name: string,
  signing: UrlSigning,
  domains: string[],
  { fill, prefix, native, written }: KindSettings,
): Kind {
  const fast = native ? fastPathOf(signing, fill, prefix) : undefined;
  const form = formEntries(signing);
  const args = argumentLines(signing, fast !== undefined);
  const values = { EDGE_AUTH_KIND: name };
  const parts = [
    fill('http/signed-kind.conf', { EDGE_AUTH_KIND_TITLE: titleOf(signing, domains) }),
    fast &&
      fill('http/signed-fast.conf', {
        ...values,
        EDGE_AUTH_TOKEN: fast.entry,
      }),
    fill('http/signed-form.conf', {
      ...values,
      EDGE_AUTH_FORM: fast ? 'pattern' : 'form',
      EDGE_AUTH_FORM_RULES: unindented(form.entries),
    }),
    fast && fill('http/signed-fast-form.conf', values),
    fill('http/signed-outcome.conf', {
      ...values,
      EDGE_AUTH_JUDGED: fast ? 'why_not' : 'outcome',
      EDGE_AUTH_OPENED: signing.methods
        .map((method) => `${quoted(`${method} `)} $edge_auth_verified;`)
        .join('\n'),
      EDGE_AUTH_ANY_METHOD: `(?:${signing.methods.join('|')})`,
    }),
    fast && fill('http/signed-fast-outcome.conf', values),
    fill('http/signed-readable.conf', { ...values, EDGE_AUTH_UNREADABLE: unreadable.replace(/\\/g, '\\\\') }),
    isScoped(signing) && needConf(name, signing, fill),
    foundConf(name, signing, fast !== undefined, fill),
    ...args.maps.filter(({ name }) => !written.has(name)).map(({ conf }) => `${conf}\n`),
    signing.type !== 'B' && fill('http/signed-args.conf', { ...values, ...args.values }),
    fill('http/signed-clean.conf', { ...values, ...cleanValues(name, signing, fast !== undefined) }),
  ];
  for (const map of args.maps) written.add(map.name);
  return {
    name,
    conf: parts.filter(Boolean).join(''),
    shared: [...form.maps, ...(isScoped(signing) ? [roundaboutMap] : [])],
    tables: fast?.tables ?? new Map<string, string>(),
    sums: fast?.sums ?? new Map<string, string>(),
    isFast: fast !== undefined,
    isScoped: isScoped(signing),
    line: quoted(lineStart(signing) + signedText(signing, '${edge_auth_key}')),
    lineAgain: quoted(lineStart(signing) + signedText(signing, '${edge_auth_key2}')),
  };
}

/** The template says how deep its lines stand. */
const unindented = (lines: string[]): string => lines.map((line) => line.trim()).join('\n');

function titleOf(signing: UrlSigning, domains: string[]): string {
  const [first = '', ...others] = domains;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return `type ${signing.type}, ${signing.hash}, ${signing.timestampFormat}, valid for ${signing.timeout} s: ${first}${more}`;
}

/** The arguments without the signature: from the form's groups, else from patterns over all of them. */
function argumentLines(
  signing: UrlSigning,
  isFast: boolean,
): { maps: NamedMap[]; values: { EDGE_AUTH_ARGS_SOURCE: string; EDGE_AUTH_ARGS: string } } {
  const beside = unindented(besideEntries).split('\n');
  if (signing.type === 'A')
    return {
      maps: [],
      values: {
        EDGE_AUTH_ARGS_SOURCE: `"${besideSource}"`,
        EDGE_AUTH_ARGS: ['default "";', ...beside].join('\n'),
      },
    };
  const maps = withoutArguments(signing);
  const last = `default $${maps.at(-1)?.name ?? ''};`;
  return {
    maps,
    values: {
      EDGE_AUTH_ARGS_SOURCE: isFast ? `"\${${groups.fast}}${besideSource}"` : '""',
      EDGE_AUTH_ARGS: [last, ...(isFast ? beside.map((line) => line.replace('"', '"/')) : [])].join('\n'),
    },
  };
}

/** Which requests need a signature; without a scope every one does. */
function needConf(name: string, signing: UrlSigning, fill: Fill): string {
  const { rules, fallback } = needRules(signing);
  const front = isInPathType(signing);
  const valueOf = (need: Need): string =>
    need === 'checked' ? `$${name}_outcome` : front ? `$${name}_or_${need}` : need;
  const unneeded = (['white_list', 'out_of_scope'] as const).filter(
    (need) => front && (fallback === need || rules.some((rule) => rule.need === need)),
  );
  const maps = unneeded.map((need) =>
    fill('http/signed-need-front.conf', { EDGE_AUTH_KIND: name, EDGE_AUTH_NEED: need }),
  );
  const need = fill('http/signed-need.conf', {
    EDGE_AUTH_KIND: name,
    EDGE_AUTH_ROUNDABOUT: roundaboutMap.name,
    EDGE_AUTH_NEED_RULES: unindented([
      ...rules.map((rule) => mapEntry(rule.pattern, valueOf(rule.need), rule.caseSensitive)),
      ...(fallback === 'checked' ? [] : [mapEntry('', valueOf(fallback))]),
    ]),
  });
  const checked = front ? fill('http/signed-checked.conf', { EDGE_AUTH_KIND: name }) : '';
  return [checked, ...maps, need].join('');
}

/** Where no form is looked for, for there are no arguments or secure_link said yes, what tells the form nevertheless. */
function foundConf(name: string, signing: UrlSigning, isFast: boolean, fill: Fill): string {
  if (!hasFound(signing, isFast)) return '';
  const [source, ...entries] = !isScoped(signing)
    ? [`$${name}_outcome`, 'signed  "";']
    : isFast
      ? ['"$is_args$secure_link"', '""      no_signature;', '"?1"    "";']
      : ['$is_args', '""      no_signature;'];
  return fill('http/signed-found.conf', {
    EDGE_AUTH_KIND: name,
    EDGE_AUTH_FOUND_SOURCE: source ?? '',
    EDGE_AUTH_FOUND: entries.join('\n'),
  });
}

/** The variable, without `$`, that is empty for a well-formed signature. */
export function foundVariable(name: string, signing: UrlSigning, isFast: boolean): string {
  return hasFound(signing, isFast) ? `${name}_found` : `${name}_form`;
}

const hasFound = (signing: UrlSigning, isFast: boolean): boolean =>
  !isInPathType(signing) && (isScoped(signing) || isFast);

function cleanValues(
  name: string,
  signing: UrlSigning,
  isFast: boolean,
): { EDGE_AUTH_CLEAN_SOURCE: string; EDGE_AUTH_CLEAN: string } {
  const path = `\${${groups.path}}`;
  const ofArgs = `"${path}$${name}_query";`;
  const ofPath = `"${path}\${${groups.query}}";`;
  if (signing.type === 'B')
    return { EDGE_AUTH_CLEAN_SOURCE: `$${name}_form`, EDGE_AUTH_CLEAN: `"" ${ofPath}` };
  if (signing.type === 'C')
    return {
      EDGE_AUTH_CLEAN_SOURCE: `"$${name}_form\${${groups.front}}"`,
      EDGE_AUTH_CLEAN: `"/" ${ofPath}\n""  ${ofArgs}`,
    };
  return {
    EDGE_AUTH_CLEAN_SOURCE: `$${foundVariable(name, signing, isFast)}`,
    EDGE_AUTH_CLEAN: `"" ${ofArgs}`,
  };
}
