import type { RenderOptions } from '../../../src/conf/options';
import { renderFiles } from '../../../src/conf/render';
import { sha256 } from '../../../src/policy/live-policy';
import { parsePolicy } from '../../../src/policy/policy';
import { type Directive, flatten, parseConf } from './conf-tokens';
import { templatesFolder } from './templates';

const templates = templatesFolder();

const options: RenderOptions = {
  wiring: 'hop',
  decider: 'unix:/run/edge-auth.sock',
  prefix: '/etc/nginx/edge-auth',
  njsVersion: [1, 0, 2],
  cache: { path: '/run/edge-auth-cache', size: '64m' },
};
const domain = 'a.example.com';
const auth = { auth_server: 'http://auth.example.com', keep_headers: 'none', keep_args: 'none' };
const textOf = (fields: object, cache: object = { allow_ttl: 60 }) =>
  JSON.stringify({ remote_auth: { ...auth, ...fields, cache } });

function render(written: Record<string, string>, wanted: Partial<RenderOptions> = {}): Map<string, string> {
  const policies = Object.entries(written).map(([name, text]) => {
    const { policy, issues } = parsePolicy(text, `${name}.json`);
    if (!policy) throw new Error(`refused: ${JSON.stringify(issues)}`);
    return policy;
  });
  return renderFiles(
    { policies, texts: new Map(Object.entries(written)) },
    { ...options, ...wanted },
    templates,
  );
}
const one = (fields: object, cache?: object, wanted?: Partial<RenderOptions>) =>
  render({ [domain]: textOf(fields, cache) }, wanted);
const read = (files: Map<string, string>, path: string): Directive[] => flatten(parseConf(files.get(path)!));
const server = (files: Map<string, string>) => read(files, `servers/${domain}.conf`);
const valuesOf = (directives: Directive[], name: string) =>
  directives.filter(({ words }) => words[0] === name).map(({ words }) => words.slice(1).join(' '));
/** Of all the locations in which a request may wait: they say the same. */
const sameIn = (files: Map<string, string>, name: string): string[] => {
  const values = valuesOf(server(files), name);
  const locations = valuesOf(server(files), 'proxy_cache').length;
  const each = values.slice(0, values.length / locations);
  expect(values).toEqual(Array(locations).fill(each).flat());
  return each;
};
const mapsOf = (files: Map<string, string>) =>
  read(files, 'http.conf').filter(
    ({ words }) => words[0] === 'map' && words[2]!.startsWith('$edge_auth_key_'),
  );
/** The parts of the key behind domain, version and scheme. */
const partsOf = (files: Map<string, string>) =>
  valuesOf(server(files), 'proxy_cache_key')[0]!.split('\\n').slice(3);

