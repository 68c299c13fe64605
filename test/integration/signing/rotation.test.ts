import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot, runtimes } from '../harness/runtimes';
import { startSigningEdge, type SigningEdge } from './signing-edge';
import { KEY1, KEY2, type Site } from './site';
import type { Signer } from './signer';

const LANES = 6;
const NEW = 'a-new-primary-key-77';
const withKeys = (keys: object): Record<string, Site> => ({
  'a.test': { signing: { type: 'A', ...keys } },
  'b.test': { signing: { type: 'B', ...keys } },
});

describe.each(runtimes)('changing keys on $name', (runtime) => {
  let edge: SigningEdge;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'edge-auth-keys-'));
    edge = await startSigningEdge({ runtime, sites: withKeys({ key1: KEY1 }) });
  });
  afterAll(async () => {
    await edge?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const asked = async (key: string) => {
    const signers: Signer[] = [
      { type: 'A', key },
      { type: 'B', key },
    ];
    const replies = signers.map((signer) =>
      edge.ask(`${signer.type.toLowerCase()}.test`, edge.sign('/x', signer)),
    );
    return (await Promise.all(replies)).map(({ status, verdict }) => `${status} ${verdict}`);
  };
  const OPENED = ['200 allow signed', '200 allow signed'];
  const REFUSED = ['403 deny bad_signature', '403 deny bad_signature'];

  /** Asks with these keys over and over while something happens, and tells what became of each request. */
  async function askDuring(keys: string[], happens: () => Promise<void>): Promise<Set<string>> {
    const seen = new Set<string>();
    let isOver = false;
    const lane = async (_: unknown, i: number) => {
      while (!isOver) for (const answer of await asked(keys[i % keys.length]!)) seen.add(answer);
    };
    const lanes = Promise.all(Array.from({ length: LANES }, lane));
    await happens();
    isOver = true;
    await lanes;
    return seen;
  }

  test('the old key opens without a failed request while the new one is put in its place', async () => {
    expect(await asked(NEW)).toEqual(REFUSED);
    const during = await askDuring([KEY1], () => edge.rotate(withKeys({ key1: NEW, key2: KEY1 })));
    expect([...during]).toEqual(['200 allow signed']);
    // Both, while nothing but the place of the keys changes, and through one more reload.
    const both = await askDuring([KEY1, NEW], () => edge.rotate(withKeys({ key1: KEY1, key2: NEW })));
    expect([...both]).toEqual(['200 allow signed']);
    await edge.rotate(withKeys({ key1: NEW }));
    expect([await asked(NEW), await asked(KEY1)]).toEqual([OPENED, REFUSED]);
  });

  test('keys from a file', async () => {
    const file = path.join(folder, 'site.key');
    await writeFile(file, `${KEY1}\n${KEY2}\n`);
    await edge.rotate(withKeys({ key_file: file }));
    expect([await asked(KEY1), await asked(KEY2), await asked(NEW)]).toEqual([OPENED, OPENED, REFUSED]);
    await writeFile(file, NEW);
    await edge.rotate(withKeys({ key_file: file }));
    expect([await asked(KEY1), await asked(KEY2), await asked(NEW)]).toEqual([REFUSED, REFUSED, OPENED]);
  });

  test('render writes the keys where only their owner reads them, and nowhere else', async () => {
    const policy = { url_signing: { type: 'A', key1: KEY1, key2: KEY2 } };
    await writeFile(path.join(folder, 'a.test.json'), JSON.stringify(policy));
    const out = path.join(folder, 'out');
    const args = ['render', '--policies', folder, '--out', out, '--njs-version', runtime.njsVersion];
    await promisify(execFile)(process.execPath, [path.join(repositoryRoot, 'dist/cli.js'), ...args]);
    expect((await stat(path.join(out, 'keys/a.test.conf'))).mode & 0o777).toBe(0o600);
    const { stdout } = await promisify(execFile)('grep', ['-rlE', `${KEY1}|${KEY2}`, out]);
    expect(stdout.trim().split('\n')).toEqual([path.join(out, 'keys/a.test.conf')]);
  });

  test('nginx reads keys that only root may read', async () => {
    const { exitCode } = await edge.edge.exec('chmod -R go= /etc/nginx/edge-auth/keys && nginx -t');
    expect(exitCode).toBe(0);
  });

  test('enabled false opens everything, and takes no signature off', async () => {
    await edge.rotate({ ...withKeys({ key1: NEW }), 'a.test': { signing: { type: 'A' }, isOff: true } });
    const target = edge.sign('/x', { type: 'A', key: 'no-key-of-this-site' });
    edge.origin.clear();
    expect(await edge.ask('a.test', target)).toMatchObject({ status: 200, verdict: '' });
    expect(edge.origin.requests.map(({ url }) => url)).toEqual([target]);
    expect(await edge.ask('b.test', '/x')).toMatchObject({ status: 403 });
  });

  test('the error log is clean', async () => {
    await edge.expectCleanLogs();
    expect(await edge.edge.rawErrorLog()).not.toContain(NEW);
  });
});
