/** nginx stops at a variable that nothing defines; a map that nothing reads is a line too many for who reads the conf. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Directive, flatten, parseConf } from '../cli/conf-tokens';
import { confOf, renders } from './rendered';

const root = join(__dirname, '../../..');
const namesIn = (text: string): string[] =>
  [...text.matchAll(/\$\{?(edge_auth_\w+)\}?/g)].map(([, name]) => name!);

/** Names that stand in files of this kind below the folder, with `$` or without. */
function namesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .flatMap((path) => readFileSync(join(root, folder, path), 'utf8').match(/\bedge_auth_\w+/g) ?? []);
}
/** What JavaScript reads, and what operators are told that they may read. */
const readElsewhere = new Set([
  ...['src/data-plane', 'src/core', 'src/api'].flatMap((folder) => namesBelow(folder, '.ts')),
  ...namesBelow('docs', '.md'),
  ...namesIn(readFileSync(join(root, 'README.md'), 'utf8')),
]);

const placeOfName: Record<string, number> = {
  set: 1,
  auth_request_set: 1,
  js_set: 1,
  js_var: 1,
  map: 2,
};

interface Use {
  /** Undefined of a directive that defines no variable. */
  defined: string[];
  read: string[];
}

/** A directive with all in its braces if it is a map, else without. */
function useOf({ words, block }: Directive): Use {
  const isMap = words[0] === 'map';
  const place = placeOfName[words[0]!];
  const all = [...words, ...(isMap ? flatten(block ?? []).flatMap((row) => row.words) : [])];
  const captured = all.flatMap((word) =>
    [...word.matchAll(/\(\?<(edge_auth_\w+)>/g)].map(([, name]) => name!),
  );
  const named = place === undefined ? [] : namesIn(words[place]!);
  return {
    defined: [...named, ...captured],
    read: all.filter((_word, i) => i !== place).flatMap(namesIn),
  };
}

function usesOf(text: string): Use[] {
  const found: Use[] = [];
  const walk = (directives: Directive[]): void => {
    for (const directive of directives) {
      found.push(useOf(directive));
      if (directive.words[0] !== 'map') walk(directive.block ?? []);
    }
  };
  walk(parseConf(text));
  return found;
}

/** What is read by somebody who is read: a circle of maps is read by nobody. */
function reached(uses: Use[]): Set<string> {
  const seen = new Set(readElsewhere);
  for (let before = -1; before < seen.size;) {
    before = seen.size;
    for (const { defined, read } of uses)
      if (defined.length === 0 || defined.some((name) => seen.has(name)))
        for (const name of read) seen.add(name);
  }
  return seen;
}

describe.each(renders)('%s', (_name, written, wanted) => {
  const files = confOf(written, wanted);
  const uses = new Map([...files].map(([path, text]) => [path, usesOf(text)]));
  const usesIn = (isIn: (path: string) => boolean): Use[] =>
    [...uses].filter(([path]) => isIn(path)).flatMap(([, all]) => all);
  /** What http.conf includes by itself: nginx reads it although no server of the operator's includes anything. */
  const isShared = (path: string): boolean => {
    const included = flatten(parseConf(files.get('http.conf')!)).flatMap(({ words }) =>
      words[0] === 'include' ? [words[1]!.replace('/etc/nginx/edge-auth/', '')] : [],
    );
    return path === 'http.conf' || included.includes(path) || path === 'api.conf';
  };
  const undefinedIn = (all: Use[]): string[] => {
    const defined = new Set(all.flatMap((use) => use.defined));
    return [...new Set(all.flatMap(({ read }) => read).filter((name) => !defined.has(name)))];
  };

  test('http.conf reads no variable that it or what it includes does not define', () => {
    expect(undefinedIn(usesIn(isShared))).toEqual([]);
  });

  test('a domain reads no variable that neither it nor http.conf defines', () => {
    for (const domain of Object.keys(written)) {
      const isOfDomain = (path: string) => path.endsWith(`/${domain}.conf`);
      expect(undefinedIn(usesIn((path) => isShared(path) || isOfDomain(path)))).toEqual([]);
    }
  });

  test('every variable that is defined is read', () => {
    const all = usesIn(() => true);
    const read = reached(all);
    const defined = new Set(all.flatMap((use) => use.defined));
    expect([...defined].filter((name) => !read.has(name))).toEqual([]);
  });

  test('no map is there twice', () => {
    const maps = [...files.values()].flatMap((text) =>
      flatten(parseConf(text)).flatMap(({ words }) => (words[0] === 'map' ? [words[2]!] : [])),
    );
    expect(maps.filter((name, i) => maps.indexOf(name) !== i)).toEqual([]);
  });
});