describe('the key', () => {
  test('begins with domain, version of the policy and scheme', () => {
    const text = textOf({});
    expect(sameIn(one({}), 'proxy_cache_key')).toEqual([
      `a.example.com\\n${sha256(text).slice(0, 16)}\\n\${scheme}`,
    ]);
  });

  test.each<[string, object, object]>([
    ['a field', {}, { allow_ttl: 61 }],
    ['the number that purge counts up', {}, { allow_ttl: 60, version: 1 }],
    ['the auth server', { auth_server: 'http://auth.example.com:81' }, { allow_ttl: 60 }],
  ])('is another one after a change of %s', (_name, fields, cache) => {
    const [before, after] = [one({}), one(fields, cache)].map((files) =>
      valuesOf(server(files), 'proxy_cache_key'),
    );
    expect(before).not.toEqual(after);
  });

  test.each<[string, string, string]>([
    // part, at the edge, at the decider
    ['path', 'edge_auth_request_path', 'edge_auth_request_path'],
    ['args', 'edge_auth_query', 'edge_auth_query'],
    ['method', 'request_method', 'edge_auth_method'],
    ['client_ip', 'remote_addr', 'edge_auth_addr'],
    ['header:Host', 'edge_auth_client_host', 'edge_auth_host'],
    ['header:Authorization', 'http_authorization', 'http_authorization'],
    ['header:X_Token-2', 'http_x_token_2', 'http_x_token_2'],
    ['header:Cookie', 'http_cookie', 'http_cookie'],
  ])('reads %s from $%s, and at the decider from $%s', (part, edge, decider) => {
    const files = one({}, { allow_ttl: 60, stale_if_error: 60, key: [part] });
    expect(partsOf(files)).toEqual([`\${${edge}}`]);
    expect(mapsOf(files)).toEqual([]);
    const keys = (path: string) =>
      valuesOf(read(files, path), 'set').filter((set) => set.startsWith('$edge_auth_cache_key '));
    const [ofEdge] = keys(`servers/${domain}.conf`);
    expect(ofEdge).toMatch(new RegExp(`\\\\n\\$\\{scheme\\}\\\\n\\$\\{${edge}\\}$`));
    const ofDecider = [...keys(`ask/${domain}.conf`), ...keys(`domains/${domain}.conf`)];
    expect(ofDecider).toHaveLength(2);
    for (const key of ofDecider)
      expect(key).toBe(
        ofEdge!.replace('${scheme}', '${edge_auth_scheme}').replace(`{${edge}}`, `{${decider}}`),
      );
  });

  test('arguments and cookies have a map each, which other policies share', () => {
    const key = ['arg:a', 'arg:A', 'cookie:a', 'arg:a.b'];
    const files = render({
      [domain]: textOf({}, { allow_ttl: 60, key }),
      'b.example.com': textOf({ keep_headers: ['Cookie'] }, { allow_ttl: 5, key: ['cookie:a', 'arg:a'] }),
    });
    const names = mapsOf(files).map(({ words }) => words[2]!.slice(1));
    expect(new Set(names).size).toBe(4);
    expect(names).toHaveLength(4);
    const parts = partsOf(files).map((part) => part.slice(2, -1));
    expect([...parts].sort()).toEqual([...names].sort());
    expect(valuesOf(read(files, 'servers/b.example.com.conf'), 'proxy_cache_key')[0]).toMatch(
      new RegExp(`\\\\n\\$\\{${parts[2]}\\}\\\\n\\$\\{${parts[0]}\\}$`),
    );
  });

  const names = (count: number, length: number) =>
    Array.from({ length: count }, (_, i) => `header:${`x${i}-`.padEnd(length, 'a')}`);
  test('is refused, not written, where it is longer than nginx reads', () => {
    expect(() => one({}, { allow_ttl: 60, key: names(100, 128) })).toThrow(
      /^a\.example\.com: expected a cache key of at most 4095 bytes in conf, which is all that nginx reads, received \d+: name fewer/,
    );
    expect(() => one({ keep_headers: names(100, 64).map((part) => part.slice(7)) })).toThrow('4095 bytes');
    const files = one({}, { allow_ttl: 60, stale_if_error: 1, key: names(29, 128) });
    for (const [path, text] of files) if (path.endsWith('.conf')) expect(() => parseConf(text)).not.toThrow();
  });

  test.each(['_', '.', 'a', '-'])('has maps that nginx reads for 128 times %s', (char) => {
    const key = [`arg:${char.repeat(128)}`, `cookie:${char.repeat(128)}`];
    const files = one({}, { allow_ttl: 60, key });
    expect(mapsOf(files)).toHaveLength(2);
    for (const { words } of flatten(mapsOf(files)))
      for (const word of words) expect(Buffer.byteLength(word)).toBeLessThan(4095);
  });
});

