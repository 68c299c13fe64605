import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureBuilt, runCli } from './run-cli';
import { remote, Watched } from './watched';

let edge: Watched;
beforeAll(ensureBuilt);
beforeEach(() => (edge = new Watched()));
afterEach(() => edge.close());

/** The auth request of a domain, and the servers that all of them ask. */
const ask = (domain = 'a.example.com') =>
  ['http.conf', `ask/${domain}.conf`].map((path) => readFileSync(join(edge.out, path), 'utf8')).join('');

test('starts with a pass, and ends with 0 on SIGTERM and SIGINT', async () => {
  await edge.started();
  expect(edge.output).toMatch(/^\S+Z start: \d+ conf files? changed, tested and reloaded$/m);
  expect(edge.log).toEqual([
    expect.stringMatching(/^begin/),
    `test 0 ${edge.digest()}`,
    `reload ${edge.digest()}`,
  ]);
  expect(await edge.end()).toEqual({ code: 0, ms: expect.any(Number) as number });
  expect((await (await edge.started()).end('SIGINT')).code).toBe(0);
});

test('ends at once in the middle of a test, and the old conf stays', async () => {
  await edge.started();
  const before = edge.tree();
  writeFileSync(join(edge.root, 'test-takes'), '30');
  edge.forget();
  edge.put('a.example.com.json', remote('two.example.com'));
  while (edge.log.length === 0) await sleep(10);
  const { code, ms } = await edge.end();
  expect(code).toBe(0);
  expect(ms).toBeLessThan(1_500);
  expect(edge.tree()).toEqual(before);
});

test('a second start on the same conf reloads nothing, and --once says whether the conf is loaded', async () => {
  expect(await edge.once()).toBe(0);
  edge.forget();
  expect(await edge.once()).toBe(0);
  expect(edge.output).toContain('start: the conf stays as it is, no reload');
  expect(edge.log).toEqual([]);
  edge.put('a.example.com.json', '{');
  expect(await edge.once()).toBe(1);
});

describe('a change is noticed that is made by', () => {
  const next = remote('two.example.com');
  const ways: [string, () => void, Partial<{ cause: RegExp; prepare: () => void }>?][] = [
    ['writing in place', () => edge.put('a.example.com.json', next)],
    [
      'renaming into place',
      () => {
        edge.put('.a.tmp', next);
        renameSync(join(edge.policies, '.a.tmp'), join(edge.policies, 'a.example.com.json'));
      },
    ],
    [
      'an equal length and an old time stamp',
      () => {
        const file = join(edge.policies, 'a.example.com.json');
        edge.put('a.example.com.json', remote('two.example.com'));
        utimesSync(file, 1, 1);
      },
    ],
    ['a new file', () => edge.put('b.example.com.json', next), { cause: /b\.example\.com\.json new/ }],
    [
      'removing a file',
      () => rmSync(join(edge.policies, 'z.example.com.json')),
      { prepare: () => edge.put('z.example.com.json', next), cause: /z\.example\.com\.json gone/ },
    ],
    [
      'a hundred files at once',
      () => {
        for (let i = 0; i < 100; i++) edge.put(`d${i}.example.com.json`, next);
      },
      { cause: /and 9\d more: / },
    ],
    [
      'the swap of a link, as Kubernetes does for a ConfigMap',
      () => {
        mkdirSync(join(edge.policies, '..2'));
        edge.put('..2/a.example.com.json', next);
        symlinkSync('..2', join(edge.policies, '..data_tmp'));
        renameSync(join(edge.policies, '..data_tmp'), join(edge.policies, '..data'));
        rmSync(join(edge.policies, '..1'), { recursive: true });
      },
      {
        prepare: () => {
          mkdirSync(join(edge.policies, '..1'));
          renameSync(
            join(edge.policies, 'a.example.com.json'),
            join(edge.policies, '..1/a.example.com.json'),
          );
          symlinkSync('..1', join(edge.policies, '..data'));
          symlinkSync('..data/a.example.com.json', join(edge.policies, 'a.example.com.json'));
        },
      },
    ],
    [
      'the swap of the whole folder',
      () => {
        mkdirSync(join(edge.root, 'release-2'));
        writeFileSync(join(edge.root, 'release-2/a.example.com.json'), next);
        symlinkSync('release-2', join(edge.root, 'link'));
        renameSync(join(edge.root, 'link'), edge.policies);
      },
      {
        prepare: () => {
          renameSync(edge.policies, join(edge.root, 'release-1'));
          symlinkSync('release-1', edge.policies);
        },
      },
    ],
    [
      'writing behind a link, where the kernel says nothing',
      () => writeFileSync(join(edge.root, 'elsewhere.json'), next),
      {
        prepare: () => {
          renameSync(join(edge.policies, 'a.example.com.json'), join(edge.root, 'elsewhere.json'));
          symlinkSync('../elsewhere.json', join(edge.policies, 'a.example.com.json'));
        },
      },
    ],
  ];
  test.each(ways)('%s', async (_, change, { cause = /a\.example\.com\.json changed/, prepare } = {}) => {
    prepare?.();
    await edge.started('--poll', '100');
    edge.forget();
    change();
    await edge.says(/reloaded/);
    expect(edge.output).toMatch(cause);
    expect(edge.reloads).toBe(1);
    expect(edge.log.at(-1)).toBe(`reload ${edge.digest()}`);
  });
});

