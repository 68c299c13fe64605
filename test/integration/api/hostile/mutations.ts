// From a harmless body to a hostile one.
import { KEY_MARK } from './harmless';
import type { Random } from './random';
import { long, names, spites } from './spite';

type Container = Record<string, unknown>;

/** An object or a list of the tree, and a key of it. */
interface Place {
  node: Container;
  key: string;
}

/** The text of a body: most often JSON, mutated; sometimes what is none. */
export function hostileBody(random: Random, harmless: object): Buffer {
  const tree = JSON.parse(JSON.stringify({ body: harmless })) as Container;
  const isGentle = random.oneIn(4);
  for (let left = random.pick([0, 1, 1, 1, 2, 2, 3, 6]); left > 0; left--)
    if (isGentle) respell(random, tree);
    else mutate(random, tree);
  let text = JSON.stringify(tree['body'], null, random.oneIn(4) ? 2 : 0) ?? '';
  if (random.oneIn(12)) text = asOtherText(random, text);
  const bytes = Buffer.from(text);
  return random.oneIn(25) ? asOtherBytes(random, bytes) : bytes;
}

function mutate(random: Random, tree: Container): void {
  const places = placesOf(tree);
  const { node, key } = random.pick(places);
  const value = node[key];
  switch (random.below(15)) {
    case 0:
    case 1:
    case 2:
    case 3:
      node[key] = spite(random);
      break;
    case 4:
      node[key] = textOf(value) + textOf(spite(random));
      break;
    case 5:
      node[key] = textOf(spite(random)) + textOf(value);
      break;
    case 6:
      node[key] = `${textOf(value)}\n`;
      break;
    case 7:
      node[key] = random.oneIn(2) ? [value] : { [random.pick(names)]: value };
      break;
    case 8:
      if (node !== tree) delete node[key];
      break;
    case 9:
      put(node, random.pick(names), random.oneIn(2) ? value : spite(random));
      break;
    case 10:
      rename(random, node, key);
      break;
    case 11:
      node[key] = random.oneIn(20) ? long(random.pick([200, 1000, 5000, 40000])) : long(random.below(130));
      break;
    case 12:
      node[key] = nested(random, value);
      break;
    case 13:
      if (Array.isArray(value)) value.push(spite(random), ...(value as unknown[]));
      else node[key] = typeof value === 'number' ? value + random.pick([-1, 1, 0.1, 1e9]) : [value, value];
      break;
    case 14: {
      const other = random.pick(places);
      const copy = JSON.stringify(other.node[other.key] ?? null);
      // A key in another field is described as that field is.
      if (!copy.includes(KEY_MARK)) node[key] = JSON.parse(copy);
      break;
    }
  }
}

const signs = '!#%&()*+,-./:<=>?@[]^_|~ ';
const letters = 'aZ09_-';

/** Of the same kind, and perhaps allowed: what comes near to conf syntax and is none. */
function respell(random: Random, tree: Container): void {
  const { node, key } = random.pick(placesOf(tree));
  const value = node[key];
  if (typeof value === 'number') node[key] = random.pick([value + 1, value - 1, 0, 1, 404, 599]);
  else if (typeof value === 'boolean') node[key] = !value;
  else if (typeof value === 'string') {
    const from = random.oneIn(2) ? signs : letters;
    let word = '';
    for (let left = 1 + random.below(12); left > 0; left--) word += random.pick([...from, ...letters]);
    if (key.startsWith('X-') || key.startsWith('t'))
      word = random.pick([word, `$arg_${word}`, `$http_a${word}`]);
    node[key] = random.pick([word, value + word, value.slice(0, 3) + word, `/${word}`, `/${word}/*`]);
  } else if (Array.isArray(value) && value.length > 0)
    value.push(`${textOf(value[0])}${random.pick([...letters])}`);
}

/** A copy: it may be mutated as well. */
function spite(random: Random): unknown {
  const value = random.pick(spites);
  return typeof value === 'object' ? (JSON.parse(JSON.stringify(value)) as unknown) : value;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : String(JSON.stringify(value));
}

function placesOf(tree: Container): Place[] {
  const places: Place[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null || places.length > 500) return;
    for (const key of Object.keys(node)) {
      places.push({ node: node as Container, key });
      visit((node as Container)[key]);
    }
  };
  visit(tree);
  return places;
}

/** Also as a member of its own where assigning would set the prototype. */
function put(node: Container, key: string, value: unknown): void {
  if (Array.isArray(node)) node.push(value);
  else Object.defineProperty(node, key, { value, writable: true, enumerable: true, configurable: true });
}

function rename(random: Random, node: Container, key: string): void {
  const value = node[key];
  const name = random.pick([
    random.pick(names),
    key.toUpperCase(),
    `${key} `,
    `${key}\n`,
    key.slice(0, -1),
    `${key}2`,
  ]);
  if (key === 'body') return;
  delete node[key];
  put(node, name, value);
}

function nested(random: Random, value: unknown): unknown {
  const depth = random.oneIn(10) ? 2000 : random.below(40);
  let inner = value;
  for (let i = 0; i < depth; i++) inner = random.oneIn(2) ? [inner] : { a: inner };
  return depth > 100 ? null : inner;
}

function asOtherText(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  const [before, after] = [text.slice(0, at), text.slice(at)];
  switch (random.below(12)) {
    case 0:
      return before;
    case 1:
      return before + random.pick(['{', '}', '[', ']', '"', ',', ':', '\\', '\n', '\0', '\ufeff']) + after;
    case 2:
      return text + text;
    case 3:
      return text.replace(/"([^"]+)":/, '"$1":1,"$1":');
    case 4:
      return text.replace(/"([a-z])([^"]*)":/, (_all, first: string, rest: string) => {
        const escaped = `\\u00${first.charCodeAt(0).toString(16)}`;
        return `"${first}${rest}":1,"${escaped}${rest}":`;
      });
    case 5:
      return text.replace(/"/g, "'");
    case 6:
      return `/* */${text}`;
    case 7:
      return random.pick(['[', '{"a":', '[[{"b":']).repeat(random.pick([10, 33, 1000, 9000]));
    case 8:
      return random.pick(['', ' ', 'NaN', '1e999', '-', '"', 'nul', '\ufeff{}', '"\\u12"', '[1,]', '{,}']);
    case 9:
      return `${text}${' '.repeat(random.pick([1, 1000, 60000]))}`;
    case 10:
      return text.replace(/[0-9]+/, random.pick(['1e5', '01', '0x1', '9'.repeat(400), '1.0000000000000001']));
    default:
      return text.replace(/[a-z]/, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);
  }
}

function asOtherBytes(random: Random, bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes.length === 0 ? '{}' : bytes);
  for (let left = 1 + random.below(4); left > 0; left--)
    changed[random.below(changed.length)] = random.below(256);
  return changed;
}
