/** A reader of nginx conf of its own, letter by letter: what it finds does not depend on how the conf was written. */

interface Line {
  depth: number;
  words: string[];
  opens: boolean;
}

export function readConf(text: string): Line[] {
  const lines: Line[] = [];
  let depth = 0;
  let words: string[] = [];
  let word: string | undefined;
  let quote = '';
  const endWord = () => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  const endLine = (opens: boolean) => {
    endWord();
    if (words.length === 0) throw new Error(`a directive without a name at depth ${depth}`);
    lines.push({ depth, words, opens });
    words = [];
  };
  for (let i = 0; i < text.length; i++) {
    const letter = text.charAt(i);
    if (quote !== '') {
      if (letter === '\\') word += text.charAt(++i);
      else if (letter === quote) quote = '';
      else word += letter;
    } else if (word === undefined && letter === '#') {
      while (i < text.length && text.charAt(i) !== '\n') i++;
    } else if (word === undefined && (letter === '"' || letter === "'")) {
      quote = letter;
      word = '';
    } else if (letter === '$' && text.charAt(i + 1) === '{') {
      const end = text.indexOf('}', i);
      word = (word ?? '') + text.slice(i, end + 1);
      i = end;
    } else if (/\s/.test(letter)) endWord();
    else if (letter === ';') endLine(false);
    else if (letter === '{') {
      endLine(true);
      depth++;
    } else if (letter === '}') {
      endWord();
      if (words.length > 0 || --depth < 0)
        throw new Error(`a brace where "${words.join(' ')}" has not ended`);
    } else word = (word ?? '') + (letter === '\\' ? letter + text.charAt(++i) : letter);
  }
  if (depth !== 0 || words.length > 0 || word !== undefined) throw new Error('the conf ends in the middle');
  return lines;
}

/** The directives in their order, without the words that a policy may choose; how many maps, headers and pieces of text there are is its affair. */
export function skeleton(text: string): string[] {
  const found: string[] = [];
  let inMap = -1;
  for (const { depth, words, opens } of readConf(text)) {
    if (inMap >= 0 && depth <= inMap) inMap = -1;
    if (inMap >= 0) {
      if (words.length > 2 || opens) throw new Error(`expected a pair in a map, found ${words.join(' ')}`);
      if (words[0] === 'include') throw new Error('expected no include in a map');
      continue;
    }
    const [name = ''] = words;
    if (name === 'map') inMap = depth;
    else if (name !== 'set') {
      const line = `${depth} ${name} ${words.length}`;
      if (name !== 'proxy_set_header' || found.at(-1) !== line) found.push(line);
    }
  }
  return found;
}
