// Runs `node dist/cli.js` as an operator does.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, runCli } from './run-cli';

let work: string;
let policies: string;
let out: string;
beforeAll(ensureBuilt, 60_000);
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'edge-auth-cli-'));
  policies = join(work, 'policies');
  out = join(work, 'out');
  mkdirSync(policies);
});
afterEach(() => rmSync(work, { recursive: true }));

const put = (domain: string, policy: unknown) =>
  writeFileSync(
    join(policies, `${domain}.json`),
    typeof policy === 'string' ? policy : JSON.stringify(policy),
  );
const good = { remote_auth: { auth_server: 'http://auth.example.com' } };
const render = (...more: string[]) => runCli('render', '--policies', policies, '--out', out, ...more);
const treeOf = (folder: string) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

const contentsOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'utf8')])
    .sort();

describe('help', () => {
  test.each([
    [['--help'], /Usage: edge-auth[^]*render[^]*check/],
    [['help'], /Usage: edge-auth[^]*render[^]*check/],
    [
      ['render', '--help'],
      /Usage: edge-auth render[^]*--policies[^]*--out[^]*--prefix[^]*--decider[^]*--njs-version[^]*--wiring/,
    ],
    [['check', '--help'], /Usage: edge-auth check[^]*--policies[^]*--probe/],
  ])('%j prints it and ends with 0', async (args, text) => {
    const { code, stdout, stderr } = await runCli(...args);
    expect(stdout).toMatch(text);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });
});

describe('a wrong command line is refused with 1, says what is wrong, and writes nothing', () => {
  const complete = ['--policies', 'P', '--out', 'O'];
  test.each<[string, string[], string]>([
    ['no command', [], 'Usage: edge-auth'],
    ['an unknown command', ['rendr'], "unknown command 'rendr'"],
    ['an unknown option', ['check', '--policies', 'P', '--prob'], "unknown option '--prob'"],
    ['a missing --policies', ['check'], "required option '--policies <dir>' not specified"],
    ['a missing --out', ['render', '--policies', 'P'], "required option '--out <dir>' not specified"],
    ['an option without its value', ['check', '--policies'], "option '--policies <dir>' argument missing"],
    ['an argument too many', ['check', '--policies', 'P', 'more'], 'too many arguments'],
    ['an unknown wiring', ['render', ...complete, '--wiring', 'both'], 'Allowed choices are hop, inline'],
    [
      'an njs version of two numbers',
      ['render', ...complete, '--njs-version', '0.8'],
      'expected three numbers, such as 0.8.9',
    ],
    [
      'an njs version with a word',
      ['render', ...complete, '--njs-version', 'v0.8.9'],
      'expected three numbers',
    ],
    ['a relative prefix', ['render', ...complete, '--prefix', 'edge-auth'], 'expected an absolute path'],
    [
      'a prefix with conf syntax',
      ['render', ...complete, '--prefix', '/etc/nginx;x'],
      'expected an absolute path',
    ],
    [
      'a prefix with a variable',
      ['render', ...complete, '--prefix', '/etc/$host'],
      'expected an absolute path',
    ],
    [
      'a prefix with a line break',
      ['render', ...complete, '--prefix', '/etc\n/x'],
      'expected an absolute path',
    ],
    [
      'a prefix that is nothing but slashes',
      ['render', ...complete, '--prefix', '//'],
      'expected an absolute path',
    ],
    [
      'a decider on every address',
      ['render', ...complete, '--decider', '0.0.0.0:9080'],
      'or a loopback address with a port',
    ],
    [
      'a decider by name',
      ['render', ...complete, '--decider', 'localhost:9080'],
      'or a loopback address with a port',
    ],
    [
      'a decider without a port',
      ['render', ...complete, '--decider', '127.0.0.1'],
      'or a loopback address with a port',
    ],
    [
      'a decider with conf syntax',
      ['render', ...complete, '--decider', 'unix:/run/a;b'],
      'or a loopback address with a port',
    ],
    [
      'a decider with a line break at its end',
      ['render', ...complete, '--decider', 'unix:/run/a\n'],
      'or a loopback address with a port',
    ],
    [
      'a decider on port 0',
      ['render', ...complete, '--decider', '127.0.0.1:0'],
      'or a loopback address with a port',
    ],
    [
      'a decider on port 65536',
      ['render', ...complete, '--decider', '127.0.0.1:65536'],
      'or a loopback address with a port',
    ],
    [
      'a decider on an address that is none',
      ['render', ...complete, '--decider', '127.0.0.256:9080'],
      'or a loopback address with a port',
    ],
    [
      'a socket path that is longer than sockets take',
      ['render', ...complete, '--decider', `unix:/${'a'.repeat(107)}`],
      'or a loopback address with a port',
    ],
  ])('%s', async (_name, args, message) => {
    put('a.example.com', good);
    const real = args.map((arg) => (arg === 'P' ? policies : arg === 'O' ? out : arg));
    const { code, stdout, stderr } = await runCli(...real);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(code).toBe(1);
    expect(treeOf(work)).toEqual(['policies', 'policies/a.example.com.json']);
  });
});