describe('files that a policy names', () => {
  test('a key file: written anew, and removed', async () => {
    writeFileSync(join(edge.root, 'key'), 'first-key-1\n');
    edge.put('s.example.com.json', JSON.stringify({ url_signing: { type: 'A', key_file: '../key' } }));
    await edge.started('--poll', '100');
    edge.forget();
    writeFileSync(join(edge.root, 'key'), 'other-key-2\n');
    await edge.says(/key changed: 1 conf file changed, tested and reloaded/);
    expect(edge.tree()['keys/s.example.com.conf']).toContain('other-key-2');
    rmSync(join(edge.root, 'key'));
    await edge.says(/key changed: nothing written, the old conf stays: 1 problem[^]*key_file/);
    writeFileSync(join(edge.root, 'key'), 'other-key-3\n');
    await edge.says(
      /key changed: 1 conf file changed, tested and reloaded[^]*key changed[^]*key changed: 1 conf/,
    );
    expect(edge.output).not.toMatch(/-key-\d/);
  });

  test('a ca_file: its absence is told in the words of nginx, and it goes live when it is there; a renewed one is loaded', async () => {
    const ca = join(edge.root, 'ca.pem');
    await edge.started('--poll', '100');
    const before = edge.tree();
    edge.forget();
    edge.put('a.example.com.json', remote('two.example.com', { tls: { ca_file: ca } }));
    await edge.says(/test failed/);
    expect(edge.output).toMatch(
      /a\.example\.com\.json changed: the old conf stays: \S+nginx -t ended with 1\n/,
    );
    expect(edge.output).toContain(`  nginx: [emerg] cannot load certificate "${ca}"`);
    expect(edge.tree()).toEqual(before);
    expect(edge.reloads).toBe(0);
    writeFileSync(ca, 'PEM 1');
    await edge.says(/ca\.pem changed: \d conf files? changed, tested and reloaded/);
    writeFileSync(ca, 'PEM 2');
    await edge.says(/ca\.pem changed: the conf is the same, tested and reloaded/);
    expect(edge.reloads).toBe(2);
  });
});

