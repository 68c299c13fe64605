/** Builds the request target that the auth server is asked with: path, kept arguments, added arguments. */

import { splitTarget } from '../served-path';

/** The policy's address fields as the rendered conf carries them. */
export interface TargetRules {
  /** The path before any arguments, percent-encoded: the auth server's own, with the client's path after it if so configured. */
  path: string;
  /** `all`, `none`, or argument names separated by one space, percent-encoded as `encodeURIComponent` does. Case-sensitive. */
  keepArgs: string;
  /** `name=value` joined by `&`, percent-encoded; `<variable>` stands where a variable's value goes. May be empty. */
  addArgs: string;
}

/** Reads one of the policy's variables, such as `http_host`, of the client's request; empty if there is none. */
export type ReadVariable = (name: string) => string;

/** Decodes an argument's name so that `%74oken` counts as `token`; what cannot be decoded stands as it is. */
function decodeName(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
}

/** Auth servers that read a query as a form take `+` for a space, so `a+b` counts as `a b` here too. */
function nameOf(pair: string): string {
  const equals = pair.indexOf('=');
  return decodeName((equals < 0 ? pair : pair.slice(0, equals)).replace(/\+/g, ' '));
}

/** Percent-encodes any string, also one that is not valid UTF-16, byte-like characters one by one. */
function encodeValue(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    return encodeURIComponent(value.replace(/[^\x20-\x7e]/g, '?'));
  }
}

/** A raw argument value is percent-encoded already: only what must not stand in a request line is encoded. */
function encodeRawArgument(value: string): string {
  return value.replace(/[^A-Za-z0-9\-._~%!$'()*+,;:@/?=]+/g, encodeValue);
}

/** The first `name=value` among the client's arguments, raw; empty if absent. Names are case-sensitive. */
export function readArgument(query: string, name: string): string {
  const pairs = query.slice(1).split('&');
  for (let i = 0; i < pairs.length; i++) {
    const pair = pairs[i] as string;
    if (nameOf(pair) === name) return pair.indexOf('=') < 0 ? '' : pair.slice(pair.indexOf('=') + 1);
  }
  return '';
}

function expandArguments(template: string, query: string, read: ReadVariable): string {
  return template.replace(/<([^>]*)>/g, function (_all: string, name: string) {
    return name.slice(0, 4) === 'arg_'
      ? encodeRawArgument(readArgument(query, decodeName(name.slice(4))))
      : encodeValue(read(name));
  });
}

/**
 * The target, such as `/auth?key=1&vendor=cdn`. Kept arguments keep their bytes, order and repetitions; a client's argument
 * that the policy adds is dropped, so that it cannot be forged. Throws nothing for any input.
 */
export function buildTarget(rules: TargetRules, requestTarget: string, read: ReadVariable): string {
  const query = splitTarget(requestTarget).query;
  const pairs = query.length < 2 || rules.keepArgs === 'none' ? [] : query.slice(1).split('&');
  const listed = rules.keepArgs === 'all' ? null : rules.keepArgs.split(' ').map(decodeName);
  const addedNames = rules.addArgs === '' ? [] : rules.addArgs.split('&').map(nameOf);
  const kept: string[] = [];
  for (let i = 0; i < pairs.length; i++) {
    const pair = pairs[i] as string;
    const name = nameOf(pair);
    if (addedNames.indexOf(name) < 0 && (listed === null || listed.indexOf(name) >= 0)) kept.push(pair);
  }
  if (rules.addArgs !== '') kept.push(expandArguments(rules.addArgs, query, read));
  return rules.path + (kept.length > 0 ? '?' + kept.join('&') : '');
}
