// Compares what render writes with the files of ./golden, to the byte. After a wanted change of the templates or of src/cli:
//   EDGE_AUTH_UPDATE_GOLDEN=1 npx jest --selectProjects unit --testPathPatterns test/unit/cli/render
// writes them anew; read the difference before you commit it.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { madeOf, type NjsSource } from '../../../src/conf/head';
import type { ApiSettings, RenderOptions, Wiring } from '../../../src/conf/options';
import { isLive } from '../../../src/conf/options';
import { renderFiles } from '../../../src/conf/render';
import { type Policy, parsePolicy } from '../../../src/policy/policy';
import { flatten, parseConf } from './conf-tokens';
import { cachedGoldenPolicies, goldenPolicies } from './golden-policies';
import { stub, templatesFolder } from './templates';

const golden = join(__dirname, 'golden');
const templates = templatesFolder();

function read(written: Record<string, object>): { policies: Policy[]; texts: Map<string, string> } {
  const policies = Object.entries(written).map(([domain, policy]) => {
    const { policy: parsed, issues } = parsePolicy(JSON.stringify(policy), `${domain}.json`);
    if (!parsed) throw new Error(`refused: ${JSON.stringify(issues)}`);
    return parsed;
  });
  return {
    policies,
    texts: new Map(Object.entries(written).map(([domain, policy]) => [domain, JSON.stringify(policy)])),
  };
}

const options = (wiring: Wiring, njsVersion?: [number, number, number]): RenderOptions => ({
  wiring,
  decider: 'unix:/run/edge-auth.sock',
  prefix: '/etc/nginx/edge-auth',
  njsVersion,
  cache: { path: '/run/edge-auth-cache', size: '64m' },
});
const render = (written: Record<string, object>, wanted: RenderOptions) =>
  renderFiles(read(written), wanted, templates);

const api: ApiSettings = {
  listen: '127.0.0.1:9181',
  tokens: `write:${'0'.repeat(64)} read:${'1'.repeat(64)}`,
  policies: '/etc/nginx/policies',
  hosts: ['127.0.0.1:9181', 'localhost:9181'],
  allowed: ['10.0.0.1', 'auth.example.com:8080'],
  log: '/var/log/nginx/edge-auth-api.log',
};

const sets: [string, RenderOptions][] = [
  ['hop', options('hop')],
  ['hop-njs-1.0.2', options('hop', [1, 0, 2])],
  ['inline', options('inline')],
  ['inline-njs-1.0.2', options('inline', [1, 0, 2])],
  ['live', { ...options('hop'), api }],
  ['live-njs-1.0.2', { ...options('hop', [1, 0, 2]), api }],
  ['live-inline-njs-1.0.2', { ...options('inline', [1, 0, 2]), api }],
  ['api-njs-0.7.9', { ...options('hop', [0, 7, 9]), api }],
];

const pick = (...names: string[]) =>
  Object.fromEntries(names.map((name) => [`${name}.example.com`, goldenPolicies[`${name}.example.com`]!]));
const remote = ['default', 'tencent', 'alibaba', 'path'];

/** One set for each kind of render; what differs in a line or two between releases is tested below. */
const goldenSets: [string, Record<string, object>, RenderOptions][] = [
  ['hop', goldenPolicies, options('hop')],
  ['inline', pick(...remote), options('inline', [1, 0, 2])],
  ['live', { ...pick(...remote, 'off'), ...cachedGoldenPolicies }, { ...options('hop', [1, 0, 2]), api }],
  ['cached', cachedGoldenPolicies, { ...options('hop', [1, 0, 2]), engine: 'njs' }],
];

const confsOf = (files: Map<string, string>) => [...files].filter(([path]) => path.endsWith('.conf'));

/** As the command line does; the version is that of no release, so that a new one changes no file. */
const withHead = (wanted: RenderOptions): RenderOptions => {
  const source: NjsSource = wanted.njsVersion ? 'given' : { assumed: 'no nginx here' };
  return { ...wanted, made: madeOf('0.0.0', wanted, source) };
};

describe.each(goldenSets)('the golden files of %s', (name, written, wanted) => {
  const confs = confsOf(render(written, withHead(wanted)));
  const folder = join(golden, name);
  if (process.env['EDGE_AUTH_UPDATE_GOLDEN'] === '1') {
    rmSync(folder, { recursive: true, force: true });
    for (const [path, content] of confs) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
  }

  test('are these and no others', () => {
    const kept = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
    expect(confs.map(([path]) => path).sort()).toEqual(kept.sort());
  });

  test.each(confs)('%s is its golden file to the byte', (path, content) => {
    expect(content).toBe(readFileSync(join(folder, path), 'utf8'));
  });
});

