/** Test only: what bundleControlPlane lowers or adds, one line each. In nginx each has to give what it gives in Node. */
class Base {
  #hidden = 3;
  static count = 4;
  shown = 1;
  constructor(public given = 2) {}
  get sum(): number {
    return this.shown + this.given + this.#hidden;
  }
  static make(): Base {
    return new this();
  }
}

class Derived extends Base {
  override get sum(): number {
    return super.sum * 2;
  }
}

const each = <T>(texts: string[], of: (text: string) => T): T[] => texts.map(of);
const kelvin = '\u212a';
const longS = '\u017f';

export const language: Record<string, () => unknown> = {
  classes: () => [new Derived().sum, Derived.count, Base.make() instanceof Base],
  destructuring: () => {
    const { a, ...rest } = { a: 1, b: 2, c: 3 };
    const [x, , y = 9, ...z] = [1, 2, undefined, 4, 5];
    return { a, rest, x, y, z };
  },
  maps: () => {
    const map = new Map<string, number>([
      ['a', 1],
      ['__proto__', 2],
    ]);
    map.set('b', 3).delete('a');
    const walked: unknown[] = [];
    for (const [key, value] of map) walked.push(key, value);
    return [walked, map.size, [...map.keys()], map.get('constructor'), Array.from(map)];
  },
  sets: () => [[...new Set(['b', 'a', 'b'])], new Set([1, '1', 1]).size, new Set(['a']).has('a')],
  'characters of a text': () => {
    const walked: string[] = [];
    for (const character of 'a😀b') walked.push(character);
    return [walked, [...'a😀b'].length];
  },
  spread: () => [Math.max(...[1, 2, 3]), { ...{ a: 1 }, ...(JSON.parse('{"__proto__":5}') as object) }],
  'optional chaining': () => {
    const deep: { p?: { q(): number } } = {};
    return [deep.p?.q(), deep?.p?.q?.() ?? 'none'];
  },
  'logical assignment': () => {
    let value: number | undefined;
    value ??= 3;
    value &&= 5;
    return value;
  },
  defaults: () => ((a = 1, { b = 2 } = {}) => [a, b])(),
  'catch without a name': () => {
    try {
      throw new TypeError('x');
    } catch {
      return 'caught';
    }
  },
  closures: () => {
    const all: (() => number)[] = [];
    for (const i of [1, 2]) all.push(() => i);
    for (let i = 3; i < 5; i++) all.push(() => i);
    return all.map((one) => one());
  },
  'labels in loops': () => {
    const seen: number[] = [];
    outer: for (const a of [1, 2, 3]) {
      for (const b of [1, 2]) {
        if (b === 2) continue outer;
        seen.push(a * b);
      }
    }
    return seen;
  },
  objects: () => [
    Object.hasOwn({ a: 1 }, 'a'),
    Object.keys(Object.fromEntries([['__proto__', 1] as const, ['constructor', 2] as const])),
  ],
  lists: () => [
    [1, 2].at(-1),
    [[1], [2, [3]]].flat(),
    [1, 2].flatMap((x) => [x, x]),
    [1, 2].findLast((x) => x < 2),
  ],
  texts: () => [
    'abc'.at(-1),
    'a.b.c'.replaceAll('.', '-'),
    [...'a1b22'.matchAll(/[a-z](\d+)/g)].map((m) => m[1]),
  ],
  'named groups': () => /(?<year>\d{4})-(?<month>\d\d)/.exec('2024-05')?.groups?.['month'],
  'the end of a text': () => [
    each(['a', 'a\n'], (text) => [/^a$/.test(text), /^[a-z]+$/u.test(text)]),
    new RegExp('^a|b$').test('b\n'),
    /^(?:\/|b)$/.test('/'),
  ],
  'any character': () =>
    each(['\n', '\r', '\u2028', 'x', '😀'], (text) => [/^.$/u.test(text), /^.$/su.test(text)]),
  spaces: () =>
    each(['\u00a0', '\ufeff', 'x', '\v'], (text) => [
      /\s/.test(text),
      /\S/.test(text),
      /[\s\S]/.test(text),
      /[\sx]/.test(text),
    ]),
  'letters of either case': () =>
    each(['k', 'K', kelvin, 'S', longS, '-'], (text) => [
      /k/i.test(text),
      /[a-z]/i.test(text),
      /[^s]/i.test(text),
      /\x4b/i.test(text),
    ]),
  categories: () =>
    each(['ä', 'a', '1', '\u0001', '\u202e', '😀', ''], (text) => [
      /^[\p{L}\p{N}]$/u.test(text),
      /^[^\p{Cc}\p{Cf}]$/u.test(text),
      /^\P{L}$/u.test(text),
    ]),
  'the empty text': () => [
    /^ä*$/.test(''),
    /^[^\u{1d173}]*$/u.test(''),
    /^ä*$/.test('ä'),
    /^ä$/.test(''),
    /^[^ä]*$/u.test('ä'),
  ],
  surrogates: () => each(['\ue000', 'a', '😀'], (text) => /^[\ud700-\uf000]$/u.test(text)),
};
