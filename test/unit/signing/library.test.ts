// `edge-auth/sign` as origin servers use it: built, imported, required, compiled against.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import schema from '../../../src/policy/policy.schema.json';
import { type SignOptions, signUrl } from '../../../src/sign/sign';
import { distFolder, ensureBuilt } from '../cli/run-cli';

const root = resolve(__dirname, '../../..');
const KEY = 'aliyuncdnexp1234';
const options: SignOptions = { type: 'A', key: KEY, at: 1444435200, rand: '0' };
const signedA = 'auth_key=1444435200-0-0-23bf85053008f5c0e791667a313e28ce';

describe('signUrl', () => {
  test.each<[string, string, Partial<SignOptions>, string]>([
    ['signs a path alone', '/video/standard/test.mp4', {}, `/video/standard/test.mp4?${signedA}`],
    [
      'signs behind the arguments that are there',
      'https://a.example/video/standard/test.mp4?b=1&c',
      {},
      `https://a.example/video/standard/test.mp4?b=1&c&${signedA}`,
    ],
    [
      'keeps scheme, user, host and port as they are written',
      'HTTP://u:p@A.example:8080/video/standard/test.mp4',
      {},
      `HTTP://u:p@A.example:8080/video/standard/test.mp4?${signedA}`,
    ],
    [
      'signs / for a host alone',
      'https://a.example',
      { type: 'D', at: 1700000000 },
      'https://a.example/?sign=2480cbc05d6d603c8ab26f487a108938&t=1700000000',
    ],
  ])('%s', (_name, url, changed, signed) => {
    const given = { ...options, ...changed };
    if (given.type !== 'A') delete given.rand;
    expect(signUrl(url, given)).toBe(signed);
  });

  test.each([
    ['/a b/é.mp4', '/a%20b/%C3%A9.mp4'],
    ['/%e9/é%20', '/%e9/%C3%A9%20'],
    ['/100%', '/100%25'],
    ['/a"<>^`{|}[]', '/a%22%3C%3E%5E%60%7B%7C%7D%5B%5D'],
    ["/it's/+;=,:@!$&()*~", "/it's/+;=,:@!$&()*~"],
    ['/a?q=视 频&x=%zz', '/a?q=%E8%A7%86%20%E9%A2%91&x=%25zz'],
  ])('encodes %s as %s', (written, encoded) => {
    const signed = signUrl(written, options);
    expect(signed.slice(0, encoded.length)).toBe(encoded);
    expect(signed).toBe(signUrl(encoded, options));
  });

  test('takes the time as a Date, as seconds with a fraction, or now', () => {
    const timeOf = (at: SignOptions['at']) => /=(\d+)-/.exec(signUrl('/a', { ...options, at }))![1];
    expect(timeOf(new Date(1444435200999))).toBe('1444435200');
    expect(timeOf(1444435200.9)).toBe('1444435200');
    expect(Math.abs(Number(timeOf(undefined)) - Date.now() / 1000)).toBeLessThan(5);
  });

  test('takes a new rand for each URL, of 32 characters without a hyphen, and 0 for uid', () => {
    const urls = [1, 2].map(() => signUrl('/a', { type: 'A', key: KEY, at: 1444435200 }));
    for (const url of urls) expect(url).toMatch(/^\/a\?auth_key=1444435200-[0-9a-f]{32}-0-[0-9a-f]{32}$/);
    expect(urls[0]).not.toBe(urls[1]);
  });

  test.each(Object.entries(schema.properties.url_signing['x-types']))(
    'type %s has the policy’s defaults',
    (type, defaults) => {
      const {
        sign_arg: signArg,
        time_arg: timeArg,
        timestamp_format: timestampFormat,
      } = {
        sign_arg: undefined,
        time_arg: undefined,
        ...defaults,
      } as Record<string, string | undefined>;
      const short = { type: type as 'A', key: KEY, at: 1700000000, ...(type === 'A' ? { rand: '0' } : {}) };
      const whole = { ...short, signArg, timeArg, timestampFormat: timestampFormat as 'dec' };
      for (const form of type === 'C' ? (['path', 'args'] as const) : [undefined]) {
        expect(signUrl('/a', { ...short, form })).toBe(
          signUrl('/a', { ...whole, hash: 'md5', timeZone: '+08:00', form }),
        );
      }
    },
  );

  test('spells a date in the time zone given', () => {
    const dateOf = (timeZone: string) =>
      signUrl('/a', { type: 'B', key: KEY, at: 1700000000, timeZone }).split('/')[1];
    expect(dateOf('+00:00')).toBe('202311142213');
    expect(dateOf('-05:30')).toBe('202311141643');
  });
});

