import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureBuilt, runCli } from './run-cli';
import { remote, Watched, whyNotStaged } from './watched';

beforeAll(ensureBuilt);

const notStaged = whyNotStaged();
if (notStaged !== undefined) console.warn(`Tests in a mount namespace are left out: ${notStaged}`);
const ways = notStaged === undefined ? [true, false] : [false];

/** Confs that nginx may find: those whose test ended well. */
const good = (edge: Watched): string[] =>
  edge.log.filter((line) => line.startsWith('test 0 ')).map((line) => line.slice('test 0 '.length));

describe.each(ways)('killed, with staging %s', (staged) => {
  let edge: Watched;
  beforeEach(() => (edge = new Watched(staged)));
  afterEach(() => edge.close());

  test('says once whether a conf is tested before nginx can see it', async () => {
    await edge.started();
    expect(edge.output.includes('a new conf is tested before nginx can see it')).toBe(staged);
    expect(edge.output.includes('a new conf lies where nginx finds it while it is tested')).toBe(!staged);
    edge.forget();
    edge.put('a.example.com.json', remote('two.example.com'));
    await edge.says(/reloaded/);
    expect(edge.output).not.toContain('a new conf');
  });

  test('in the middle of a test: the next start puts back what was tested, whatever the policies say then', async () => {
    await edge.started();
    const before = edge.tree();
    writeFileSync(join(edge.root, 'test-takes'), '20');
    edge.forget();
    edge.put('a.example.com.json', remote('two.example.com'));
    while (edge.log.length === 0) await sleep(5);
    if (staged) expect(edge.tree()).toEqual(before);
    await edge.end('SIGKILL');
    if (staged) expect(edge.tree()).toEqual(before);
    else expect(edge.tree()['http.conf']).toContain('two.example.com');
    rmSync(join(edge.root, 'test-takes'));
    edge.put('a.example.com.json', 'broken');
    expect(await edge.once()).toBe(1);
    expect(edge.output.includes('a conf was left behind untested: the one before it is back')).toBe(!staged);
    expect(edge.tree()).toEqual(before);
    edge.put('a.example.com.json', remote('two.example.com'));
    expect(await edge.once()).toBe(0);
    expect(edge.tree()['http.conf']).toContain('two.example.com');
  });

  test('at any instant: what nginx finds, at once or after the next start, passed its test', async () => {
    const moments = 15;
    writeFileSync(join(edge.root, 'test-takes'), '0.03');
    for (let i = 0; i < 20; i++) edge.put(`d${i}.example.com.json`, remote('one.example.com'));
    await edge.started('--debounce', '1');
    const seen = new Set<string>();
    for (let moment = 0; moment < moments; moment++) {
      const isBroken = moment % 3 === 0;
      const more = isBroken ? { tls: { ca_file: '/nowhere/ca.pem' } } : {};
      for (let i = 0; i < 20; i++) edge.put(`d${i}.example.com.json`, remote(`h${moment}.example.com`, more));
      await sleep(7 * moment);
      await edge.end('SIGKILL');
      if (staged) expect(good(edge)).toContain(edge.digest());
      edge.put('broken.example.com.json', '{');
      await edge.once();
      rmSync(join(edge.policies, 'broken.example.com.json'));
      expect(good(edge)).toContain(edge.digest());
      seen.add(edge.digest());
      await edge.started('--debounce', '1');
      expect(good(edge)).toContain(edge.digest());
    }
    expect(seen.size).toBeGreaterThan(1);
  });
});

describe('a folder that others write, too', () => {
  let edge: Watched;
  beforeEach(() => (edge = new Watched()));
  afterEach(() => edge.close());
  const render = () => runCli('render', '--policies', edge.policies, '--out', edge.out);

  test('what render wrote is taken over, with the files of the operator, and stays when the first test fails', async () => {
    expect((await render()).code).toBe(0);
    writeFileSync(join(edge.out, 'servers/mine.conf'), '# mine');
    mkdirSync(join(edge.out, 'servers/more'));
    writeFileSync(join(edge.out, 'servers/more/deep.conf'), '# deep');
    writeFileSync(join(edge.out, 'note.txt'), 'note');
    const before = edge.tree();
    edge.put('a.example.com.json', remote('two.example.com', { tls: { ca_file: '/nowhere/ca.pem' } }));
    expect(await edge.once()).toBe(1);
    expect(edge.output).toContain('[emerg] cannot load certificate "/nowhere/ca.pem"');
    expect(edge.tree()).toEqual(before);
    edge.put('a.example.com.json', remote('two.example.com'));
    edge.put('b.example.com.json', remote('two.example.com'));
    expect(await edge.once()).toBe(0);
    rmSync(join(edge.policies, 'a.example.com.json'));
    expect(await edge.once()).toBe(0);
    const own = { 'servers/mine.conf': '# mine', 'servers/more/deep.conf': '# deep', 'note.txt': 'note' };
    expect(edge.tree()).toMatchObject(own);
    expect(Object.keys(edge.tree()).sort()).toEqual(
      [
        ...Object.keys(own),
        'ask/b.example.com.conf',
        'common/own.conf',
        'common/proxy.conf',
        'edge_auth.js',
        'http.conf',
        'servers/b.example.com.conf',
      ].sort(),
    );
  });

  test('what render writes later is taken over, too', async () => {
    await edge.once();
    edge.put('a.example.com.json', remote('two.example.com'));
    expect((await render()).code).toBe(0);
    const rendered = edge.tree();
    expect(await edge.once()).toBe(0);
    expect(edge.output).toContain('start: the conf is the same, tested and reloaded');
    expect(edge.tree()).toEqual(rendered);
    edge.put('a.example.com.json', remote('three.example.com', { tls: { ca_file: '/nowhere/ca.pem' } }));
    expect(await edge.once()).toBe(1);
    expect(edge.tree()).toEqual(rendered);
  });

  test('the same files as render writes', async () => {
    edge.put('s.example.com.json', JSON.stringify({ url_signing: { type: 'A', key1: 'some-key-1' } }));
    await edge.once();
    const watched = edge.tree();
    rmSync(edge.out, { recursive: true });
    await render();
    expect(watched).toEqual(edge.tree());
  });
});
