import type { Report } from './issue';
import { describe, MAX_ISSUES, pointerTo } from './issue';
import {
  characterAt,
  characterCount,
  CONTROL,
  readNumber,
  readString,
  readWord,
  type Scalar,
} from './json-text';

const MAX_CHARACTERS = 262_144;
/** JSON.stringify of njs throws beyond 32. */
const MAX_DEPTH = 24;
/** Of an object or a list; no field of a policy takes more than half of it. */
const MAX_ENTRIES = 2000;

/**
 * Strict JSON, at most 256 Ki characters, 24 levels and 2,000 entries a level, each key once: `JSON.parse` lets the last of two
 * equal keys win in silence, so that a reviewer reads one policy and nginx obeys another; that of njs takes more than JSON.
 */
export function parseJson(text: string, report: Report): { value: unknown } | undefined {
  if (text.length > MAX_CHARACTERS) {
    const count = characterCount(text);
    if (count > MAX_CHARACTERS) {
      report('', `at most ${MAX_CHARACTERS} characters`, `${count} characters`);
      return undefined;
    }
  }
  if (text.startsWith('\uFEFF')) {
    report('', 'JSON in UTF-8 without a byte order mark', 'a byte order mark');
    return undefined;
  }
  const reader = new JsonReader(text, report);
  try {
    return { value: reader.readFile() };
  } catch (error) {
    if (error !== STOP) throw error;
    return undefined;
  }
}

/** What a decoder puts in the place of bytes that are not UTF-8. */
const UNDECODED = /[\p{Cs}\ufffd]/u;
const [TAB, LINE_FEED, RETURN, SPACE] = [0x09, 0x0a, 0x0d, 0x20];
const STOP = new Error('what is wrong has been reported');
const NUMBER_STARTS = '-0123456789';
const BROKEN = 'the rest of a string or number as JSON writes it';

class JsonReader {
  private offset = 0;
  private line = 1;
  private lineStart = 0;
  /** Keys and indices of the value that is being read. */
  private readonly path: (string | number)[] = [];
  private readonly repeated: { pointer: string; received: string }[] = [];

  constructor(
    private readonly text: string,
    private readonly report: Report,
  ) {}

  readFile(): unknown {
    const undecoded = this.text.search(UNDECODED);
    const value = undecoded < 0 ? this.readValue('a JSON object') : this.refuseUndecoded(undecoded);
    this.skipSpace();
    if (this.offset < this.text.length) this.fail('the end of the file');
    this.repeated.forEach(({ pointer, received }) => this.report(pointer, 'each key once', received));
    return value;
  }

  private readValue(expected: string): unknown {
    this.skipSpace();
    const char = this.text.charAt(this.offset);
    if (char === '{') return this.readObject();
    if (char === '[') return this.readArray();
    if (char === '"') return this.take(readString(this.text, this.offset), BROKEN);
    if (char !== '' && NUMBER_STARTS.includes(char))
      return this.take(readNumber(this.text, this.offset), BROKEN);
    return this.take(readWord(this.text, this.offset), expected);
  }

  private readObject(): object {
    const object: Record<string, unknown> = {};
    this.enter();
    for (let count = 0; !this.isAt('}'); count++) {
      if (count > 0) this.expect(',', '"," or "}"');
      this.limit(count);
      this.skipSpace();
      const start = this.offset;
      if (this.text.charAt(start) !== '"')
        this.fail(`a property name in double quotes${count === 0 ? ', or "}"' : ''}`);
      const name = this.take(readString(this.text, start), BROKEN) as string;
      this.path.push(name);
      if (Object.hasOwn(object, name)) this.repeat(start);
      this.expect(':', '":"');
      const value = this.readValue('a value');
      // Assigned, __proto__ would be the prototype, and in njs `constructor` would not be among the keys.
      if (!(name in object)) object[name] = value;
      else
        Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
      this.path.pop();
    }
    this.offset++;
    return object;
  }

  private readArray(): unknown[] {
    const list: unknown[] = [];
    this.enter();
    while (!this.isAt(']')) {
      if (list.length > 0) this.expect(',', '"," or "]"');
      this.limit(list.length);
      this.path.push(list.length);
      list.push(this.readValue(list.length === 0 ? 'a value, or "]"' : 'a value'));
      this.path.pop();
    }
    this.offset++;
    return list;
  }

  private enter(): void {
    this.offset++;
    if (this.path.length < MAX_DEPTH) return;
    this.report('', `at most ${MAX_DEPTH} levels of nesting`, 'more');
    throw STOP;
  }

  private limit(count: number): void {
    if (count < MAX_ENTRIES) return;
    this.report(pointerTo(...this.path), `at most ${MAX_ENTRIES} entries`, 'more');
    throw STOP;
  }

  private take({ end, scalar, refused }: Scalar, expected: string): unknown {
    if (refused !== undefined) {
      const pointer = refused.expected === CONTROL ? '' : pointerTo(...this.path);
      this.report(pointer, refused.expected, this.withPlace(refused.received, this.offset));
      throw STOP;
    }
    this.offset = end;
    return scalar === undefined ? this.fail(expected) : scalar.value;
  }

  private expect(char: string, expected: string): void {
    if (!this.isAt(char)) this.fail(expected);
    this.offset++;
  }

  /** Whether this is what stands next, behind spaces. */
  private isAt(char: string): boolean {
    this.skipSpace();
    return this.text.charAt(this.offset) === char;
  }

  private skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.offset);
      // Most often: what stands here is no space. The end of the text is NaN.
      if (!(code <= SPACE)) return;
      if (code === LINE_FEED) {
        this.line++;
        this.lineStart = this.offset + 1;
      } else if (code !== SPACE && code !== TAB && code !== RETURN) return;
      this.offset++;
    }
  }

  private repeat(start: number): void {
    if (this.repeated.length >= MAX_ISSUES) return;
    this.repeated.push({ pointer: pointerTo(...this.path), received: this.withPlace('it again', start) });
  }

  /** JSON does not allow what stands at the offset. */
  private fail(expected: string): never {
    const char = characterAt(this.text, this.offset);
    const found = char === '' ? 'the end of the file' : describe(char);
    this.report('', expected, this.withPlace(found, this.offset));
    throw STOP;
  }

  private refuseUndecoded(offset: number): never {
    const before = this.text.slice(0, offset).split('\n');
    this.line = before.length;
    this.lineStart = offset - (before.at(-1) ?? '').length;
    this.report('', 'text in UTF-8', this.withPlace('bytes that are none', offset));
    throw STOP;
  }

  private withPlace(found: string, offset: number): string {
    const column = characterCount(this.text.slice(this.lineStart, offset)) + 1;
    return `${found} at line ${this.line}, column ${column}`;
  }
}
