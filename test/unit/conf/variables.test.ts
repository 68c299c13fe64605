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

const templateText = readdirSync(join(root, 'nginx'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.conf'))
  .map((path) => readFileSync(join(root, 'nginx', path), 'utf8'))
  .join('\n');

const placeOfName: Record<string, number> = {
  set: 1,
  auth_request_set: 1,
  js_set: 1,
  js_var: 1,
  map: 2,
};

interface Use {
  verb: string;
  /** A map that only declares its variable, which is empty until something else writes it. */
  isDeclaration: boolean;
  /** Empty of a directive that defines no variable. */
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
    verb: words[0]!,
    isDeclaration: isMap && words[1] === '',
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

/** A `set` reads whatever becomes of its variable. */
const evaluates = new Set(['set', 'auth_request_set']);

/** What is read by somebody who is read: a circle of maps is read by nobody. */
function reached(uses: Use[]): Set<string> {
  const seen = new Set(readElsewhere);
  for (let before = -1; before < seen.size;) {
    before = seen.size;
    for (const { verb, defined, read } of uses)
      if (defined.length === 0 || evaluates.has(verb) || defined.some((name) => seen.has(name)))
        for (const name of read) seen.add(name);
  }
  return seen;
}

/** Path → directives of all files of a render, and those that nginx reads although no server of the operator's includes any. */
function read([, written, wanted]: (typeof renders)[number]): {
  all: Use[];
  shared: Use[];
  of: (domain: string) => Use[];
} {
  const files = confOf(written, wanted);
  /** What a map includes. */
  const tables: Use[] = [...confOf(written, wanted, '.map').values()].map((text) => ({
    verb: 'include',
    isDeclaration: false,
    defined: [],
    read: namesIn(text),
  }));
  const uses = new Map([...files].map(([path, text]) => [path, usesOf(text)]));
  const included = (path: string): string[] => {
    const found = flatten(parseConf(files.get(path)!)).flatMap(({ words }) =>
      words[0] === 'include' ? [words[1]!.replace('/etc/nginx/edge-auth/', '')] : [],
    );
    return [path, ...found.filter((file) => files.has(file)).flatMap(included)];
  };
  const shared = included('http.conf').flatMap((path) => uses.get(path)!);
  return {
    all: [...uses.values(), tables].flat(),
    shared,
    of: (domain) => [...shared, ...included(`servers/${domain}.conf`).flatMap((path) => uses.get(path)!)],
  };
}

const undefinedIn = (all: Use[]): string[] => {
  const defined = new Set(all.flatMap((use) => use.defined));
  return [...new Set(all.flatMap(({ read }) => read).filter((name) => !defined.has(name)))];
};
const definedIn = (all: Use[]): string[] => [
  ...new Set(all.filter(({ verb }) => !evaluates.has(verb)).flatMap(({ defined }) => defined)),
];
const unreadIn = (all: Use[]): string[] => {
  const seen = reached(all);
  return definedIn(all).filter((name) => !seen.has(name));
};

/** Names that no render shares with another: made of a digest, or of a table's or signing's name. */
const isOfPolicies = (name: string): boolean =>
  !templateText.includes(`$${name} `) && !templateText.includes(`<${name}>`);

describe.each(renders)('%s', (...given) => {
  const [, written] = given;
  const { all, shared, of } = read(given);

  test('http.conf reads no variable that it or what it includes does not define', () => {
    expect(undefinedIn(shared)).toEqual([]);
  });

  test.each(Object.keys(written))('%s reads no variable that neither it nor http.conf defines', (domain) => {
    // Of http.conf the test before tells.
    const known = undefinedIn(shared);
    expect(undefinedIn(of(domain)).filter((variable) => !known.includes(variable))).toEqual([]);
  });

  test('every map that a policy brings along is read', () => {
    expect(unreadIn(all).filter(isOfPolicies)).toEqual([]);
  });

  test('no capture replaces a map', () => {
    // nginx would read what the pattern found, or nothing, in all servers.
    const maps = new Set(
      all.flatMap(({ verb, isDeclaration, defined }) =>
        verb === 'map' && !isDeclaration ? [defined[0]!] : [],
      ),
    );
    const captured = all.flatMap(({ verb, defined }) =>
      verb === 'map' ? defined.slice(1) : placeOfName[verb] ? [] : defined,
    );
    expect(captured.filter((variable) => maps.has(variable))).toEqual([]);
  });

  test('no map is there twice', () => {
    const maps = all.flatMap(({ verb, defined }) => (verb === 'map' ? [defined[0]!] : []));
    expect(maps.filter((name, i) => maps.indexOf(name) !== i)).toEqual([]);
  });
});

test('each variable of the templates is read in some render that has it', () => {
  const all = renders.map((given) => read(given).all);
  const never = new Set(all.flatMap(definedIn).filter((name) => !isOfPolicies(name)));
  for (const uses of all) {
    const unread = new Set(unreadIn(uses));
    for (const name of definedIn(uses)) if (!unread.has(name)) never.delete(name);
  }
  expect([...never]).toEqual([]);
});
