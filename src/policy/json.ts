import { parse, tokenize } from '@humanwhocodes/momoa';
import type { AnyNode, Token } from '@humanwhocodes/momoa';
import type { Report } from './issue';
import { describe, pointerTo } from './issue';
import { expectedAfter, syntaxErrorPlace } from './json-syntax';

const MAX_CHARACTERS = 262_144;
const MAX_DEPTH = 32;

/**
 * Strict JSON, at most 256 Ki characters and 32 levels, each key once: `JSON.parse` lets the last of two
 * equal keys win in silence, so that a reviewer reads one policy and nginx obeys another.
 */
export function parseJson(text: string, report: Report): { value: unknown } | undefined {
  if (text.length > MAX_CHARACTERS) {
    report('', `at most ${MAX_CHARACTERS} characters`, `${text.length} characters`);
    return undefined;
  }
  if (text.startsWith('\uFEFF')) {
    report('', 'JSON in UTF-8 without a byte order mark', 'a byte order mark');
    return undefined;
  }
  try {
    const tokens = tokenize(text);
    if (depthOf(tokens) > MAX_DEPTH) {
      report('', `at most ${MAX_DEPTH} levels of nesting`, 'more');
      return undefined;
    }
    const root = parse(text).body;
    const control = tokens.find((t) => t.type === 'String' && hasControl(text.slice(...span(t))));
    if (control !== undefined) {
      report(
        '',
        'control characters in strings written as \\n or \\u00XX',
        at('a raw one', control.loc.start),
      );
      return undefined;
    }
    const value: unknown = JSON.parse(text);
    reportDuplicates(root, '', report);
    return { value };
  } catch (error) {
    const place = syntaxErrorPlace(text, error);
    const found = place.offset < text.length ? describe(text.charAt(place.offset)) : 'the end of the file';
    report('', expectedAfter(text, place.offset), at(found, place));
    return undefined;
  }
}

function span(token: Token): [number, number] {
  return [token.loc.start.offset, token.loc.end.offset];
}

function at(found: string, place: { line: number; column: number }): string {
  return `${found} at line ${place.line}, column ${place.column}`;
}

function hasControl(text: string): boolean {
  return [...text].some((char) => char < ' ');
}

function depthOf(tokens: readonly Token[]): number {
  let depth = 0;
  let deepest = 0;
  for (const { type } of tokens) {
    if (type === 'LBrace' || type === 'LBracket') deepest = Math.max(deepest, ++depth);
    if (type === 'RBrace' || type === 'RBracket') depth--;
  }
  return deepest;
}

function reportDuplicates(node: AnyNode, pointer: string, report: Report): void {
  if (node.type === 'Array') {
    node.elements.forEach((element, i) => reportDuplicates(element.value, pointer + pointerTo(i), report));
  }
  if (node.type !== 'Object') return;
  const seen = new Set<string>();
  for (const { name, value } of node.members) {
    const key = name.type === 'String' ? name.value : name.name;
    const place = pointer + pointerTo(key);
    if (seen.has(key)) report(place, 'each key once', at('it again', name.loc.start));
    seen.add(key);
    reportDuplicates(value, place, report);
  }
}
