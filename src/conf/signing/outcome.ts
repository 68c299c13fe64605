/** What becomes of a request to a server with signed URLs, as maps of http {}. */

import { groups, prefixPattern } from '../../core/signing/form';
import { type Need, needRules } from '../../core/signing/need';
import type { UrlSigning } from '../../policy/policy';
import { mapEntry, type NamedMap, namedMap, roundaboutMap } from '../map';
import { quoted } from '../text';
import { unreadable } from './form-map';

/**
 * The last map says `signed`, why a request needed no signature, or why it is refused. `form`: the map of the form's outcome; `state`:
 * a part of a string in conf, `path` or `args` where a well-formed signature stands; `verified`: the variable, without `$`, that says what
 * became of a well-formed one.
 */
export function outcomeMaps(
  signing: UrlSigning,
  form: NamedMap,
  state: string,
  verified: string,
): NamedMap[] {
  const readable = namedMap('edge_auth_readable_', '$edge_auth_signed', [
    '    default malformed;',
    mapEntry(unreadable, 'malformed'),
    mapEntry('', `$${verified}`),
  ]);
  const raw = namedMap('edge_auth_raw_', `$${form.name}`, [
    `    default $${form.name};`,
    `    ""      $${readable.name};`,
  ]);
  // All ASCII is what most targets are: they pay for no second pattern.
  const checked = namedMap('edge_auth_checked_', `"\${${form.name}}\${${groups.raw}}"`, [
    `    default $${raw.name};`,
    `    ""      $${verified};`,
  ]);
  const method = namedMap('edge_auth_method_', '$request_method', [
    '    default method_not_allowed;',
    ...signing.methods.map((method) => `    ${quoted(method)} $${checked.name};`),
  ]);
  // Well formed, all ASCII, and by a method that may: what most requests are is found at once. No method ends in a form's outcome.
  const opened = namedMap('edge_auth_opened_', `"$request_method\${${form.name}}\${${groups.raw}}"`, [
    `    default $${method.name};`,
    ...signing.methods.map((method) => `    ${quoted(method)} $${verified};`),
  ]);
  if (!signing.scope && signing.whiteList.length === 0) return [readable, raw, checked, method, opened];
  const unsigned =
    prefixPattern(signing) === null
      ? []
      : ['white_list', 'out_of_scope'].map((need) =>
          // nginx lets a path that was rewritten into `internal` locations: none gets there without a good signature.
          namedMap(`edge_auth_${need}_`, `"${state}"`, [
            `    default ${need};`,
            `    path    $${checked.name};`,
          ]),
        );
  const valueOf = (need: Need): string => {
    if (need === 'checked') return `$${opened.name}`;
    const map = unsigned.find(({ name }) => name.startsWith(`edge_auth_${need}_`));
    return map ? `$${map.name}` : need;
  };
  const { rules, fallback } = needRules(signing);
  const guard = namedMap('edge_auth_guard_', `"$request_method \${${roundaboutMap.name}}$uri"`, [
    // What a rule that fails (PCRE) could not judge needs a signature.
    `    default ${valueOf('checked')};`,
    ...rules.map((rule) => mapEntry(rule.pattern, valueOf(rule.need), rule.caseSensitive)),
    ...(fallback === 'checked' ? [] : [mapEntry('', valueOf(fallback))]),
  ]);
  return [readable, raw, checked, method, opened, ...unsigned, roundaboutMap, guard];
}
