// The command line asks an nginx, here a script that says what real ones say.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findEdge } from '../../../src/cli/find-edge';
import { noModule, notBuiltIn, said, type Said, unseen } from './nginx-says';
import { ensureBuilt, runCli, runCliBeside } from './run-cli';

const templates = join(__dirname, '../../../nginx');
const trixie = said['Debian trixie: nginx 1.26.3, njs 0.8.9']!;
let work: string;
let policies: string;
let out: string;

beforeAll(ensureBuilt);
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'edge-auth-fake-'));
  policies = join(work, 'policies');
  out = join(work, 'out');
  mkdirSync(policies);
  writeFileSync(
    join(policies, 'a.example.com.json'),
    '{ "remote_auth": { "auth_server": "http://10.0.0.1" } }',
  );
});
afterEach(() => rmSync(work, { recursive: true }));

/** Writes an nginx that answers so, and that keeps its arguments and the confs that it is shown. Returns its path. */
function fake(answers: Partial<Said & { whole: string }>, loads = answers.releases): string {
  for (const [name, text] of Object.entries({
    versions: '',
    releases: '',
    notice: '',
    loads: loads ?? '',
    whole: '',
    ...answers,
  }))
    writeFileSync(join(work, name), text);
  const file = join(work, 'nginx');
  const script = `#!/bin/sh
echo "$@" >> ${work}/calls
if [ "$1" = -V ]; then cat ${work}/versions >&2; exit 0; fi
if [ "$1" = -T ]; then cat ${work}/whole; exit 0; fi
cat "$7" >> ${work}/confs
ls -ld "$5" "$5"/* >> ${work}/seen
if grep -q js_periodic "$7"; then
  if grep -q '^load_module' "$7"; then cat ${work}/loads >&2; else cat ${work}/releases >&2; fi
else cat ${work}/notice >&2; fi
exit 1
`;
  writeFileSync(file, script, { mode: 0o755 });
  return file;
}
const calls = () => readFileSync(join(work, 'calls'), 'utf8').trimEnd().split('\n');
const render = (...more: string[]) => runCli('render', '--policies', policies, '--out', out, ...more);
/** With the fake nginx as the one of the path. */
const renderHere = (...more: string[]) =>
  runCliBeside(work, 'render', '--policies', policies, '--out', out, ...more);
const head = () => readFileSync(join(out, 'http.conf'), 'utf8').split('\n')[0]!;

