// The files that hold decisions: nobody else reads them, and one that is broken, foreign or missing lets nobody in.
import { PROTECTED } from '../harness/origin';
import { runtimes } from '../harness/runtimes';
import { startCachedEdge, type CachedEdge } from './cached-edge';

const FOLDER = '/dev/shm/decisions';
const cache = { allow_ttl: 60, deny_ttl: 60 };
const auth = { auth_server: '{auth}', keep_headers: ['authorization', 'cookie'], keep_args: 'all' };
const policies = {
  'kept.test': { remote_auth: { ...auth, cache } },
  // Denied by an answer that is no error on the wire.
  'strict.test': { remote_auth: { ...auth, success_status: [204], cache } },
};

describe.each(runtimes)('files of decisions, on $name', (runtime) => {
  let edge: CachedEdge;
  const allowed = (user: string) => ({ status: user.startsWith('good') ? 204 : 200 });
  beforeAll(async () => {
    edge = await startCachedEdge(runtime, { policies, renderArgs: ['--cache-path', FOLDER] });
  });
  beforeEach(async () => {
    await edge.edge.exec(`find ${FOLDER} -type f -delete`);
    edge.origin.clear();
    edge.server.clear();
    edge.server.answer(({ headers }) => allowed((headers['authorization'] ?? '').replace('Bearer ', '')));
  });
  afterAll(() => edge?.stop());

  const ask = (user: string, domain = 'strict.test', target = '/') =>
    edge.ask(domain, target, [`Authorization: Bearer ${user}`]);
  const sh = async (command: string) => {
    const { stdout, exitCode, output } = await edge.edge.exec(command);
    if (exitCode !== 0) throw new Error(`expected ${command} to end with 0, received ${exitCode}: ${output}`);
    return stdout.trim();
  };
  const each = (command: string) => sh(`find ${FOLDER} -type f | while read f; do ${command}; done`);
  const statuses = async (users: string[]) => {
    const replies = await Promise.all(users.map((user) => ask(user)));
    for (const { status, body } of replies) if (status !== 200) expect(body).not.toContain(PROTECTED);
    return replies.map(({ status }) => status);
  };

  test('folders are 0700 and files 0600, of nginx’s user', async () => {
    await ask('good-1');
    const listed = (await sh(`find ${FOLDER} -printf '%y %m %u\\n' | sort -u`)).split('\n');
    expect(listed).toEqual(['d 700 www-data', 'f 600 www-data']);
  });

  test('no log holds anything of a key', async () => {
    const cookies = `Cookie: ${'a=cookie-secret; '.repeat(300)}`;
    const lines = ['Authorization: Bearer good-secret', cookies];
    for (let count = 0; count < 2; count++) await edge.ask('kept.test', '/?t=query-secret', lines);
    await edge.ask('kept.test', `/?t=query-secret${'x'.repeat(7000)}`, Array<string>(3).fill(cookies));
    await each('printf x > $f');
    await edge.ask('kept.test', '/?t=query-secret', lines);
    const log = (await edge.edge.rawErrorLog())
      .split('\n')
      // nginx itself writes the request line to every message of its own about a request.
      .map((line) => line.replace(/(?:request|upstream): "[^"]*(?:"|$)/g, ''));
    expect(log.filter((line) => line.includes('secret'))).toEqual([]);
  });

  test.each([
    ['empty', ': > $f'],
    ['garbage', 'head -c 900 /dev/urandom > $f'],
    [
      'text of an answer',
      String.raw`printf "HTTP/1.1 200 OK\r\nX-Edge-Auth: allow success_status\r\n\r\n" > $f`,
    ],
    ['cut in the middle', 'truncate -s 200 $f'],
    ['cut at the end', 'truncate -s -9 $f'],
    ['without the decision', 'sed -i s/X-Edge-Auth/X-Edge-Auti/ $f'],
    ['with another status line', 'sed -i s@HTTP/1.1@HTTX/1.1@ $f'],
    ['a folder', 'rm $f; mkdir $f'],
    ['unreadable', 'chmod 0 $f; chown root $f'],
    ['gone', 'rm $f'],
  ])('a file that is %s lets nobody in', async (_name, command) => {
    const users = ['bad-1', 'bad-2'];
    expect(await statuses(['good-1', ...users])).toEqual([200, 403, 403]);
    await each(command);
    for (let count = 0; count < 2; count++) {
      const after = await statuses(users);
      expect(after.filter((status) => status < 400)).toEqual([]);
    }
    expect(edge.origin.requests).toHaveLength(1);
    await sh(`rm -rf ${FOLDER}/*`);
  });

  test('the file of one key in the place of another lets nobody in', async () => {
    expect((await ask('good-1')).status).toBe(200);
    const good = await sh(`find ${FOLDER} -type f`);
    expect((await ask('bad-1')).status).toBe(403);
    await each(`[ $f = ${good} ] || cat ${good} > $f`);
    expect((await ask('bad-1')).status).toBe(403);
  });

  test('64 files at most stay open, of all domains', async () => {
    const users = Array.from({ length: 80 }, (_, index) => `good-open${index}`);
    for (const domain of ['kept.test', 'strict.test'])
      for (const user of [...users, ...users]) expect((await ask(user, domain)).status).toBe(200);
    const workers = (await edge.edge.workerPids()).length;
    // A page each; one that is deleted takes room for as long as it is open. What is in /proc nobody may read in here.
    const kilobytes = await sh(`find ${FOLDER} -type f -delete; df -k --output=used /dev/shm | tail -1`);
    expect(Number(kilobytes) / 4).toBeGreaterThan(0);
    expect(Number(kilobytes) / 4).toBeLessThanOrEqual(64 * workers);
  });

  test('nginx that was killed goes on with the files that are there', async () => {
    expect(await statuses(['good-1', 'bad-1'])).toEqual([200, 403]);
    const pids = (await edge.edge.workerPids()).join(' ');
    await sh(
      `kill -9 $(cat /run/nginx.pid) ${pids}; sleep 0.2; rm -f /run/nginx.pid /run/edge-auth*.sock; nginx`,
    );
    edge.server.clear();
    expect(await statuses(['good-1', 'bad-1', 'bad-2'])).toEqual([200, 403, 403]);
    expect(edge.server.requests).toHaveLength(1);
  });

  test('no room for files: nginx hangs up on who is asked about, and lets in nobody else', async () => {
    expect((await ask('good-0')).status).toBe(200);
    await sh('dd if=/dev/zero of=/dev/shm/full bs=64k 2>/dev/null; true');
    const users = Array.from({ length: 20 }, (_, index) => `${index % 2 ? 'bad' : 'good'}-full${index}`);
    const right = users.map((_, index) => (index % 2 ? 403 : 200));
    try {
      for (const [index, user] of users.entries()) {
        const reply = await ask(user).catch(() => 'closed' as const);
        if (reply !== 'closed') expect([user, reply.status]).toEqual([user, right[index]]);
      }
      expect((await ask('good-0')).status).toBe(200);
    } finally {
      await sh('rm /dev/shm/full');
    }
    expect(await statuses(users)).toEqual(right);
  });
});
