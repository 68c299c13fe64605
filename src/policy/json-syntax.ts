import { tokenize } from '@humanwhocodes/momoa';
import type { Token } from '@humanwhocodes/momoa';

export interface Place {
  offset: number;
  line: number;
  column: number;
}

/** Momoa points at an unclosed file's last token: say the end of the file, where the rest is missing. */
export function syntaxErrorPlace(text: string, error: unknown): Place {
  const place = error as Partial<Place>;
  const end = {
    offset: text.length,
    line: text.split('\n').length,
    column: text.length - text.lastIndexOf('\n'),
  };
  if (place.offset === undefined || place.line === undefined || place.column === undefined) return end;
  if (text.slice(place.offset).trim() === '') return end;
  const tokens = tokensOf(text);
  const isLast = tokens?.at(-1)?.loc.start.offset === place.offset;
  return isLast && openBrackets(tokens).length > 0 ? end : (place as Place);
}

function tokensOf(text: string): Token[] | undefined {
  try {
    return tokenize(text);
  } catch {
    return undefined;
  }
}

function openBrackets(tokens: readonly Token[]): Token[] {
  const open: Token[] = [];
  for (const token of tokens) {
    if (token.type === 'LBrace' || token.type === 'LBracket') open.push(token);
    if (token.type === 'RBrace' || token.type === 'RBracket') open.pop();
  }
  return open;
}

/** What JSON allows where the text goes wrong, from the tokens before that place. */
export function expectedAfter(text: string, offset: number): string {
  const tokens = tokensOf(text.slice(0, offset));
  if (tokens === undefined) return 'the rest of a string or number as JSON writes it';
  const inside = openBrackets(tokens).at(-1)?.type;
  const close = inside === 'LBrace' ? '"}"' : '"]"';
  const [before, last] = [tokens.at(-2)?.type, tokens.at(-1)?.type];
  if (last === undefined) return 'a JSON object';
  if (last === 'LBrace') return 'a property name in double quotes, or "}"';
  if (last === 'LBracket') return 'a value, or "]"';
  if (last === 'Colon') return 'a value';
  if (last === 'Comma') return inside === 'LBrace' ? 'a property name in double quotes' : 'a value';
  if (inside === undefined) return 'the end of the file';
  const isName = inside === 'LBrace' && (before === 'LBrace' || before === 'Comma');
  return isName ? '":"' : `"," or ${close}`;
}
