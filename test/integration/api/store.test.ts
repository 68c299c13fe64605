// What lies in the folder of policies while several workers write, and when nginx is killed in the middle.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAtLeast, runtimes } from '../harness/runtimes';
import { FOLDER, startApiEdge, type ApiEdge } from './contract/api-edge';

const POLICY = '/v1/policies/signed.test';
const LOG = '/var/log/nginx/api.log';
const WRITERS = 8;
const json = { 'content-type': 'application/json' };
const signed = (key: string) => ({ url_signing: { type: 'A', key1: key } });
const textOf = (policy: object) => JSON.stringify(policy, null, 2) + '\n';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const able = runtimes.filter(({ njsVersion }) => isAtLeast(njsVersion, '0.8.0'));

// Before that release nginx has no API: bookworm alone skips, and says so.
const onAble = able.length > 0 ? describe.each(able) : describe.skip.each(runtimes);

onAble('the store on $name, which needs njs 0.8.0', (runtime) => {
  let api: ApiEdge;

  beforeAll(async () => {
    ({ api } = await startApiEdge(runtime, { 'signed.test': signed('the-first-key-0') }));
  });
  afterAll(() => api?.stop());

  const put = (policy: object, headers: Record<string, string> = {}, target = POLICY) =>
    api.ask('PUT', target, { headers: { ...json, ...headers }, body: JSON.stringify(policy) });
  const shell = async (command: string) => (await api.edge.exec(command)).stdout;
  const read = (name: string) => shell(`cat ${FOLDER}/${name} 2>/dev/null`);
  const names = async () => (await shell(`cd ${FOLDER} && find . -type f | sort`)).trim().split('\n');

  /** The file is whole, and so is the compiled copy that goes with it, under one of its two names. */
  async function expectWhole(): Promise<string> {
    const text = await read('signed.test.json');
    expect(() => JSON.parse(text) as unknown).not.toThrow();
    const copies = await Promise.all([read('.live/signed.test'), read('.live/.signed.test.next')]);
    const fitting = copies.filter(
      (copy) => copy.startsWith(sha256(text) + '\n') && copy.endsWith('\nend 1\n'),
    );
    expect(fitting.length).toBeGreaterThan(0);
    return text;
  }

  test('a change is in the file, in the copy and in the answer, for nginx alone', async () => {
    const before = await api.ask('GET', POLICY);
    const reply = await put(signed('the-second-key-1'), { 'if-match': String(before.headers['etag']) });
    expect(reply).toMatchObject({
      status: 200,
      headers: { etag: `"${sha256(textOf(signed('the-second-key-1'))).slice(0, 32)}"` },
    });
    expect(await expectWhole()).toBe(textOf(signed('the-second-key-1')));
    expect(await names()).toEqual(['./.live/signed.test', './signed.test.json']);
    expect(
      await shell(`stat -c '%a %U' ${FOLDER}/signed.test.json ${FOLDER}/.live ${FOLDER}/.live/signed.test`),
    ).toBe('600 www-data\n700 www-data\n600 www-data\n');
  });

  test('of writers who read the same, one wins', async () => {
    const { headers } = await api.ask('GET', POLICY);
    const tag = { 'if-match': String(headers['etag']) };
    const writers = Array.from({ length: WRITERS }, (_, i) => put(signed(`key-of-writer-${i}`), tag));
    const statuses = (await Promise.all(writers)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412 || status === 409)).toHaveLength(WRITERS - 1);
    await expectWhole();
  });

  test('of writers who read nothing, each change follows the one before it', async () => {
    await shell(`: > ${LOG}`);
    const first = sha256(await read('signed.test.json')).slice(0, 32);
    const lane = async (_: unknown, i: number) => {
      const replies = [];
      for (let n = 0; n < 10; n++) replies.push(await put(signed(`lane-${i}-change-${n}`)));
      return replies;
    };
    const replies = (await Promise.all(Array.from({ length: WRITERS }, lane))).flat();
    const accepted = replies.filter(({ status }) => status === 200);
    expect(accepted.length).toBeGreaterThan(WRITERS);
    for (const { status, body } of replies)
      if (status !== 200) expect(JSON.parse(body)).toMatchObject({ code: 'Conflict' });
    const logged = async () => (await shell(`cat ${LOG}`)).trim().split('\n');
    let lines = await logged();
    for (const end = Date.now() + 10_000; lines.length < accepted.length && Date.now() < end;)
      lines = await logged();
    const log = lines.map((line) => JSON.parse(line) as { before: string; after: string });
    expect(log).toHaveLength(accepted.length);
    // A line is written when the answer is out, so lines of two workers may change places: the chain is found by its links.
    const nextOf = new Map(log.map(({ before, after }) => [before, after]));
    let last = first;
    for (let n = 0; n < log.length; n++) last = nextOf.get(last) ?? 'no link of the chain';
    expect(last).toBe(sha256(await expectWhole()).slice(0, 32));
    expect(lines.join('\n')).not.toMatch(/lane-\d/);
  });

  test('a writer waits for the lock of its own domain only, and for a dead one 5 seconds', async () => {
    await api.locked('signed.test', async () => {
      expect(await put(signed('nobody-gets-this'))).toMatchObject({ status: 409 });
      expect(await put(signed('another-domain-1'), {}, '/v1/policies/other.test')).toMatchObject({
        status: 201,
      });
      expect(await api.ask('GET', POLICY)).toMatchObject({ status: 200 });
    });
    expect(await put(signed('the-lock-is-free'))).toMatchObject({ status: 200 });
    expect(await api.ask('DELETE', '/v1/policies/other.test')).toMatchObject({ status: 200 });
    const held = api.locked('signed.test', async () => {
      await sleep(5_200);
      expect(await put(signed('expired-in-between'))).toMatchObject({ status: 200 });
    });
    // The change took the lock that had expired, and gave it back: there is none to take away.
    await expect(held).rejects.toThrow('404');
  });

  test('what a killed change left is no obstacle, and does not stay', async () => {
    const leftovers = ['.signed.test.tmp', '.live/.signed.test.tmp', '.live/.signed.test.next'];
    await shell(
      leftovers
        .map((name) => `printf 'half of' > ${FOLDER}/${name}; chown www-data ${FOLDER}/${name}`)
        .join(';'),
    );
    expect(await put(signed('after-a-killed-one'))).toMatchObject({ status: 200 });
    expect(await names()).toEqual(['./.live/signed.test', './signed.test.json']);
  });

  test('a link in the place of a temporary file is not followed', async () => {
    await shell(
      `echo kept > /tmp/target; chmod 666 /tmp/target; ln -s /tmp/target ${FOLDER}/.signed.test.tmp`,
    );
    expect(await put(signed('not-through-a-link'))).toMatchObject({ status: 200 });
    expect(await shell('cat /tmp/target')).toBe('kept\n');
    expect(await expectWhole()).toBe(textOf(signed('not-through-a-link')));
  });

  test('killed at any instant, nginx finds the old policy or the new one, and what was answered holds', async () => {
    let answered = '';
    let asked = '';
    for (let round = 0; round < 6; round++) {
      const writer = (async () => {
        for (let n = 0; ; n++) {
          asked = textOf(signed(`round-${round}-key-${n}`));
          const reply = await put(JSON.parse(asked) as object).catch(() => undefined);
          if (reply?.status !== 200) return;
          answered = asked;
        }
      })();
      await sleep(60 + round * 7);
      await shell(
        'kill -9 $(cat /run/nginx.pid); for p in /proc/[0-9]*; do grep -qs "^nginx: worker" $p/cmdline && kill -9 ${p#/proc/}; done; rm -f /run/nginx.pid',
      );
      await writer;
      expect([answered, asked]).toContain(await expectWhole());
      expect(await api.edge.exec('nginx')).toMatchObject({ exitCode: 0 });
      expect(await api.ask('GET', POLICY)).toMatchObject({ status: 200 });
      answered = await expectWhole();
    }
    expect(await put(signed('after-all-of-them'))).toMatchObject({ status: 200 });
    expect(await names()).toEqual(['./.live/signed.test', './signed.test.json']);
  });

  test('a policy that is deleted leaves nothing', async () => {
    expect(await api.ask('DELETE', POLICY)).toMatchObject({ status: 200 });
    expect((await shell(`cd ${FOLDER} && find . -type f`)).trim()).toBe('');
  });

  test('the error log is clean', async () => {
    expect(await api.edge.errors()).toEqual([]);
    expect(await api.edge.rawErrorLog()).not.toMatch(/lane-\d|the-second-key/);
  });
});
