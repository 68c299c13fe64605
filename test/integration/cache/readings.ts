/** What auth servers read as one cookie or one argument: no two frameworks agree. `undefined`: nothing. */

type Read = (text: string) => string | undefined;
type Pair = [name: string, value: string | undefined];

function pairsOf(text: string, separator: RegExp): Pair[] {
  return text
    .split(separator)
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      return at < 0 ? [part, undefined] : [part.slice(0, at), part.slice(at + 1)];
    });
}
const valueOf = (pair: Pair | undefined): string | undefined => pair && (pair[1] ?? '');
const named = (name: string) => (pair: Pair) => pair[0] === name;
const unquoted = (text: string) => text.replace(/^"(.*)"$/s, '$1');

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** PHP: spaces in front go, `.` and space become `_`, and so does a `[` without its `]`. */
const mangled = (name: string) => name.trimStart().replace(/[. ]/g, '_').replace(/\[.*$/s, '');

const cookiePairs = (text: string): Pair[] =>
  pairsOf(text, /;/).map(([name, value]) => [name.trim(), value?.trim()]);

/** Python's SimpleCookie: reads attributes, and stops where it understands no more. */
function simpleCookie(text: string, name: string): string | undefined {
  const pattern =
    /\s*([\w!#%&'~`><@,:/$*+.^|)(?}{=-]+?)(?:\s*=\s*("(?:[^\\"]|\\.)*"|[\w!#%&'~`><@,:/$*+.^|)(?}{=[\]-]*))?\s*(?:\s+|;|$)/y;
  let found: string | undefined;
  let isFirst = true;
  for (let match = pattern.exec(text); match && match[0] !== ''; match = pattern.exec(text)) {
    const isAttribute = /^(?:path|domain|expires|max-age|secure|httponly|version|comment|samesite)$/i.test(
      match[1] as string,
    );
    if (isAttribute && isFirst) return undefined;
    if (!isAttribute && match[2] === undefined) return undefined;
    if (match[1] === name) found = unquoted(match[2] as string);
    isFirst = false;
  }
  return found;
}

export const cookieReadings: Record<string, (name: string) => Read> = {
  first: (name) => (text) => valueOf(cookiePairs(text).find(named(name))),
  last: (name) => (text) => valueOf(cookiePairs(text).findLast(named(name))),
  nocase: (name) => (text) =>
    valueOf(cookiePairs(text).find((pair) => pair[0].toLowerCase() === name.toLowerCase())),
  php: (name) => (text) => {
    const pair = pairsOf(text, /;/).find(
      (one) => one[1] !== undefined && mangled(decoded(one[0])) === mangled(name),
    );
    return pair && decoded(pair[1] as string);
  },
  commas: (name) => (text) =>
    valueOf(
      pairsOf(text, /[;,]/)
        .map(([key, value]): Pair => [key.trim(), value && unquoted(value.trim())])
        .findLast(named(name)),
    ),
  python: (name) => (text) => simpleCookie(text, name),
};

const decodedPairs = (text: string, separator: RegExp): Pair[] =>
  pairsOf(text, separator).map(([name, value]) => [
    decoded(name),
    value === undefined ? value : decoded(value),
  ]);

export const argumentReadings: Record<string, (name: string) => Read> = {
  first: (name) => (text) => valueOf(decodedPairs(text, /&/).find(named(name))),
  last: (name) => (text) => valueOf(decodedPairs(text, /&/).findLast(named(name))),
  raw: (name) => (text) => valueOf(pairsOf(text, /&/).find(named(name))),
  nginx: (name) => (text) =>
    pairsOf(text, /&/).find(
      (pair) => pair[0].toLowerCase() === name.toLowerCase() && pair[1] !== undefined,
    )?.[1],
  php: (name) => (text) =>
    valueOf(decodedPairs(text, /&/).findLast((pair) => mangled(pair[0]) === mangled(name))),
  // Blank values count as none.
  python: (name) => (text) => decodedPairs(text, /[&;]/).find((pair) => pair[0] === name && pair[1])?.[1],
};