describe('findEdge', () => {
  test.each(Object.entries(said))('tells the njs of %s', async (name, answers) => {
    const found = await findEdge(fake(answers), templates);
    expect(found.problem).toBeUndefined();
    const oldest: Record<string, string> = {
      '0.8.5': '0.8.1',
      '0.8.8': '0.8.6',
      '0.9.0': '0.8.9',
      '0.9.4': '0.9.1',
      '1.0.2': '0.9.9',
    };
    const njs = /njs (\S+)$/.exec(name)![1]!;
    expect(found.facts.njsVersion?.join('.')).toBe(oldest[njs] ?? njs);
  });

  test('only asks: -V, -t of a conf in a folder that is gone afterwards, and -T', async () => {
    await findEdge(fake(trixie), templates);
    expect(calls()).toEqual([
      '-V',
      expect.stringMatching(/^-t -e stderr -p (\S+) -c \1\/nginx\.conf$/),
      expect.stringMatching(/^-t -e stderr -p (\S+) -c \1\/nginx\.conf$/),
      '-T -e stderr',
    ]);
    const folder = calls()[1]!.split(' ')[4]!;
    expect(folder.startsWith(tmpdir())).toBe(true);
    expect(() => readdirSync(folder)).toThrow('ENOENT');
    // Another user may be the one who runs nginx.
    expect(readFileSync(join(work, 'seen'), 'utf8')).toMatch(/^drwxr-xr-x .*\n-rw-r--r-- .*\n-rw-r--r-- /);
  });

  test('shows nginx no conf that passes, and no address that it could listen on', async () => {
    await findEdge(fake(trixie), templates);
    const confs = readFileSync(join(work, 'confs'), 'utf8');
    expect(confs.match(/^ *edge_auth_end;$/gm)).toHaveLength(2);
    expect(new Set(confs.match(/listen .*/g))).toEqual(new Set(['listen unix:/nonexistent/edge-auth.sock;']));
    expect(confs).toContain('\nload_module /usr/lib/nginx/modules/ngx_http_js_module.so;\n');
  });

  test('takes an njs that is built in where no module can be loaded', async () => {
    const { facts } = await findEdge(fake(trixie, noModule), templates);
    expect(facts.njsVersion).toEqual([0, 8, 9]);
  });

  test.each([
    [
      'without njs',
      { ...trixie, releases: notBuiltIn },
      noModule,
      'dlopen() "/usr/lib/nginx/modules/ngx_http_js_module.so" failed',
    ],
    ['that does not see the folder', trixie, unseen, 'open() "/tmp/edge-auth-nginx-x/nginx.conf" failed'],
    ['that says nothing', trixie, '', 'nginx -t ended with 1'],
  ])('says what is wrong with an nginx %s, and keeps what -V said', async (_name, answers, loads, text) => {
    const { facts, problem } = await findEdge(fake(answers, loads), templates);
    expect(problem).toEqual({ text: expect.stringContaining(text) as string, isThere: true });
    expect(facts).toMatchObject({ nginxVersion: [1, 26, 3], hasSecureLink: true });
    expect(facts.njsVersion).toBeUndefined();
  });

  test.each([
    ['is not there', '/nonexistent/nginx', /^\/nonexistent\/nginx -V ended with 127: .*not found$/],
    ['is no nginx', 'echo', 'echo -V ended with 0: -V'],
    ['is no command', "'", /^' -V ended with 2: /],
  ])('says so where it %s', async (_name, command, text) => {
    const { facts, problem } = await findEdge(command, templates);
    expect(facts).toEqual({});
    expect(problem?.isThere).toBe(false);
    expect(problem?.text).toMatch(text);
  });

  test('kills one that hangs, with all that it started', async () => {
    const file = join(work, 'hangs');
    writeFileSync(file, `#!/bin/sh\nsleep 300 & echo $! > ${work}/pid\nwait\n`, { mode: 0o755 });
    const { problem } = await findEdge(file, templates, 300);
    expect(problem?.text).toContain('was killed after 300 ms');
    const pid = Number(readFileSync(join(work, 'pid'), 'utf8'));
    expect(isRunning(pid)).toBe(false);
  });
});

/** A process that was killed and that nobody has waited for yet is not running. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('render', () => {
  test('writes what it found into each file, and renders for it', async () => {
    expect(await render('--nginx', fake(trixie))).toMatchObject({ code: 0, stderr: '' });
    expect(head()).toMatch(
      /^# Made by edge-auth render \d+\.\d+\.\d+ --wiring hop for nginx 1\.26\.3, njs 0\.8\.9 or later \(found by nginx -t\): changes are lost at the next render\.$/,
    );
    const confs = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.conf'),
    );
    expect(confs.length).toBeGreaterThanOrEqual(3);
    for (const conf of confs) expect(readFileSync(join(out, conf), 'utf8').split('\n')[0]).toBe(head());
    expect(readFileSync(join(out, 'http.conf'), 'utf8')).toContain('js_shared_dict_zone');
  });

  test('asks the nginx of the path, and writes the same bytes each time', async () => {
    fake(trixie);
    const read = () =>
      readdirSync(out, { recursive: true, encoding: 'utf8' })
        .sort()
        .flatMap((name) => (name.includes('.') ? [name, readFileSync(join(out, name), 'utf8')] : []));
    await renderHere();
    const first = read();
    await renderHere();
    expect(read()).toEqual(first);
    expect(head()).toContain('njs 0.8.9 or later (found by nginx -t)');
  });

  describe('beside a secure_link of the operator', () => {
    const signed = '{ "url_signing": { "type": "A", "key1": "primary-key-4f1d08" } }';
    const whole = (own: string, ours = '') =>
      `nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n# configuration file /etc/nginx/nginx.conf:\n${own}\n\n` +
      `# configuration file /etc/nginx/edge-auth/servers/a.conf:\n# Made by edge-auth render 0.4.0: …\n${ours}\n`;
    const guard = async (text: string) => {
      writeFileSync(join(policies, 's.example.com.json'), signed);
      expect(await render('--nginx', fake({ ...trixie, whole: text }))).toMatchObject({
        code: 0,
        stderr: '',
      });
      return readFileSync(join(out, 'servers/s.example.com.conf'), 'utf8');
    };

    test.each([
      'location /own { secure_link $arg_md5,$arg_e; secure_link_md5 "$uri key"; }',
      'server {\n    location /p/ {\n        secure_link_secret word;\n    }\n}',
      '\tsecure_link $arg_md5;',
    ])('JavaScript checks every signature: %j', async (own) => {
      expect(await guard(whole(own))).not.toMatch(/^ *secure_link /m);
    });

    test.each([
      ['', ''],
      ['# secure_link $arg_md5; once', ''],
      ['add_header X $secure_link;', 'secure_link $edge_auth_token;\nsecure_link_md5 "x";'],
    ])('nginx checks: %j, and %j of ours', async (own, ours) => {
      expect(await guard(whole(own, ours))).toMatch(/^ *secure_link /m);
    });
  });

  test('runs a command with arguments, as a shell does', async () => {
    const file = fake(trixie);
    expect(await render('--nginx', `env LANG=C "${file}"`)).toMatchObject({ code: 0, stderr: '' });
    expect(head()).toContain('found by nginx -t');
  });

  test.each<[string, string[], string]>([
    ['where nobody is to be asked', ['--nginx', 'none'], 'no nginx asked'],
    ['where nobody is to be asked, in the other spelling', ['--no-nginx'], 'no nginx asked'],
    ['where the files go elsewhere', ['--prefix', '/etc/nginx/edge-auth'], 'the edge is elsewhere'],
  ])('asks nobody %s, and says what it assumed', async (_name, args, reason) => {
    fake(trixie);
    const ended = await renderHere(...args);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(() => calls()).toThrow('ENOENT');
    expect(head()).toContain(
      `for njs 0.7.9 or later (assumed, ${reason}: --njs-version or --nginx may spare`,
    );
    expect(readFileSync(join(out, 'http.conf'), 'utf8')).not.toContain('js_shared_dict_zone');
  });

  test('asks for files that go elsewhere where it is told whom', async () => {
    await render('--prefix', '/etc/nginx/edge-auth', '--nginx', fake(trixie));
    expect(head()).toContain('njs 0.8.9 or later (found by nginx -t)');
  });

  test('refuses an nginx that is named and has no njs, and writes nothing', async () => {
    const ended = await render('--nginx', fake({ ...trixie, releases: notBuiltIn }, noModule));
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toContain(
      'edge-auth: expected an nginx with njs behind --nginx, received: dlopen() "/usr',
    );
    expect(() => readdirSync(out)).toThrow('ENOENT');
  });

  test('says so where the nginx of the path has no njs, and renders what suits all', async () => {
    fake({ ...trixie, releases: notBuiltIn }, noModule);
    const ended = await renderHere();
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('edge-auth: which njs nginx has is not known: dlopen()');
    expect(head()).toContain('for nginx 1.26.3, njs 0.7.9 or later (assumed, nginx did not tell:');
  });

  test.each([
    ['0.8.9', ''],
    ['0.9.0', ''],
    ['0.8.8', 'which is njs 0.8.9 or later, before 0.9.1'],
    ['1.0.2', 'which is njs 0.8.9 or later, before 0.9.1'],
  ])('warns where --njs-version %s is not what nginx has: %j', async (given, warning) => {
    const { code, stderr } = await render('--nginx', fake(trixie), '--njs-version', given);
    expect(code).toBe(0);
    if (warning === '') expect(stderr).toBe('');
    else expect(stderr).toContain(`edge-auth: --njs-version ${given} is not what nginx has, ${warning}:`);
    expect(head()).toContain(`--wiring hop --njs-version ${given}: changes are lost`);
  });

  test.each(['9.9.9', '1.30.6', '0.7.13'])('refuses --njs-version %s', async (given) => {
    const { code, stderr } = await render('--njs-version', given);
    expect(code).toBe(1);
    expect(stderr).toMatch(/--njs-version.*(?:release of njs)/);
  });

  test('removes what it and 0.4.0 have rendered and it does not any more, and nothing else', async () => {
    await render('--no-nginx');
    const servers = join(out, 'servers');
    const content = {
      'before.conf': '# Made by edge-auth render: changes are lost at the next render.\n',
      'now.conf': `${head()}\n`,
      'mine.conf': '# Not made by edge-auth render\n',
    };
    for (const [name, text] of Object.entries(content)) writeFileSync(join(servers, name), text);
    await render('--no-nginx');
    expect(readdirSync(servers).sort()).toEqual(['a.example.com.conf', 'mine.conf']);
  });

  test('writes no secret into a head', async () => {
    writeFileSync(join(work, 'tokens'), 'write the-secret-token-of-32-characters-x\n');
    const ended = await render('--no-nginx', '--api', '127.0.0.1:9181', '--api-tokens', join(work, 'tokens'));
    expect(ended).toMatchObject({ code: 0 });
    expect(head()).toContain('--wiring hop --api 127.0.0.1:9181 for njs');
    expect(head()).not.toMatch(/token|write|[0-9a-f]{16}/);
  });
});
