/** Engines of njs count code points where others count UTF-16 units: lengths and columns are code points everywhere. */
const IS_PLAIN = '\u{1F600}'.length === 1;

export function characterCount(text: string): number {
  return IS_PLAIN ? text.length : [...text].length;
}

export function characterAt(text: string, offset: number): string {
  // At the end of a text the njs engine gives NaN.
  return offset < text.length ? String.fromCodePoint(text.codePointAt(offset)!) : '';
}

const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/;
/** The njs engine of 0.8.9 rounds other numbers otherwise than Node does. */
const SHORT_NUMBER = /^-?(?:(?:0|[1-9][0-9]{0,14})|(?:0|[1-9][0-9]{0,8})\.[0-9]{1,6})$/;
const LONGEST = 32;

export interface Scalar {
  /** Behind the last character of the scalar, or at the one that is wrong. */
  end: number;
  /** Absent where JSON does not allow what stands at `end`. */
  scalar?: { value: unknown };
  /** Where JSON allows it, but not every engine reads it alike. */
  refused?: { expected: string; received: string };
}

const broken = (end: number): Scalar => ({ end });

export function readNumber(text: string, start: number): Scalar {
  const written = NUMBER.exec(text.slice(start, start + LONGEST))?.[0];
  if (written === undefined) return broken(start);
  const end = start + written.length;
  if (SHORT_NUMBER.test(written)) return { end, scalar: { value: Number(written) } };
  const expected = 'a number of at most 15 digits, 6 of them after the point, without an exponent';
  return { end, refused: { expected, received: written } };
}

const WORDS: [string, unknown][] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

export function readWord(text: string, start: number): Scalar {
  const word = WORDS.find(([spelling]) => text.startsWith(spelling, start));
  return word === undefined ? broken(start) : { end: start + word[0].length, scalar: { value: word[1] } };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const UNUSUAL = /[\\\p{Cc}]/u;
export const CONTROL = 'control characters in strings written as \\n or \\u00XX';

/** `start` is that of the opening quote. */
export function readString(text: string, start: number): Scalar {
  const quote = text.indexOf('"', start + 1);
  const inside = text.slice(start + 1, quote < 0 ? text.length : quote);
  if (UNUSUAL.test(inside)) return readEscaped(text, start);
  return quote < 0 ? broken(text.length) : { end: quote + 1, scalar: { value: inside } };
}

function readEscaped(text: string, start: number): Scalar {
  let hasControl = false;
  let isWhole = true;
  let end = start + 1;
  for (let code = text.charCodeAt(end); code !== QUOTE; code = text.charCodeAt(end)) {
    if (end >= text.length) return broken(text.length);
    if (code < 0x20) hasControl = true;
    if (code !== BACKSLASH) end++;
    else {
      const escape = /^\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/.exec(text.slice(end, end + 6))?.[0];
      if (escape === undefined) return broken(end);
      const isPair = PAIR.test(text.slice(end, end + 12));
      if (!isPair && SURROGATE.test(escape)) isWhole = false;
      end += isPair ? 12 : escape.length;
    }
  }
  end++;
  if (hasControl) return { end, refused: { expected: CONTROL, received: 'a raw one' } };
  if (!isWhole) return { end, refused: { expected: 'both halves of a surrogate pair', received: 'one' } };
  return { end, scalar: { value: JSON.parse(text.slice(start, end)) } };
}

const SURROGATE = /^\\u[dD][89A-Fa-f]/;
const PAIR = /^\\u[dD][89ABab][0-9A-Fa-f]{2}\\u[dD][C-Fc-f][0-9A-Fa-f]{2}$/;