describe('check', () => {
  test('says how many policies have no problem and ends with 0', async () => {
    put('a.example.com', good);
    expect(await runCli('check', '--policies', policies)).toEqual({
      code: 0,
      stdout: 'edge-auth: 1 policy checked, no problem\n',
      stderr: '',
    });
    put('b.example.com', { enabled: false });
    expect((await runCli('check', '--policies', policies)).stdout).toBe(
      'edge-auth: 2 policies checked, no problem\n',
    );
  });

  test('prints every problem of every file on stderr, a line each, and ends with 1', async () => {
    put('a.example.com', { remote_auth: { auth_server: 'ftp://x', timeout_ms: 0, keep_arg: 'all' } });
    put('b.example.com', '{"remote_auth": {');
    put('c.example.com', good);
    put('d.example.com', {
      remote_auth: { auth_server: 'http://a', failure_action: { deny: 200 }, 'x\n/~y': 1 },
    });
    const { code, stdout, stderr } = await runCli('check', '--policies', policies);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    const lines = stderr.trimEnd().split('\n');
    for (const line of lines) {
      expect(line).toMatch(/^\/\S+\/[abd]\.example\.com\.json: (?:\/\S+: )?expected .+, received .+$/);
    }
    const shown = lines.map((line) => line.slice(policies.length + 1).split(': expected')[0]);
    expect(shown.sort()).toEqual([
      'a.example.com.json: /remote_auth/auth_server',
      'a.example.com.json: /remote_auth/keep_arg',
      'a.example.com.json: /remote_auth/timeout_ms',
      expect.stringMatching(/^b\.example\.com\.json/),
      'd.example.com.json: /remote_auth/failure_action/deny',
      'd.example.com.json: /remote_auth/x\\u{a}~1~0y',
    ]);
  });

  test('reports a folder that is missing', async () => {
    const { code, stderr } = await runCli('check', '--policies', join(work, 'none'));
    expect(stderr).toMatch(/^\/\S+\/none: expected a readable folder of policies, received ENOENT.*\n$/);
    expect(code).toBe(1);
  });
});

describe('render', () => {
  test('writes the conf and says so', async () => {
    put('a.example.com', good);
    expect(await render()).toEqual({
      code: 0,
      stdout: `edge-auth: 1 policy rendered to ${out}\n`,
      stderr: '',
    });
    expect(treeOf(out)).toEqual([
      'ask',
      'ask/a.example.com.conf',
      'common',
      'common/own.conf',
      'common/proxy.conf',
      'edge_auth.js',
      'http.conf',
      'servers',
      'servers/a.example.com.conf',
    ]);
    expect(readFileSync(join(out, 'http.conf'), 'utf8')).toContain(
      `js_import edge_auth from ${out}/edge_auth.js;`,
    );
  });

  test('leaves the old conf as it is where one policy of many is broken', async () => {
    put('a.example.com', good);
    await render();
    const before = contentsOf(out);
    put('a.example.com', { remote_auth: { auth_server: 'http://other.example.com' } });
    put('b.example.com', { remote_auth: {} });
    const { code, stdout, stderr } = await render();
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('b.example.com.json: /remote_auth/auth_server: expected');
    expect(stderr).toContain(`edge-auth: nothing written, ${out} is as it was\n`);
    expect(contentsOf(out)).toEqual(before);
  });

  test('takes every option', async () => {
    put('a.example.com', good);
    const more = [
      '--prefix',
      '/etc/nginx/edge-auth/',
      '--decider',
      '127.0.0.1:9080',
      '--njs-version',
      '1.0.2',
      '--wiring',
      'hop',
    ];
    expect(await render(...more)).toMatchObject({ code: 0, stderr: '' });
    const http = readFileSync(join(out, 'http.conf'), 'utf8');
    expect(http).toContain('js_import edge_auth from /etc/nginx/edge-auth/edge_auth.js;');
    expect(http).toContain('127.0.0.1:9080');
    expect(http).toContain('js_shared_dict_zone');
  });

  test('names the option that helps where the folder has a name that conf cannot hold', async () => {
    put('a.example.com', good);
    out = join(work, 'with space');
    const { code, stderr } = await render();
    expect(code).toBe(1);
    expect(stderr).toContain('--prefix');
    expect(await render('--prefix', '/etc/nginx/edge-auth')).toMatchObject({ code: 0 });
  });

  test('reports a folder that cannot be written, without a stack', async () => {
    put('a.example.com', good);
    writeFileSync(out, 'a file');
    const { code, stderr } = await render();
    expect(stderr).toMatch(/^edge-auth: .*(?:EEXIST|ENOTDIR).*\n$/);
    expect(code).toBe(1);
  });
});