describe('what nginx would take out of the question', () => {
  const passed = (fields: object, cache?: object) =>
    sameIn(one(fields, cache), 'proxy_set_header').filter((line) => /^(?:range|if-)\S* \S/.test(line));
  test.each<[string, object, object | undefined, string[]]>([
    ['is left out where nobody needs it', {}, undefined, []],
    ['is passed where it is kept', { keep_headers: ['Range'] }, undefined, ['range $http_range']],
    [
      'is passed where a value reads it',
      { add_headers: { a: 'b$http_if_none_match' }, add_args: { c: '$http_range' } },
      undefined,
      ['range $http_range', 'if-none-match $http_if_none_match'],
    ],
    [
      'is passed where the key reads it',
      {},
      { allow_ttl: 1, key: ['header:If_Range'] },
      ['if-range $http_if_range'],
    ],
  ])('%s', (_name, fields, cache, lines) => {
    expect(passed(fields, cache)).toEqual(lines);
  });

  test.each<[string[] | 'none', string[]]>([
    ['none', ['if-modified-since ', 'if-none-match ']],
    [['If-None-Match'], ['if-modified-since ']],
    [['If-None-Match', 'If-Modified-Since'], []],
  ])('beside keep_headers %j no condition of its own gets into the question', (keep_headers, lines) => {
    const empty = sameIn(one({ keep_headers }), 'proxy_set_header').filter((line) => /^if-\S* $/.test(line));
    expect(empty).toEqual(lines);
  });

  test('is not passed under keep_headers all, which leaves it out of the question', () => {
    expect(passed({ keep_headers: 'all' }, { allow_ttl: 1, shared: true })).toEqual([]);
  });
});

describe('a decision that is over', () => {
  const over = (cache: object, wanted?: Partial<RenderOptions>, fields: object = {}) => {
    const files = one(fields, { allow_ttl: 60, ...cache }, wanted);
    return {
      revalidate: valuesOf(server(files), 'proxy_cache_revalidate'),
      forgets: valuesOf(server(files), 'set').filter((set) => set.startsWith('$edge_auth_forgot ')).length,
      handlers: valuesOf(read(files, 'http.conf'), 'js_set').filter((set) => /forget|isOver/.test(set))
        .length,
    };
  };

  test('is looked for by the first question, and its file is removed where requests begin to wait', () => {
    expect(over({})).toEqual({
      revalidate: ['on', ...Array<string>(4).fill('off')],
      forgets: 1,
      handlers: 2,
    });
    const files = one(
      {},
      { allow_ttl: 60, key: ['header:a', 'path'] },
      { cache: { path: '/a b', size: '1m' } },
    );
    const sets = valuesOf(server(files), 'set');
    const at = sets.indexOf('$edge_auth_forgot $edge_auth_forget');
    expect(sets.slice(at - 2, at)).toEqual([
      '$edge_auth_cache_folder /a b',
      `$edge_auth_cache_key ${valuesOf(server(files), 'proxy_cache_key')[0]!}`,
    ]);
  });

  test('nginx tells no ETag of a denial: where some are kept, what has none is looked into', () => {
    const sentOn = (cache: object, wanted?: Partial<RenderOptions>) =>
      valuesOf(server(one({}, { allow_ttl: 60, ...cache }, wanted)), 'proxy_set_header')
        .filter((header) => header.startsWith('X-Edge-Auth-Waited '))
        .map((header) => header.split('$')[1]);
    const others = Array<string>(4).fill('edge_auth_waited');
    expect(sentOn({ deny_ttl: 1 })).toEqual(['edge_auth_sent_on', ...others]);
    expect(sentOn({})).toEqual(['edge_auth_waited', ...others]);
    expect(sentOn({ deny_ttl: 1 }, { njsVersion: [0, 8, 8] })).toEqual(['edge_auth_waited', ...others]);
  });

  test.each<[string, object, Partial<RenderOptions> | undefined, object]>([
    ['an njs whose decider sends the auth server’s own 304', {}, { njsVersion: [0, 8, 8] }, {}],
    ['an njs that nobody named', {}, { njsVersion: undefined }, {}],
    ['requests that wait for nobody', { lock_timeout_ms: 0 }, undefined, {}],
  ])('stays where it is with %s', (_name, cache, wanted, fields) => {
    const { revalidate, forgets } = over(cache, wanted, fields);
    expect(new Set(revalidate)).toEqual(new Set(['off']));
    expect(forgets).toBe(0);
  });
});

