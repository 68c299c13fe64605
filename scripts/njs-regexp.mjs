/**
 * The njs engine hands a regular expression to PCRE, which reads some of it otherwise than JavaScript does (`$` also before a final
 * newline, `.` with CR, `\s` in ASCII only, /i with the Kelvin sign as a k), and knows no flag `u` or `s`. Here a pattern is written so
 * that both read it in the way of JavaScript; what cannot be is an error of the build.
 */
import { RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';

const LINE_ENDS = '\\n\\r\\u2028\\u2029';
const SPACES = '\\t\\n\\v\\f\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff';
const END = '(?![\\s\\S])';
/** General categories: what JavaScript and PCRE spell alike. */
const CATEGORY = /^(?:[CLMNPSZ]|Cc|Cf|Cn|Co|Cs|L[lmotu]|M[cen]|N[dlo]|P[cdefios]|S[ckmo]|Z[lps])$/;

/**
 * One pattern for both engines, or one for each where only flag `u` says it in JavaScript.
 * `matchesEmpty`: it matches the empty text, and the njs engine, which takes that for bytes, cannot tell.
 * @returns {({ both: string } | { pcre: string, pattern: string, native: string }) & { flags: string, matchesEmpty: boolean }}
 */
export function patternForNjs(source, flags) {
  const refuse = (what) => {
    throw new Error(`build: /${source}/${flags}: expected a pattern that PCRE reads alike, received ${what}`);
  };
  if (/[mvd]/.test(flags)) refuse(`flag ${flags}`);
  const unicode = flags.includes('u');
  const ignoreCase = flags.includes('i');
  const edits = [];
  const put = (node, text) => edits.push([node.start, node.end, text]);
  let needsUnicode = false;

  // Strings of the njs engine have no halves of characters; those of others have them, and only flag `u` tells a half from a whole.
  const checkSurrogates = () => {
    if (!unicode) refuse('surrogates without flag u');
    needsUnicode = true;
  };

  const ast = new RegExpParser({ ecmaVersion: 2024 }).parsePattern(source, 0, source.length, { unicode });
  visitRegExpAST(ast, {
    onAssertionEnter(node) {
      if (node.kind === 'end') put(node, END);
    },
    onCharacterSetEnter(node) {
      const inClass = node.parent.type === 'CharacterClass';
      if (node.kind === 'any') {
        needsUnicode = true;
        put(node, flags.includes('s') ? '[\\s\\S]' : `[^${LINE_ENDS}]`);
      } else if (node.kind === 'space' && source !== '[\\s\\S]') {
        const everything =
          inClass && node.parent.elements.length === 2 && node.parent.elements.every(isSpaceSet);
        if (everything) return;
        if (node.negate && inClass) refuse('\\S in a class');
        put(node, inClass ? SPACES : `[${node.negate ? '^' : ''}${SPACES}]`);
      } else if (node.kind === 'property') {
        needsUnicode = true;
        if (node.key !== 'General_Category' || !CATEGORY.test(node.value)) refuse(node.raw);
        put(node, `\\${node.negate ? 'P' : 'p'}{${node.value}}`);
      }
    },
    onCharacterClassEnter(node) {
      if (node.negate) needsUnicode = true;
    },
    onCharacterClassRangeEnter(node) {
      const { min, max } = node;
      if (max.value > 0xffff) needsUnicode = true;
      if (ignoreCase) put(node, withOtherCase(min.value, max.value, refuse));
      else put(node, withoutSurrogates(min.value, max.value).join(''));
      if (touchesSurrogates(min.value, max.value)) checkSurrogates();
    },
    onCharacterEnter(node) {
      if (node.parent.type === 'CharacterClassRange') return;
      const { value } = node;
      if (value > 0xffff) needsUnicode = true;
      const inClass = node.parent.type === 'CharacterClass';
      if (touchesSurrogates(value, value)) {
        checkSurrogates();
        if (!inClass) refuse(node.raw);
        put(node, '');
        return;
      }
      const text = ignoreCase ? withOtherCase(value, value, refuse) : written(value);
      put(node, inClass || text === written(value) ? text : `[${text}]`);
    },
    onBackreferenceEnter: () => refuse('a back reference'),
  });
  let pcre = source;
  for (const [start, end, text] of edits.sort((a, b) => b[0] - a[0]))
    pcre = pcre.slice(0, start) + text + pcre.slice(end);
  const rest = flags.replace(/[ius]/g, '');
  const wide = /[^\0-\xff]|\\u(?!00)/.test(pcre);
  const matchesEmpty = wide && new RegExp(source, flags).test('');
  if (!unicode || !needsUnicode) return { both: pcre, flags: rest, matchesEmpty };
  return { pcre, pattern: source, flags: rest, native: flags, matchesEmpty };
}

function isSpaceSet(node) {
  return node.type === 'CharacterSet' && node.kind === 'space';
}

/** A character as both read it, in a class and outside. */
function written(code) {
  const char = String.fromCodePoint(code);
  if (/[A-Za-z0-9_ "!#%&',:;<=>@`~]/.test(char)) return char;
  if (code > 0x7e) return code > 0xffff ? char : '\\u' + code.toString(16).padStart(4, '0');
  return code < 0x20 ? '\\x' + code.toString(16).padStart(2, '0') : '\\' + char;
}

function touchesSurrogates(min, max) {
  return min <= 0xdfff && max >= 0xd800;
}

/** PCRE refuses halves of characters. */
function withoutSurrogates(min, max) {
  if (!touchesSurrogates(min, max)) return [range(min, max)];
  const parts = [];
  if (min < 0xd800) parts.push(range(min, 0xd7ff));
  if (max > 0xdfff) parts.push(range(0xe000, max));
  return parts;
}

function range(from, to) {
  return from === to ? written(from) : `${written(from)}-${written(to)}`;
}

function withOtherCase(min, max, refuse) {
  if (max > 0x7e) refuse('a character beyond ASCII under flag i');
  const parts = [range(min, max)];
  for (const [first, last, distance] of [
    [0x41, 0x5a, 0x20],
    [0x61, 0x7a, -0x20],
  ]) {
    const [from, to] = [Math.max(min, first), Math.min(max, last)];
    if (from <= to) parts.push(range(from + distance, to + distance));
  }
  return parts.join('');
}

/** Babel plugin: every pattern of the bundle in its form for njs. What starts with `edgeAuth` comes from njs-shims.js. */
export function njsPatterns({ types: t }) {
  const ofShims = (name) => t.memberExpression(t.identifier('globalThis'), t.identifier(name));
  const make = (pattern, given) =>
    t.newExpression(t.identifier('RegExp'), [t.stringLiteral(pattern), t.stringLiteral(given)]);
  const choose = (form) =>
    'both' in form
      ? t.regExpLiteral(form.both.replace(/(?<!\\)((?:\\\\)*)\//g, '$1\\/') || '(?:)', form.flags)
      : t.conditionalExpression(
          ofShims('edgeAuthPcre'),
          make(form.pcre, form.flags),
          make(form.pattern, form.native),
        );
  const build = (source, flags) => {
    const form = patternForNjs(source, flags);
    return form.matchesEmpty
      ? t.callExpression(ofShims('edgeAuthMatchesEmpty'), [choose(form)])
      : choose(form);
  };
  const replace = (path, node) => {
    path.replaceWith(node);
    path.skip();
  };
  return {
    visitor: {
      RegExpLiteral(path) {
        replace(path, build(path.node.pattern, path.node.flags));
      },
      'NewExpression|CallExpression'(path) {
        if (!path.get('callee').isIdentifier({ name: 'RegExp' })) return;
        const given = path.get('arguments').map((argument) => argument.evaluate());
        if (!given.every(({ confident, value }) => confident && typeof value === 'string'))
          throw path.buildCodeFrameError('build: expected a pattern that is known before it runs');
        replace(path, build(given[0].value, given[1]?.value ?? ''));
      },
    },
  };
}