describe('what is refused', () => {
  test('one broken policy among many: nothing is written, each problem is told once, and the mended file goes live', async () => {
    await edge.started();
    const before = edge.tree();
    edge.forget();
    edge.put('b.example.com.json', remote('two.example.com'));
    edge.put('c.example.com.json', remote('two.example.com', { timeout_ms: 0 }));
    await edge.says(/timeout_ms/);
    expect(edge.output).toMatch(
      /new: nothing written, the old conf stays: 1 problem\n.*c\.example\.com\.json: \/remote_auth\/timeout_ms: expected .*, received 0/,
    );
    edge.forget();
    edge.put('b.example.com.json', remote('three.example.com'));
    await edge.says(/b\.example\.com\.json changed: .*, as before\n/);
    expect(edge.output).not.toContain('timeout_ms');
    expect(edge.tree()).toEqual(before);
    expect(edge.log).toEqual([]);
    edge.put('c.example.com.json', remote('two.example.com'));
    await edge.says(/c\.example\.com\.json changed: .*reloaded/);
    expect(ask('b.example.com')).toContain('three.example.com');
  });

  test('a test that never ends is killed with all that it started', async () => {
    await edge.started('--command-timeout', '1000');
    const before = edge.tree();
    writeFileSync(join(edge.root, 'test-takes'), '31.4159');
    edge.put('a.example.com.json', remote('two.example.com'));
    await edge.says(/the old conf stays: \S+nginx -t was killed after 1000 ms/);
    expect(edge.tree()).toEqual(before);
    expect((await runProgram('pgrep', '-f', 'sleep 31.4159')).trim()).toBe('');
  });

  test('a reload that fails leaves the tested conf in place, and is tried again', async () => {
    await edge.started();
    writeFileSync(join(edge.root, 'reload-fails'), '');
    edge.forget();
    edge.put('a.example.com.json', remote('two.example.com'));
    await edge.says(
      /in place, not loaded: \S+nginx -s reload ended with 1\n {2}nginx: \[error\] invalid PID/,
    );
    expect(ask()).toContain('two.example.com');
    rmSync(join(edge.root, 'reload-fails'));
    edge.forget();
    await edge.says(/tried again: the conf is the same, tested and reloaded/, 15_000);
    expect(edge.reloads).toBe(1);
  });

  test('a watch beside another on the same folder', async () => {
    await edge.started();
    const { pid } = edge;
    const second = await runCli('watch', '--policies', edge.policies, '--out', edge.out, '--reload', 'true');
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(
      `expected no other edge-auth watch on this --out, received process ${pid}`,
    );
    await edge.end('SIGKILL');
    expect(await edge.once()).toBe(0);
  });
});

describe('no reload', () => {
  test.each([
    [
      'for a file that is written again',
      () => edge.put('a.example.com.json', remote('one.example.com')),
      undefined,
    ],
    [
      'for a policy that says the same in other words',
      () => edge.put('a.example.com.json', `${remote('one.example.com')}\n`),
      /a\.example\.com\.json changed: the conf stays as it is, no reload/,
    ],
    ['for files that are no policies', () => edge.put('README.md', 'x'), undefined],
  ])('%s', async (_, change, expected) => {
    await edge.started('--poll', '100');
    edge.forget();
    change();
    if (expected) await edge.says(expected);
    else await sleep(800);
    expect(edge.output === '').toBe(expected === undefined);
    expect(edge.log).toEqual([]);
  });

  test('for a key that live policies read from their compiled copy', async () => {
    const signing = (key1: string) => JSON.stringify({ url_signing: { type: 'A', key1 } });
    edge.put('s.example.com.json', signing('first-key-1'));
    writeFileSync(join(edge.root, 'tokens'), `write ${'t'.repeat(20)}\n`);
    const api = [
      '--api',
      '127.0.0.1:9181',
      '--api-tokens',
      join(edge.root, 'tokens'),
      '--njs-version',
      '0.8.9',
    ];
    await edge.started(...api);
    edge.forget();
    edge.put('s.example.com.json', signing('other-key-2'));
    await edge.says(/s\.example\.com\.json changed: the conf stays as it is, no reload/);
    expect(readFileSync(join(edge.policies, '.live/s.example.com'), 'utf8')).toContain('other-key-2');
    expect(edge.log).toEqual([]);
    writeFileSync(join(edge.root, 'tokens'), `write ${'u'.repeat(20)}\n`);
    await edge.says(/tokens changed: 1 conf file changed, tested and reloaded/);
    edge.forget();
    edge.put('a.example.com.json', remote('two.example.com'));
    await edge.says(/a\.example\.com\.json changed: .*reloaded/);
  });
});

async function runProgram(...args: string[]): Promise<string> {
  const { spawnSync } = await import('node:child_process');
  return spawnSync(args[0]!, args.slice(1), { encoding: 'utf8' }).stdout;
}