const refused: [string, string, Partial<Record<keyof SignOptions, unknown>>, string][] = [
  ['an empty segment', '/a//b', {}, 'received an empty segment (//)'],
  ['two leading slashes', '//a.example/b', {}, 'received an empty segment (//)'],
  ['a dot segment', '/a/./b', {}, 'received a "." or ".." segment'],
  ['an encoded dot segment', '/a/%2E%2e', {}, 'received a "." or ".." segment'],
  ['an encoded slash', '/a%2Fb', {}, 'received an encoded slash (%2F)'],
  ['a backslash', '/a\\b', {}, 'received an encoded backslash (%5C)'],
  ['an encoded backslash', '/a%5cb', {}, 'received an encoded backslash (%5C)'],
  ['an encoded semicolon in path form', '/a%3bb', { type: 'B' }, 'received an encoded semicolon (%3B)'],
  ['an encoded NUL', '/a%00', {}, 'received an encoded control character'],
  ['a line break', '/a\n', {}, 'received an encoded control character'],
  ['a fragment', '/a#b', {}, 'expected a URL without a fragment'],
  ['half a surrogate pair', '/\ud800', {}, 'expected a URL in UTF-8'],
  ['bytes that are no UTF-8', '/\ufffd', {}, 'expected a URL in UTF-8'],
  ['another scheme', 'ftp://a.example/b', {}, 'expected an http(s) URL or a path that begins with "/"'],
  ['a relative path', 'a/b', {}, 'expected an http(s) URL or a path that begins with "/"'],
  ['a backslash behind the host', 'http://a.example\\b', {}, 'expected an http(s) URL'],
  ['no host', 'http:///b', {}, 'expected an http(s) URL'],
  ['a space in the host', 'http://a b/c', {}, 'expected an http(s) URL'],
  ['nothing', '', {}, 'expected an http(s) URL'],
  ['a signature that is there', `/a?${signedA}`, {}, 'received one with the argument auth_key'],
  ['the argument in another spelling', '/a?x&%61uth%5Fkey', {}, 'received one with the argument auth_key'],
  ['the timestamp’s argument', '/a?t=1', { type: 'D' }, 'received one with the argument t'],
  ['the signature’s argument in path form', '/a?KEY1=1', { type: 'C' }, 'the argument KEY1'],
  [
    'a path that begins with a signature',
    '/202311150613/23bf85053008f5c0e791667a313e28ce/a',
    { type: 'B' },
    'received one whose path begins with one',
  ],
  ['a rand with a hyphen', '/a', { rand: 'a-b' }, 'expected a rand of letters'],
  ['a rand with &', '/a', { rand: 'a&b' }, 'expected a rand of letters'],
  ['a rand with #', '/a', { rand: 'a#b' }, 'expected a rand of letters'],
  ['a rand with a line break', '/a', { rand: 'a\n' }, 'expected a rand of letters'],
  ['a rand with what clients encode', '/a', { rand: "'" }, 'expected a rand of letters'],
  ['a uid with a hyphen', '/a', { uid: '-' }, 'expected a uid of letters'],
  ['a rand for another type', '/a', { type: 'D', rand: '1' }, 'expected no rand for type D'],
  ['a uid for another type', '/a', { type: 'B', uid: '1' }, 'expected no uid for type B'],
  ['the path form of a type without one', '/a', { form: 'path' }, 'expected form args for type A'],
  ['the argument form of type B', '/a', { type: 'B', form: 'args' }, 'expected form path for type B'],
  ['another type', '/a', { type: 'E' }, 'expected type A, B, C, D or F, received E'],
  ['the name of a method of objects', '/a', { type: 'toString' }, 'expected type A, B, C, D or F'],
  ['another hash', '/a', { hash: 'sha1' }, 'expected hash md5 or sha256, received sha1'],
  ['a short key', '/a', { key: '12345' }, 'expected a key of 6-128 visible ASCII characters'],
  ['no key', '/a', { key: undefined }, 'expected a key of 6-128 visible ASCII characters'],
  ['a date for type A', '/a', { timestampFormat: 'yyyyMMDDhhmm' }, 'expected timestampFormat dec or hex'],
  ['another time zone', '/a', { type: 'B', timeZone: 'CST' }, 'expected a timeZone such as +08:00'],
  ['a name with a dot', '/a', { signArg: 'a.b' }, 'expected signArg of 1-100 letters'],
  ['a name for type B', '/a', { type: 'B', signArg: 'a' }, 'expected no signArg for type B'],
  ['one name for both', '/a', { type: 'D', signArg: 't' }, 'expected two names'],
  ['milliseconds', '/a', { at: 1700000000000 }, 'expected a time that dec can hold in 10 digits'],
  ['a Date that is none', '/a', { at: new Date(NaN) }, 'expected a time that dec can hold'],
  ['hexadecimal seconds after 2106', '/a', { type: 'C', at: 4294967296 }, 'a time that hex can hold'],
];

