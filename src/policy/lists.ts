import type { Report } from './issue';
import { describe, pointerTo } from './issue';
import { isReservedHeader, normalizeHeaderName } from './header-name';
import type { ValuePart } from './value';
import { parseValue } from './value';

export interface AddedField {
  name: string;
  value: ValuePart[];
}

/** The variables that the values read, by their canonical names; one that is read twice stands twice. */
export function variablesIn(fields: AddedField[]): string[] {
  return fields.flatMap(({ value }) => value.flatMap((part) => ('variable' in part ? [part.variable] : [])));
}

/** Gives an entry's canonical form, or what was expected instead. */
type Normalize = (entry: string) => { name: string } | { expected: string };

/** The canonical entries of a list, each of them once. */
export function parseNames(
  list: readonly (string | number)[],
  pointer: string,
  normalize: Normalize,
  report: Report,
): string[] {
  const names = new Set<string>();
  list.forEach((entry, i) => {
    const place = pointer + pointerTo(i);
    const result = normalize(String(entry));
    if ('expected' in result) report(place, result.expected, describe(entry));
    else if (names.has(result.name)) report(place, 'each entry once', `${describe(entry)} again`);
    else names.add(result.name);
  });
  return [...names];
}

/** `all` and `none` are words, whatever their spelling: a list of that one name must not turn into the word. */
export function parseKept(
  value: 'all' | 'none' | string[],
  pointer: string,
  normalize: Normalize,
  report: Report,
): 'all' | 'none' | string[] {
  if (typeof value === 'string') return value;
  const strict: Normalize = (entry) => {
    const result = normalize(entry);
    const isWord = 'name' in result && (result.name === 'all' || result.name === 'none');
    return isWord ? { expected: `"${result.name}" alone, outside a list` } : result;
  };
  return parseNames(value, pointer, strict, report);
}

export function parseAdded(
  map: Record<string, string>,
  pointer: string,
  normalize: Normalize,
  report: Report,
): AddedField[] {
  const fields: AddedField[] = [];
  for (const [key, text] of Object.entries(map)) {
    const place = pointer + pointerTo(key);
    const result = normalize(key);
    const value = parseValue(text, place, report);
    if ('expected' in result) report(place, result.expected, describe(key));
    else if (fields.some((field) => field.name === result.name))
      report(place, 'each name once', `${describe(key)} again`);
    else fields.push({ name: result.name, value });
  }
  return fields;
}

export const asWritten: Normalize = (entry) => ({ name: entry });

/** File types without their leading dot. */
export const fileType: Normalize = (entry) => ({ name: entry.replace(/^\./, '') });

/** Percent-encoded in one way only, so that `%74oken` is `token`; also `!'()*`, which encodeURIComponent lets through. */
export const argumentName: Normalize = (entry) => {
  try {
    const encoded = encodeURIComponent(decodeURIComponent(entry));
    return {
      name: encoded.replace(/[!'()*]/g, (char) => '%' + char.charCodeAt(0).toString(16).toUpperCase()),
    };
  } catch {
    return { expected: 'a percent-encoded name in UTF-8' };
  }
};

export const headerName: Normalize = (entry) =>
  isReservedHeader(entry)
    ? { expected: 'a header other than those of connection and framing and X-Edge-Auth-*' }
    : { name: normalizeHeaderName(entry) };
