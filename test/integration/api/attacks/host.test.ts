// Who has a shell on the edge's host: as nginx's user, whose folder the policies are, or as another.
import { execFile } from 'node:child_process';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../../harness/runtimes';
import { type ApiEdge, FOLDER, startApiEdge } from '../contract/api-edge';
import { json, KEY, onAble, policies } from './attack-edge';

const other = JSON.stringify({ url_signing: { type: 'A', key1: 'some-other-key' } });

onAble('a user of the host and the API on $name, which needs njs 0.8.0', (runtime) => {
  let api: ApiEdge;

  beforeAll(async () => {
    ({ api } = await startApiEdge(runtime, policies));
  });
  afterAll(() => api?.stop());

  const put = (domain: string) => api.ask('PUT', `/v1/policies/${domain}`, { headers: json, body: other });
  const sh = async (command: string): Promise<string> => (await api.edge.exec(command)).output.trim();

  test.each(['cat', 'ls', 'touch', 'rm'])('another user cannot %s what is in the folder', async (tool) => {
    const target = tool === 'ls' ? FOLDER : `${FOLDER}/signed.test.json`;
    expect(await sh(`su -s /bin/sh nobody -c '${tool} ${target}' 2>&1; true`)).toMatch(
      /[Pp]ermission denied/,
    );
    expect(await sh(`su -s /bin/sh nobody -c 'cat /etc/nginx/edge-auth/keys/*' 2>&1; true`)).not.toContain(
      KEY,
    );
  });

  test('what the API writes is for its user alone', async () => {
    expect(await put('mode.test')).toMatchObject({ status: 201 });
    const modes = await sh(`stat -c %a ${FOLDER}/mode.test.json ${FOLDER}/.live ${FOLDER}/.live/mode.test`);
    expect(modes.split('\n')).toEqual(['600', '700', '600']);
  });

  test.each([
    ['in the place of the policy', (domain: string) => `${FOLDER}/${domain}.json`],
    ['where the policy is written first', (domain: string) => `${FOLDER}/.${domain}.tmp`],
    ['in the place of the copy', (domain: string) => `${FOLDER}/.live/${domain}`],
    ['where the copy is written first', (domain: string) => `${FOLDER}/.live/.${domain}.tmp`],
    ['where the copy waits', (domain: string) => `${FOLDER}/.live/.${domain}.next`],
  ])('a link %s is replaced, and what it leads to stays', async (_name, place) => {
    const victim = '/var/log/nginx/victim';
    await sh(
      `echo untouched > ${victim}; chown www-data ${victim}; mkdir -p ${FOLDER}/.live; chown www-data ${FOLDER}/.live`,
    );
    await sh(`ln -sf ${victim} ${place('link.test')}`);
    expect([200, 201]).toContain((await put('link.test')).status);
    expect(await sh(`cat ${victim}`)).toBe('untouched');
    expect(JSON.parse((await api.ask('GET', '/v1/policies/link.test')).body)).toEqual(JSON.parse(other));
    expect(await api.ask('DELETE', '/v1/policies/link.test')).toMatchObject({ status: 200 });
    expect(await sh(`cat ${victim}`)).toBe('untouched');
    await sh(`rm -f ${place('link.test')}`);
  });

  test('a policy that is a link to some file of the host shows none of it', async () => {
    await sh(`ln -sf /etc/passwd ${FOLDER}/passwd.test.json`);
    for (const target of ['/v1/policies/passwd.test', '/v2/domain/passwd.test/config?requestAuth']) {
      const reply = await api.ask('GET', target);
      expect(reply).toMatchObject({ status: 409 });
      expect(reply.body).not.toMatch(/root|bin/);
    }
    await sh(`rm ${FOLDER}/passwd.test.json`);
  });
});

// The rest is about what root does with a folder that is nginx's.
const isRoot = process.getuid?.() === 0;
if (!isRoot) process.stdout.write('SKIPPED render as root in a folder of nginx: this user is not root\n');
const asRoot = isRoot ? describe : describe.skip;

asRoot('root renders from a folder that belongs to nginx', () => {
  const nginx = 33;
  let work: string;
  let folder: string;
  let victim: string;

  beforeEach(async () => {
    work = await mkdtemp(path.join(os.tmpdir(), 'edge-auth-host-'));
    [folder, victim] = [path.join(work, 'policies'), path.join(work, 'victim')];
    await mkdir(folder);
    await mkdir(victim, { mode: 0o755 });
    await writeFile(path.join(victim, 'shadow'), 'untouched', { mode: 0o600 });
    await writeFile(path.join(folder, 'signed.test.json'), other);
    await chown(path.join(folder, 'signed.test.json'), nginx, nginx);
    await chown(folder, nginx, nginx);
    await chmod(folder, 0o700);
    await writeFile(path.join(work, 'tokens'), 'write only-to-render-0123456789\n');
  });
  afterEach(() => rm(work, { recursive: true, force: true }));

  const render = async (): Promise<string> => {
    const run = promisify(execFile)(process.execPath, [
      path.join(repositoryRoot, 'dist/cli.js'),
      ...['render', '--policies', folder, '--out', path.join(work, 'out'), '--njs-version', '1.0.2'],
      ...['--api', '127.0.0.1:9181', '--api-tokens', path.join(work, 'tokens')],
    ]);
    return run.then(
      () => '',
      (error: { stderr: string }) => error.stderr,
    );
  };
  async function expectUntouched(): Promise<void> {
    expect(await readdir(victim)).toEqual(['shadow']);
    expect(await readFile(path.join(victim, 'shadow'), 'utf8')).toBe('untouched');
    for (const file of [victim, path.join(victim, 'shadow')]) expect((await stat(file)).uid).toBe(0);
    expect((await stat(victim)).mode & 0o777).toBe(0o755);
  }

  test('and what it writes there belongs to nginx', async () => {
    expect(await render()).toBe('');
    for (const name of ['.live', '.live/signed.test'])
      expect(await lstat(path.join(folder, name))).toMatchObject({ uid: nginx, gid: nginx });
    // It is root again.
    expect(await lstat(path.join(work, 'out', 'http.conf'))).toMatchObject({ uid: 0 });
  });

  test('and a link in the place of the copies gives nothing away', async () => {
    await symlink(victim, path.join(folder, '.live'));
    await render();
    await expectUntouched();
  });

  test('and links in the place of copies give nothing away', async () => {
    await mkdir(path.join(folder, '.live'));
    await symlink(path.join(victim, 'shadow'), path.join(folder, '.live/signed.test'));
    await symlink(victim, path.join(folder, '.live/gone.test'));
    await chown(path.join(folder, '.live'), nginx, nginx);
    await render();
    await expectUntouched();
  });
});