describe('what is kept', () => {
  test('nothing, where no TTL says so', () => {
    const files = one({}, { stale_if_error: 60 });
    expect(valuesOf(server(files), 'proxy_cache')).toEqual(['off']);
    expect(valuesOf(server(files), 'proxy_cache_key')).toEqual([]);
    expect(files.get('http.conf')).not.toContain('proxy_cache_path');
    expect(files.get('http.conf')).toContain('zone=edge_auth_stale:');
  });

  test('nothing of an answer of which the decider says nothing, and nothing by what http {} says', () => {
    const files = one({});
    expect(valuesOf(read(files, `ask/${domain}.conf`), 'set')).toEqual(
      expect.arrayContaining([
        '$edge_auth_cache 60 0 0 1 1',
        '$edge_auth_cache_control ',
        '$edge_auth_cache_expires 0',
      ]),
    );
    const decider = read(files, `domains/${domain}.conf`);
    expect(valuesOf(decider, 'include')).toContain('/etc/nginx/edge-auth/common/own.conf');
    expect(valuesOf(read(files, 'common/own.conf'), 'expires')).toEqual(['off']);
    expect(valuesOf(decider, 'proxy_pass_header')).toHaveLength(1);
    expect(valuesOf(decider, 'proxy_hide_header')).not.toContain('Cache-Control');
    expect(sameIn(files, 'proxy_cache_valid')).toEqual(['599 0']);
    expect(valuesOf(server(files), 'proxy_ignore_headers').join()).not.toMatch(
      /Cache-Control|X-Accel-Expires/,
    );
  });

  test.each<[object, string]>([
    [{ allow_ttl: 1, deny_ttl: 2, stale_if_error: 3 }, '1 2 3 1 1'],
    [{ deny_ttl: 86400, respect_cache_control: false }, '0 86400 0 0 1'],
  ])('%j is told to the decider as %j', (cache, settings) => {
    const sets = valuesOf(read(one({}, cache), `ask/${domain}.conf`), 'set');
    expect(sets).toContain(`$edge_auth_cache ${settings}`);
  });

  test.each([
    [1, 1],
    [1000, 1],
    [1001, 2],
    [30000, 30],
  ])('with timeout_ms %i, %i s are left to ask anew', (timeout_ms, renewal) => {
    const files = one({ timeout_ms });
    expect(valuesOf(read(files, `ask/${domain}.conf`), 'set')).toContain(
      `$edge_auth_cache 60 0 0 1 ${renewal}`,
    );
    expect(sameIn(files, 'proxy_cache_lock_age')).toEqual([`${timeout_ms + 1000}ms`]);
  });

  const end = (wait: number) => `425 = @edge_auth_wait_${wait}`;
  const deadline = '425 = @edge_auth_unanswered';
  test.each<[object, object, number[], string[]]>([
    [{}, {}, [10, 30, 90, 270, 600], [end(1), end(2), end(3), end(4), deadline]],
    [{ timeout_ms: 5 }, {}, [5], [deadline]],
    [{ timeout_ms: 40 }, {}, [10, 30], [end(1), deadline]],
    [{ timeout_ms: 30000 }, {}, [10, 30, 90, 270, 29600], [end(1), end(2), end(3), end(4), deadline]],
    [{}, { lock_timeout_ms: 0 }, [0], []],
    [{}, { lock_timeout_ms: 50 }, [10, 30, 10, 0], [end(1), end(2), end(3)]],
    [{}, { lock_timeout_ms: 400 }, [10, 30, 90, 270, 0], [end(1), end(2), end(3), end(4)]],
  ])('under %j, %j one waits for %j ms', (fields, cache, waits, ends) => {
    const directives = server(one(fields, { allow_ttl: 60, ...cache }));
    expect(valuesOf(directives, 'proxy_cache_lock_timeout')).toEqual(waits.map((ms) => `${ms}ms`));
    expect(valuesOf(directives, 'proxy_cache_lock')).toEqual(waits.map((ms) => (ms > 0 ? 'on' : 'off')));
    expect(valuesOf(directives, 'error_page').filter((value) => value.startsWith('425'))).toEqual(ends);
  });

  test('lock_timeout_ms 0 waits for nobody', () => {
    const files = one({}, { allow_ttl: 60, lock_timeout_ms: 0 });
    expect(valuesOf(server(files), 'proxy_cache_lock')).toEqual(['off']);
  });

  test('no entry ends before its TTL for want of use', () => {
    const files = render({
      [domain]: textOf({}, { allow_ttl: 5, stale_if_error: 7000 }),
      'b.example.com': textOf({}, { deny_ttl: 5000 }),
    });
    expect(valuesOf(read(files, 'http.conf'), 'proxy_cache_path')).toEqual([
      expect.stringContaining(' inactive=5000s '),
    ]);
    expect(files.get('http.conf')).toContain('zone=edge_auth_stale:4m timeout=7005s evict;');
  });
});