test('there is no other folder of golden files', () => {
  expect(readdirSync(golden).sort()).toEqual(goldenSets.map(([name]) => name).sort());
});

const formSets: [string, Record<string, object>, RenderOptions][] = [
  ...sets.map(([name, wanted]): [string, Record<string, object>, RenderOptions] => [
    name,
    goldenPolicies,
    wanted,
  ]),
  ['cached', cachedGoldenPolicies, options('hop', [1, 0, 2])],
  ['cached and live', cachedGoldenPolicies, { ...options('hop', [1, 0, 2]), api }],
];

describe.each(formSets)('the files of %s', (_name, written, wanted) => {
  const files = render(written, wanted);
  const confs = confsOf(files);

  test.each(confs)(
    '%s says what made it, what it is for, where it is included and what it needs',
    (_path, content) => {
      const [made, isFor, ...more] = content.split('\n');
      expect(made).toBe('# Made by edge-auth render: changes are lost at the next render.');
      expect(isFor).toMatch(/^# edge-auth: \S.*[.:]$/);
      const head = more.slice(
        0,
        more.findIndex((line) => !line.startsWith('#')),
      );
      expect(head.filter((line) => /^# Context: (?:http|server|location)\b/.test(line))).toHaveLength(1);
      expect(head.filter((line) => /^# Needs: \S/.test(line))).toHaveLength(1);
      expect(Math.max(...head.map((line) => line.length))).toBeLessThanOrEqual(300);
    },
  );

  test.each(confs)('%s has balanced quotes and braces and an end to every directive', (_path, content) => {
    expect(() => parseConf(content)).not.toThrow();
  });

  test.each(confs)('%s has no placeholder, trailing space or tab left', (_path, content) => {
    expect(content).not.toMatch(/\$\{EDGE_AUTH|undefined|\[object|[ \t]$|\t/m);
  });

  test('%s: every name that is defined is ours', () => {
    const directives = confs.flatMap(([, content]) => flatten(parseConf(content)));
    const defined = directives.flatMap(({ words: [verb, first, second] }) => {
      if (verb === 'set' || verb === 'auth_request_set' || verb === 'js_set') return [first!];
      if (verb === 'map') return [second!];
      if (verb === 'upstream' || verb === 'js_import') return [first!];
      if (verb === 'location') return [second ?? first!];
      return [];
    });
    const captured = directives.flatMap(({ words }) =>
      words.flatMap((word) => [...word.matchAll(/\(\?<([A-Za-z_]\w*)>/g)].map((match) => match[1]!)),
    );
    const zones = directives.flatMap(({ words }) =>
      words.flatMap((word) => /^zone=(\w+)/.exec(word)?.[1] ?? []),
    );
    // nginx's own variables, which is how a rate and clean arguments are set; and the decider's only location.
    const foreign = [...defined, ...captured, ...zones].filter(
      (word) =>
        !/^(?:\$|@|\/_)?edge_auth/.test(word) &&
        !['$limit_rate', '$args', '/', '$secure_link'].includes(word),
    );
    expect(foreign).toEqual([]);
    expect(defined.length).toBeGreaterThan(20);
    for (const word of captured) expect(word.length).toBeLessThanOrEqual(32);
  });

  test('every include leads to a file that is rendered', () => {
    const included = confs.flatMap(([, content]) =>
      flatten(parseConf(content)).flatMap(({ words: [verb, file] }) => (verb === 'include' ? [file!] : [])),
    );
    expect(included.length).toBeGreaterThanOrEqual(3);
    for (const file of included) expect(files.has(file.replace('/etc/nginx/edge-auth/', ''))).toBe(true);
  });

  test('the bundle lies where it is imported from', () => {
    const bundle = isLive(wanted) ? 'edge_auth_live.js' : 'edge_auth.js';
    expect(files.get(bundle)).toBe(stub);
    expect(files.get('http.conf')).toContain(`js_import edge_auth from /etc/nginx/edge-auth/${bundle};`);
  });
});

test.each(sets)(
  'a policy that is switched off asks nobody, and protects nothing unless it is live (%s)',
  (_name, wanted) => {
    const files = render(goldenPolicies, wanted);
    const server = parseConf(files.get('servers/off.example.com.conf')!);
    expect(server.length > 0).toBe(isLive(wanted));
    expect(flatten(server).map(({ words: [verb] }) => verb)).not.toContain('auth_request_set');
    expect(files.get('http.conf')).not.toContain('off.example.com');
  },
);

describe('what the njs release changes', () => {
  const withVersion = (njsVersion: [number, number, number]) =>
    [...render(goldenPolicies, { ...options('hop', njsVersion), native: false }).values()].join('\n');

  test.each<[[number, number, number], boolean]>([
    [[0, 7, 9], true],
    [[0, 8, 8], true],
    [[0, 8, 9], false],
    [[0, 9, 0], false],
    [[1, 0, 0], false],
  ])('%j obeys the decider in the edge: %s', (version, obeys) => {
    expect(withVersion(version).includes('edge_auth.later.obey;')).toBe(obeys);
  });

  test.each<[[number, number, number], boolean]>([
    [[0, 7, 99], false],
    [[0, 8, 0], true],
    [[1, 0, 2], true],
  ])('%j has a shared zone: %s', (version, hasZone) => {
    expect(withVersion(version).includes('js_shared_dict_zone')).toBe(hasZone);
  });
});

describe('the engine', () => {
  const signed = { 'a.example.com': goldenPolicies['signed.example.com'] as object };
  const wanted = (version?: [number, number, number]) => ({
    ...options('hop', version),
    engine: 'njs' as const,
  });

  test('is chosen in each protected server, and nowhere else', () => {
    const files = render(signed, wanted([0, 8, 6]));
    const naming = [...files].filter(([, text]) => /^\s*js_engine/m.test(text)).map(([path]) => path);
    expect(naming).toEqual(['servers/a.example.com.conf']);
    expect(files.get('servers/a.example.com.conf')).toMatch(/^js_engine njs;$/m);
  });

  test.each([[undefined], [[0, 8, 5]]])('is refused with njs %j, which has no js_engine', (version) => {
    expect(() => render(signed, wanted(version as [number, number, number] | undefined))).toThrow(
      '--njs-version 0.8.6 or later beside --engine',
    );
  });
});

describe('names that could be mixed up', () => {
  /** The server of the decider that passes a domain's auth request on, if one does. */
  const deciderOf = (files: Map<string, string>, domain: string): string => {
    if (!files.get(`ask/${domain}.conf`)!.includes(`Host "${domain}"`)) return '';
    const servers = files.get('http.conf')!.split(/^(?=server \{)/m);
    const isNamed = (text: string) => /server_name ([^;]+);/.exec(text)![1]!.split(/\s+/).includes(domain);
    return servers
      .slice(1)
      .find(isNamed)!
      .replace(/^\}[^]*/m, '}');
  };
  /** The upstream, scope map and rate map that a domain reads, and the decider that it asks. */
  const namesOf = (files: Map<string, string>, domain: string) => {
    const text =
      files.get(`ask/${domain}.conf`)! + files.get(`servers/${domain}.conf`)! + deciderOf(files, domain);
    return [...text.matchAll(/edge_auth_(?:server|scope|rate)_(?!path)\w+/g)].map(([name]) => name).sort();
  };
  const base = {
    auth_server: 'http://auth.example.com',
    scope: { paths: ['/a'] },
    failure_action: { throttle: '1k' },
  };

  const differences: [name: string, fields: object, kind: string][] = [
    ['its auth server', { auth_server: 'http://auth.example.com:81' }, 'edge_auth_server'],
    ['its scope', { scope: { paths: ['/A'] } }, 'edge_auth_scope'],
    ['the case of its scope', { scope: { paths: ['/a'], case_sensitive: true } }, 'edge_auth_scope'],
    ['its rate', { failure_action: { throttle: '1m' } }, 'edge_auth_rate'],
  ];
  const cases = (['hop', 'inline'] as const).flatMap((wiring) =>
    differences.map((difference) => [...difference, wiring] as const),
  );
  const [one, other] = ['a-b.c.example.com', 'a.b-c.example.com'];
  const renderBoth = (fields: object, wiring: Wiring) =>
    render(
      { [one]: { remote_auth: base }, [other]: { remote_auth: { ...base, ...fields } } },
      options(wiring),
    );
  const definedIn = (files: Map<string, string>): string[] =>
    flatten(
      parseConf([...files].map(([path, text]) => (path.endsWith('.conf') ? text : '')).join('\n')),
    ).flatMap(({ words }) =>
      words[0] === 'map' ? [words[2]!.slice(1)] : words[0] === 'upstream' ? [words[1]!] : [],
    );

  test.each(cases)(
    'a domain that differs in %s reads a name of its own (%#)',
    (_name, fields, kind, wiring) => {
      const files = renderBoth(fields, wiring);
      const differing = namesOf(files, one).filter((name) => !namesOf(files, other).includes(name));
      expect(namesOf(files, one)).toHaveLength(3);
      expect(differing).toEqual([expect.stringMatching(`^${kind}_`)]);
      const names = definedIn(files);
      for (const name of [...namesOf(files, one), ...namesOf(files, other)]) expect(names).toContain(name);
    },
  );

  test.each(cases)('and none is defined twice beside one that differs in %s (%#)', (...given) => {
    const [, fields, , wiring] = given;
    const names = definedIn(renderBoth(fields, wiring));
    expect(new Set(names).size).toBe(names.length);
  });

  test('arguments that differ in case only have maps of their own', () => {
    const policy = {
      remote_auth: {
        auth_server: 'http://auth.example.com',
        add_headers: { a: '$arg_token', b: '$arg_Token', c: '$arg_token' },
      },
    };
    const maps = flatten(
      parseConf(render({ 'a.example.com': policy }, options('hop')).get('http.conf')!),
    ).filter(({ words }) => words[0] === 'map' && /^\$edge_auth_arg_/.test(words[2]!));
    expect(new Set(maps.map(({ words }) => words[2])).size).toBe(2);
    expect(maps).toHaveLength(2);
  });
});

describe('the longest policy', () => {
  const many = (count: number, name: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => name(i));
  const longest = {
    url_signing: {
      type: 'C',
      key1: 'k'.repeat(128),
      key2: 'l'.repeat(128),
      sign_arg: 's'.repeat(100),
      time_arg: 't'.repeat(100),
      hash: 'sha256',
      white_list: many(1000, (i) => `/some/listed/folder/number/${i}/*`),
      scope: { file_types: many(1000, (i) => `type${i}`) },
    },
    remote_auth: {
      auth_server: 'http://auth.example.com',
      scope: {
        file_types: many(1000, (i) => `type${i}`),
        exclude_paths: many(1000, (i) => `/some/folder/number/${i}/*`),
        exclude_methods: many(50, (i) => 'M'.repeat((i % 32) + 1)).slice(0, 32),
      },
      keep_args: many(200, (i) => `argument_number_${i}`),
      add_args: Object.fromEntries(
        many(100, (i) => `added_number_${i}`).map((name) => [name, 'é'.repeat(100) + '$arg_token']),
      ),
      keep_headers: many(200, (i) => `X-Header-${i}`),
      add_headers: { 'X-A': '$arg_' + 'a'.repeat(100), 'X-B': 'b'.repeat(2048) },
      success_status: many(400, (i) => String(200 + i)),
      failure_status: ['100'],
    },
  };

  test.each(sets)('has no parameter that is longer than nginx reads (%s)', (_name, wanted) => {
    for (const [path, content] of render({ 'a.example.com': longest }, wanted)) {
      if (path.endsWith('.conf')) expect(() => parseConf(content)).not.toThrow();
    }
  });

  test('keeps every argument when it is set piece by piece', () => {
    const values: Record<string, string> = {};
    const ask = render({ 'a.example.com': longest }, options('hop')).get('ask/a.example.com.conf')!;
    for (const { words } of flatten(parseConf(ask))) {
      const [verb, variable, text] = words as [string, string, string];
      if (verb === 'set')
        values[variable] = text.replace(/\$\{(\w+)\}/g, (_all, name: string) => values['$' + name]!);
    }
    expect(values['$edge_auth_keep_args']).toBe(longest.remote_auth.keep_args.join(' '));
    expect(values['$edge_auth_add_args']).toBe(
      Object.keys(longest.remote_auth.add_args)
        .map((name) => `${name}=${'%C3%A9'.repeat(100)}<arg_token>`)
        .join('&'),
    );
  });

  test('is refused, not written, where a text cannot be split', () => {
    const keep_headers = many(200, (i) => `X-A-Header-With-A-Rather-Long-Name-${i}`);
    const policy = { remote_auth: { auth_server: 'http://auth.example.com', keep_headers } };
    expect(() => render({ 'a.example.com': policy }, options('hop'))).toThrow(
      'expected a conf value of at most 4095 bytes',
    );
    expect(() => render({ 'a.example.com': policy }, options('hop', [1, 0, 2]))).not.toThrow();
  });
});