test.each(refused)('signUrl refuses %s', (_name, url, changed, message) => {
  const given = { ...options, ...changed } as SignOptions;
  if (given.type !== 'A' && !('rand' in changed)) delete given.rand;
  let said = '';
  try {
    signUrl(url, given);
  } catch (error) {
    said = (error as Error).message;
  }
  expect(said).toContain(message);
  expect(said).not.toContain(KEY);
  expect(said).not.toContain('12345');
});

describe('the built package', () => {
  let folder: string;
  beforeAll(async () => {
    await ensureBuilt();
    folder = mkdtempSync(join(tmpdir(), 'edge-auth-consumer-'));
    const installed = join(folder, 'node_modules/edge-auth');
    mkdirSync(join(installed, 'dist'), { recursive: true });
    cpSync(join(root, 'package.json'), join(installed, 'package.json'));
    for (const name of ['sign.js', 'sign.cjs', 'sign.d.ts', 'sign.d.cts'])
      cpSync(join(distFolder, name), join(installed, 'dist', name));
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  const consumers = {
    'consumer.mts': `import { signUrl, type SignOptions } from 'edge-auth/sign';
const options: SignOptions = { type: 'A', key: '${KEY}', at: 1444435200, rand: '0' };
declare const process: { stdout: { write(text: string): void } };
const url: string = signUrl('/video/standard/test.mp4', options);
process.stdout.write(url);
`,
    'consumer.cts': `import sign = require('edge-auth/sign');
declare const process: { stdout: { write(text: string): void } };
process.stdout.write(sign.signUrl('/video/standard/test.mp4', { type: 'A', key: '${KEY}', at: new Date(1444435200000), rand: '0' }));
`,
    'wrong.mts': `import { signUrl } from 'edge-auth/sign';
signUrl('/a', { type: 'E', key: '${KEY}' });
signUrl('/a', { type: 'A' });
signUrl('/a', { type: 'A', key: '${KEY}', at: '2026-01-01' });
`,
  };
  const compile = (name: keyof typeof consumers, ...more: string[]): string => {
    writeFileSync(join(folder, name), consumers[name]);
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const strict = [
      '--strict',
      '--exactOptionalPropertyTypes',
      '--module',
      'node16',
      '--target',
      'es2022',
      '--lib',
      'es2022',
    ];
    try {
      const args = [tsc, ...strict, '--skipLibCheck', 'false', ...more, name];
      return execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  };

  test.each(['consumer.mts', 'consumer.cts'] as const)(
    '%s compiles against its types and signs without any dependency',
    (name) => {
      expect(compile(name)).toBe('');
      const script = name.replace('ts', 'js');
      const options = { cwd: folder, encoding: 'utf8' } as const;
      expect(execFileSync(process.execPath, [script], options)).toBe(`/video/standard/test.mp4?${signedA}`);
    },
    60_000,
  );

  test('its types refuse what no policy has', () => {
    const said = compile('wrong.mts', '--noEmit');
    expect(said.match(/^wrong\.mts\(\d+/gm)).toEqual(['wrong.mts(2', 'wrong.mts(3', 'wrong.mts(4']);
  }, 60_000);

  test('it imports nothing but Node’s crypto', () => {
    for (const name of ['sign.js', 'sign.cjs']) {
      const text = readFileSync(join(distFolder, name), 'utf8');
      const modules = [...text.matchAll(/\bfrom "([^"]+)"|\brequire\("([^"]+)"\)|\bimport\("/g)];
      expect(modules.length).toBeGreaterThan(0);
      for (const [, from, required] of modules) expect(from ?? required).toBe('node:crypto');
    }
  });
});