test('path and args are one text of the key, on both sides', () => {
  const key = ['args', 'method', 'path'];
  const fields = { keep_args: 'all' };
  const files = one(fields, { allow_ttl: 60, stale_if_error: 60, key });
  expect(partsOf(files)).toEqual(['${request_method}', '${request_uri}']);
  const asked = valuesOf(read(files, `ask/${domain}.conf`), 'set');
  expect(
    asked.filter((set) => set.startsWith('$edge_auth_cache_key ')).map((set) => set.split('\\n').slice(3)),
  ).toEqual([['${edge_auth_method}', '${edge_auth_clean_uri}']]);
  for (const part of ['args', 'path'])
    expect(partsOf(one(fields, { allow_ttl: 60, key: [part], shared: true }))).not.toContain(
      '${request_uri}',
    );
});

describe('files that stay open', () => {
  const many = (count: number) =>
    render(
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`d${i}.example.com`, textOf({})])),
      {},
    );
  const open = (files: Map<string, string>, name: string) =>
    valuesOf(read(files, `servers/${name}.conf`), 'open_file_cache');
  // Who waits looks for a file that is gone, or new.
  const whereRequestsWait = Array<string>(4).fill('off');

  test.each([
    [1, 'max=64 inactive=10s'],
    [3, 'max=21 inactive=10s'],
    [64, 'max=1 inactive=10s'],
    [65, 'off'],
  ])('%i domains share 64 of them', (count, each) => {
    const files = many(count);
    for (let i = 0; i < count; i++)
      expect(open(files, `d${i}.example.com`)).toEqual([each, ...whereRequestsWait]);
  });

  test('are of domains that keep decisions', () => {
    const files = render({
      [domain]: textOf({}),
      'b.example.com': textOf({}, { allow_ttl: 0, stale_if_error: 60 }),
      'c.example.com': JSON.stringify({ remote_auth: auth }),
    });
    expect(open(files, domain)).toEqual(['max=64 inactive=10s', ...whereRequestsWait]);
    expect(open(files, 'b.example.com')).toEqual([]);
    expect(open(files, 'c.example.com')).toEqual([]);
  });
});

describe('refused by render', () => {
  test('the inline wiring', () => {
    expect(() => one({}, undefined, { wiring: 'inline' })).toThrow(
      'a.example.com: expected --wiring hop beside remote_auth.cache, received inline',
    );
  });

  test.each<[RenderOptions['njsVersion'], string]>([
    [undefined, 'none'],
    [[0, 7, 9], '0.7.9'],
    [[0, 7, 99], '0.7.99'],
  ])('stale_if_error with njs %j', (njsVersion, received) => {
    expect(() => one({}, { allow_ttl: 60, stale_if_error: 1 }, { njsVersion })).toThrow(
      `a.example.com: expected --njs-version 0.8.0 or later beside remote_auth.cache.stale_if_error, received ${received}`,
    );
    expect(() => one({}, { allow_ttl: 60, stale_if_error: 0 }, { njsVersion })).not.toThrow();
  });

  test('no njs release from 0.8.0 on', () => {
    expect(() => one({}, { stale_if_error: 1 }, { njsVersion: [0, 8, 0] })).not.toThrow();
  });

  test('a policy without its text, whose version nobody knows', () => {
    const { policy } = parsePolicy(textOf({}), `${domain}.json`);
    expect(() => renderFiles({ policies: [policy!], texts: new Map() }, options, templates)).toThrow(
      'a.example.com: expected the text of the policy, received none',
    );
  });
});
