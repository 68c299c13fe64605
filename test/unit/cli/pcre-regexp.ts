/**
 * The patterns of the cache's maps in JavaScript: an atomic group or a possessive quantifier becomes a look-ahead and a reference to
 * what it took, and `(?i:` (ASCII letters only, as PCRE reads bytes) a class for each letter. Throws on what it does not know.
 */
export function regexpOf(pattern: string): RegExp {
  let at = 0;
  let count = 0;
  const take = (text: string) => {
    if (!pattern.startsWith(text, at)) throw new Error(`expected ${text} at ${at} of ${pattern}`);
    at += text.length;
  };
  const atomic = (inner: string) => {
    const name = `atom${++count}`;
    return `(?=(?<${name}>${inner}))\\k<${name}>`;
  };
  const atom = (ignoresCase: boolean): { text: string; canRepeat: boolean } => {
    const char = pattern[at]!;
    if (char === '(') {
      const opening = /^\((?:\?(?:[:>!]|i:|<[A-Za-z_]\w*>))/.exec(pattern.slice(at))?.[0];
      if (opening === undefined) throw new Error(`unknown group at ${at} of ${pattern}`);
      take(opening);
      const inner = alternatives(ignoresCase || opening === '(?i:');
      take(')');
      if (opening === '(?>') return { text: atomic(inner), canRepeat: false };
      return { text: `${opening === '(?i:' ? '(?:' : opening}${inner})`, canRepeat: opening !== '(?!' };
    }
    const single = /^(?:\\x[0-9a-f]{2}|\\.|\[(?:\\.|[^\]\\])+\]|[^\\[\]{}*+?|()])/.exec(
      pattern.slice(at),
    )?.[0];
    if (single === undefined) throw new Error(`unknown text at ${at} of ${pattern}`);
    take(single);
    const letter = ignoresCase && /^[A-Za-z]$/.test(single);
    return {
      text: letter ? `[${single.toLowerCase()}${single.toUpperCase()}]` : single,
      canRepeat: !/^[$^]$/.test(char),
    };
  };
  const alternatives = (ignoresCase: boolean): string => {
    let text = '';
    while (at < pattern.length && pattern[at] !== ')') {
      if (pattern[at] === '|') {
        text += '|';
        at++;
        continue;
      }
      const one = atom(ignoresCase);
      const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})\+?/.exec(pattern.slice(at))?.[0] ?? '';
      at += quantifier.length;
      if (quantifier !== '' && !one.canRepeat) throw new Error(`nothing to repeat at ${at} of ${pattern}`);
      const isPossessive = quantifier.length > 1 && quantifier.endsWith('+');
      text += isPossessive ? atomic(one.text + quantifier.slice(0, -1)) : one.text + quantifier;
    }
    return text;
  };
  const whole = alternatives(false);
  if (at < pattern.length) throw new Error(`unbalanced at ${at} of ${pattern}`);
  return new RegExp(whole, 's');
}
