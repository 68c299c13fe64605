// Which directives a conf has, and where: `server > location > proxy_pass`.

/** Of `map` and its kind what stands inside is values. */
const ofValues = new Set(['map', 'geo', 'split_clients']);

/** Reads text as nginx does: quotes, backslashes, comments. Throws where braces do not pair. */
export function directivesOf(conf: string): Set<string> {
  const found = new Set<string>();
  const path: string[] = [];
  let words: string[] = [];
  for (const token of tokensOf(conf)) {
    if (token.kind === 'word') {
      words.push(token.text);
      continue;
    }
    if (token.kind === 'close') {
      if (words.length > 0 || path.pop() === undefined)
        throw new Error(`expected paired braces, received ${conf.slice(0, 300)}`);
      continue;
    }
    const name = words[0] ?? '';
    words = [];
    if (!path.some((outer) => ofValues.has(outer))) found.add([...path, name].join(' > '));
    if (token.kind === 'open') path.push(name);
  }
  if (path.length > 0 || words.length > 0)
    throw new Error(`expected a whole conf, received ${conf.slice(-300)}`);
  return found;
}

type Token = { kind: 'word'; text: string } | { kind: 'open' | 'close' | 'end' };

function* tokensOf(conf: string): Generator<Token> {
  const pattern =
    /\s+|#[^\n]*|"((?:[^"\\]|\\[^])*)"|'((?:[^'\\]|\\[^])*)'|([{};])|((?:[^\s;{}"'\\$]|\\[^]|\$\{[^}]*\}|\$|(?<=[^\s;{}])["'])+)/gy;
  while (pattern.lastIndex < conf.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(conf);
    if (match === null) throw new Error(`expected nginx conf, received ${conf.slice(at, at + 200)}`);
    const [, double, single, mark, bare] = match;
    const word = double ?? single ?? bare;
    if (word !== undefined) yield { kind: 'word', text: word };
    else if (mark !== undefined) yield { kind: mark === '{' ? 'open' : mark === '}' ? 'close' : 'end' };
  }
}
