// What is read from nginx's answers, and which releases of njs may be named.
import { describeFound, loadLines, mayBe, readRelease, readVersions } from '../../../src/conf/edge-facts';
import { parseRelease } from '../../../src/conf/njs-releases';
import type { Release } from '../../../src/conf/options';
import { noModule, notBuiltIn, said, unseen } from './nginx-says';

const all = { hasSecureLink: true, hasAuthRequest: true, hasHttp2: true, hasSlice: true };
const none = { hasSecureLink: false, hasAuthRequest: false, hasHttp2: false, hasSlice: false };

describe('nginx -V', () => {
  test.each(Object.entries(said))('tells release and modules of %s', (name, { versions }) => {
    const [, nginx] = /nginx (\S+),/.exec(name)!;
    const modules = name.startsWith('Debian') ? all : none;
    expect(readVersions(versions)).toEqual({ nginxVersion: nginx!.split('.').map(Number), ...modules });
  });

  test.each([
    ['openresty', 'nginx version: openresty/1.25.3.1\n', [1, 25, 3]],
    ['Tengine', 'Tengine version: Tengine/3.1.0\nnginx version: nginx/1.24.0\n', [1, 24, 0]],
  ])('is read of %s, too', (_name, output, nginxVersion) => {
    expect(readVersions(output)).toMatchObject({ nginxVersion });
  });

  test.each([
    ['a shell without nginx', 'sh: 1: nginx: not found\n'],
    ['another program', 'Apache/2.4\n'],
    ['nothing', ''],
  ])('says nothing in %s', (_name, output) => {
    expect(readVersions(output)).toBeUndefined();
  });

  test('tells a module from one whose name is longer, and from a dynamic one', () => {
    const output =
      'nginx version: nginx/1.30.6\nconfigure arguments: --with-http_v2_module_x --with-http_slice_module=dynamic';
    expect(readVersions(output)).toMatchObject({ hasHttp2: false, hasSlice: false });
  });
});

describe('the line that loads njs', () => {
  const module = 'ngx_http_js_module.so;';
  test.each<[string, string, string]>([
    [
      'the modules of Debian',
      said['Debian trixie: nginx 1.26.3, njs 0.8.9']!.versions,
      `load_module /usr/lib/nginx/modules/${module}`,
    ],
    [
      'modules below the prefix',
      '--prefix=/opt/nginx --modules-path=mods',
      `load_module /opt/nginx/mods/${module}`,
    ],
    ['no word of either', '', `load_module /usr/local/nginx/modules/${module}`],
    ['an njs that is built in', said['built from source: nginx 1.26.3, njs 0.9.4']!.versions, ''],
  ])('comes first that suits %s', (_name, output, first) => {
    expect(loadLines(output)[0]).toBe(first);
    expect(loadLines(output)).toContain('');
  });

  test('never holds conf syntax', () => {
    for (const line of loadLines('--modules-path=/a;evil{\'$x"'))
      expect(line).toMatch(/^(?:load_module \/[\w./+-]+;)?$/);
  });
});

describe('nginx -t', () => {
  test.each<[string, string, boolean]>([
    [noModule, 'dlopen() "/usr/lib/nginx/modules/ngx_http_js_module.so" failed', false],
    [notBuiltIn, 'njs is not loaded', false],
    [unseen, 'open() "/tmp/edge-auth-nginx-x/nginx.conf" failed (2: No such file or directory)', true],
    ['[emerg] 1#1: unknown directive "js_preload_object" in x:9', 'older than 0.7.9', true],
    ['', 'it says nothing of its njs', true],
    ['nginx: configuration file /x test is successful', 'it says nothing of its njs', true],
  ])('that says %j names no release: %s', (output, problem, isLoaded) => {
    expect(readRelease(output)).toEqual({ problem: expect.stringContaining(problem) as string, isLoaded });
  });
});

describe('what was found', () => {
  test.each<[Release, string]>([
    [[0, 7, 9], 'njs 0.7.9 or later, before 0.8.0'],
    [[0, 8, 6], 'njs 0.8.6 or later, before 0.8.9'],
    [[0, 8, 9], 'njs 0.8.9 or later, before 0.9.1'],
    [[0, 9, 9], 'njs 0.9.9 or later'],
  ])('%j is described', (found, text) => {
    expect(describeFound(found)).toBe(text);
  });

  test.each<[Release, Release, boolean]>([
    [[0, 7, 9], [0, 7, 9], true],
    [[0, 7, 12], [0, 7, 9], true],
    [[0, 8, 0], [0, 7, 9], false],
    [[0, 8, 8], [0, 8, 9], false],
    [[0, 9, 0], [0, 8, 9], true],
    [[0, 9, 1], [0, 8, 9], false],
    [[0, 9, 8], [0, 9, 9], false],
    [[1, 0, 2], [0, 9, 9], true],
  ])('njs %j may be one of which %j was found: %s', (njs, found, expected) => {
    expect(mayBe(njs, found)).toBe(expected);
  });
});

describe('--njs-version', () => {
  test.each(['0.7.9', '0.7.12', '0.8.0', '0.8.10', '0.9.9', '1.0.0', '1.0.2'])(
    'takes %s, which exists',
    (text) => {
      expect(parseRelease(text)).toEqual(text.split('.').map(Number));
    },
  );

  test.each(['1.0.3', '1.0.20', '1.1.0', '1.9.20'])('takes %s, which may come', (text) => {
    expect(parseRelease(text)).toEqual(text.split('.').map(Number));
  });

  test.each([
    ['0.7.8', '0.7.9 or later'],
    ['0.6.0', '0.7.9 or later'],
    ['0.7.13', 'that exists'],
    ['0.8.11', 'that exists'],
    ['0.89.0', 'that exists'],
    ['0.9.10', 'that exists'],
    ['0.10.0', 'that exists'],
    ['1.0.21', 'that exists'],
    ['1.10.0', 'that exists'],
    ['2.0.0', 'that exists'],
    ['8.9.0', 'that exists'],
    ['9.9.9', 'that exists'],
    ['1.22.1', "nginx's own version"],
    ['1.30.6', "nginx's own version"],
    ['8.9', 'three numbers'],
    ['0.89', 'three numbers'],
    ['1.0.2.3', 'three numbers'],
    ['1.0.2 ', 'three numbers'],
    ['1.0.-2', 'three numbers'],
    ['1e0.0.2', 'three numbers'],
    ['', 'three numbers'],
  ])('refuses %j', (text, expected) => {
    expect(parseRelease(text)).toEqual({ expected: expect.stringContaining(expected) as string });
  });
});
