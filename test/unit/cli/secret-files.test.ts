// Which of the files that render and watch write others may read: none that holds a key, or what a policy adds to an auth request.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, runCli } from './run-cli';
import { Watched } from './watched';

const secrets = ['s3cretOfAnArgument', 's3cretOfAHeader', 's3cretPrimary', 's3cretSecondary'];
const [ofArgument, ofHeader, key1, key2] = secrets as [string, string, string, string];
const policy = JSON.stringify({
  url_signing: { type: 'A', key1, key2 },
  remote_auth: {
    auth_server: 'http://10.0.0.1/auth',
    add_args: { key: ofArgument },
    add_headers: { 'X-Api-Key': ofHeader },
  },
});

beforeAll(ensureBuilt);

/** Files below a folder that hold a secret, with their mode; the secrets that were found. */
function secretsIn(folder: string): { modes: Record<string, string>; found: string[] } {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const holding = files.filter((file) => secrets.some((one) => readFileSync(file, 'utf8').includes(one)));
  const texts = holding.map((file) => readFileSync(file, 'utf8')).join('\n');
  const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);
  // Watch puts each conf into a folder of its own.
  const nameOf = (file: string): string => file.slice(folder.length + 1).replace(/^\.watch\/gen\/\d+\//, '');
  return {
    modes: Object.fromEntries(holding.map((file) => [nameOf(file), modeOf(file)])),
    found: secrets.filter((one) => texts.includes(one)),
  };
}

const openAll = (folder: string): void => {
  for (const path of Object.keys(secretsIn(folder).modes)) chmodSync(join(folder, path), 0o644);
};

const expected = {
  modes: { 'ask/a.example.com.conf': '600', 'keys/a.example.com.conf': '600' },
  found: secrets,
};

describe('render', () => {
  let root: string;
  let out: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'edge-auth-secret-'));
    out = join(root, 'out');
    mkdirSync(join(root, 'policies'));
    writeFileSync(join(root, 'policies/a.example.com.json'), policy, { mode: 0o600 });
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const render = (wiring: string) =>
    runCli('render', '--policies', join(root, 'policies'), '--out', out, '--wiring', wiring);

  test.each(['hop', 'inline'])('writes what holds a secret for its owner alone, %s', async (wiring) => {
    await render(wiring);
    expect(secretsIn(out)).toEqual(expected);
  });

  test('takes back what an earlier release left readable', async () => {
    await render('hop');
    openAll(out);
    await render('hop');
    expect(secretsIn(out)).toEqual(expected);
  });
});

describe('watch', () => {
  let edge: Watched;
  beforeEach(() => {
    edge = new Watched();
    edge.put('a.example.com.json', policy);
  });
  afterEach(() => edge.close());

  test('writes what holds a secret for its owner alone', async () => {
    expect(await edge.once()).toBe(0);
    expect(secretsIn(edge.out)).toEqual(expected);
  });

  test('takes back what an earlier release left readable, though its content is the same', async () => {
    expect(await edge.once()).toBe(0);
    openAll(edge.out);
    expect(await edge.once()).toBe(0);
    expect(secretsIn(edge.out)).toEqual(expected);
    edge.forget();
    expect(await edge.once()).toBe(0);
    expect(edge.log).toEqual([]);
  });

  test('keeps what holds a secret so while other files change', async () => {
    expect(await edge.once()).toBe(0);
    edge.put('b.example.com.json', policy);
    expect(await edge.once()).toBe(0);
    expect(Object.values(secretsIn(edge.out).modes)).toEqual(['600', '600', '600', '600']);
  });
});
