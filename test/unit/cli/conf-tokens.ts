/** Reads nginx conf as nginx does: words, quotes, comments, `;` and braces. Throws where nginx would stop. */

export interface Directive {
  words: string[];
  line: number;
  /** The directives inside its braces; undefined if it ended in `;`. */
  block: Directive[] | undefined;
}

export function parseConf(text: string): Directive[] {
  const root: Directive[] = [];
  const open: Directive[][] = [root];
  let words: string[] = [];
  let line = 1;
  const fail = (what: string) => new Error(`line ${line}: ${what}`);
  const end = (block: Directive[] | undefined) => {
    if (words.length === 0) throw fail('a directive without a name');
    open.at(-1)!.push({ words, line, block });
    words = [];
  };
  const token =
    /\s+|#[^\n]*|"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|[;{}]|(?:\$\{|[^\s;{}"'#\\]|\\[^]|(?<=\S)["'#]|(?<=\$\{\w*)\})+/y;
  while (token.lastIndex < text.length) {
    const [piece] = token.exec(text) ?? [];
    if (piece === undefined)
      throw fail(`no token begins where ${JSON.stringify(text.slice(token.lastIndex || 0, 20))} is`);
    const next = text[token.lastIndex];
    if (/^["']/.test(piece)) {
      if (next !== undefined && !/[\s;{)]/.test(next)) throw fail(`${piece} is followed by ${next}`);
      if (Buffer.byteLength(piece) > 4095) throw fail('a parameter that is longer than nginx reads');
      words.push(piece.slice(1, -1));
    } else if (piece === ';') end(undefined);
    else if (piece === '{') {
      const block: Directive[] = [];
      end(block);
      open.push(block);
    } else if (piece === '}') {
      if (words.length > 0) throw fail(`${words.join(' ')} has no end`);
      open.pop();
      if (open.length === 0) throw fail('a closing brace too many');
    } else if (!/^[\s#]/.test(piece)) words.push(piece);
    line += piece.split('\n').length - 1;
  }
  if (open.length > 1) throw fail(`${open.length - 1} open braces at the end`);
  if (words.length > 0) throw fail(`${words.join(' ')} has no end`);
  return root;
}

/** A directive and all inside it. */
export function flatten(directives: Directive[]): Directive[] {
  return directives.flatMap((directive) => [directive, ...flatten(directive.block ?? [])]);
}
