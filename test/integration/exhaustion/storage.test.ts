// The edge is out of memory that it shares or of disk, while a healthy auth server refuses everybody it has not let in before.
import { send } from '../harness/client';
import { PROTECTED } from '../harness/origin';
import { EDGE_FAULT, FILE, hasSharedMemory, startShortEdge, variants, type ShortEdge } from './short-edge';

const FOLDER = '/dev/shm/decisions';
const HTTP_CONF = '/etc/nginx/edge-auth/http.conf';
const open = { other_status: 'allow', timeout_action: 'allow', keep_headers: ['x-user'], timeout_ms: 3000 };
const policies = {
  'kept.test': { ...open, cache: { allow_ttl: 60, deny_ttl: 60 } },
  'stale.test': { keep_headers: ['x-user'], timeout_ms: 3000, cache: { allow_ttl: 1, stale_if_error: 60 } },
};
/** More decisions than 32 KB hold. */
const MANY = 700;

/** Makes something full or useless. */
type Want = (short: ShortEdge) => Promise<void>;

async function run({ edge }: ShortEdge, command: string): Promise<void> {
  const { exitCode, output } = await edge.exec(command);
  if (exitCode !== 0) throw new Error(`expected 0 of ${command}, received ${exitCode}: ${output}`);
}

const smallZones: Want = async (short) => {
  await run(short, `sed -i -E 's/(zone=edge_auth_(stale|cache)):[0-9]+m/\\1:32k/' ${HTTP_CONF}`);
  await run(short, `grep -q 'zone=edge_auth_cache:32k' ${HTTP_CONF}`);
  await short.edge.reloadAsItIs();
};
const fullDisk: Want = (short) =>
  run(short, 'cat /dev/zero > /dev/shm/rest 2>/dev/null; test -s /dev/shm/rest');
const noFolder: Want = (short) => run(short, `rm -rf ${FOLDER} && touch ${FOLDER}`);
const readOnly: Want = (short) => run(short, `chown -R root ${FOLDER} && chmod -R a-w,a+rX ${FOLDER}`);

const wants: [name: string, want: Want, undo: string][] = [
  ['zones of shared memory are full', smallZones, 'true'],
  ['the disk of decisions is full', fullDisk, 'rm -f /dev/shm/rest'],
  ['the folder of decisions is read-only', readOnly, `chown -R www-data ${FOLDER}; chmod -R u+w ${FOLDER}`],
  [
    'the folder of decisions is gone',
    noFolder,
    `rm -f ${FOLDER} && mkdir ${FOLDER} && chown www-data ${FOLDER}`,
  ],
];
const expected = [
  /could not allocate node in cache keys zone|ngx_slab_alloc\(\) failed: no memory/,
  /\((?:28: No space left on device|13: Permission denied|20: Not a directory|2: No such file or directory)\)/,
  /edge-auth: an old decision was not removed/,
  /signal process started/,
];

describe.each(variants.filter(({ cached }) => cached))('an edge out of storage, $name', (variant) => {
  const domains = hasSharedMemory(variant.runtime) ? ['kept.test', 'stale.test'] : ['kept.test'];
  let short: ShortEdge;
  beforeAll(async () => {
    short = await startShortEdge(variant, {
      policies: Object.fromEntries(Object.entries(policies).filter(([domain]) => domains.includes(domain))),
      renderArgs: ['--cache-path', FOLDER],
    });
  });
  afterAll(() => short?.stop());

  let count = 0;
  /** Where nginx cannot write a decision's file it closes the connection without a word: a denial, too. */
  const CLOSED = 0;
  const get = async (domain: string, user: string) => {
    const path = `${FILE}?${user}`;
    const headers = { host: domain, 'x-user': user };
    const closed = { status: CLOSED, body: '' };
    const reply = await send({ port: short.edge.port(), path, headers }).catch(() => closed);
    expect(reply.body.includes(PROTECTED)).toBe(reply.status === 200);
    return reply.status;
  };
  const mostly = async (domain: string, users: string[]) => {
    for (let i = 0; i < users.length; i += 50)
      await Promise.all(users.slice(i, i + 50).map((user) => get(domain, user)));
  };

  test.each(wants.flatMap(([name, want, undo]) => domains.map((domain) => ({ name, want, undo, domain }))))(
    'lets no stranger in where $name, $domain',
    async ({ want, undo, domain }) => {
      const { edge, auth } = short;
      const who = `w${count++}-`;
      try {
        auth.answer({});
        expect(await get(domain, `${who}early`)).toBe(200);
        await want(short);
        await edge.mark();
        await mostly(
          domain,
          Array.from({ length: MANY }, (_, i) => `${who}friend${i}`),
        );
        auth.clear();
        auth.answer(() => ({ status: 403 }));
        const refused = ['a', 'b', 'c'].map((name) => `${who}refused-${name}`);
        for (const user of [...refused, ...refused]) expect([403, CLOSED]).toContain(await get(domain, user));
        auth.answer(() => ({ status: 503 }));
        const strangers = ['a', 'b', 'c'].map((name) => `${who}down-${name}`);
        if (domain === 'stale.test')
          for (const user of strangers) expect([403, CLOSED]).toContain(await get(domain, user));
        const lines = (await edge.accessLog(1)).filter(({ uri }) => /refused|down/.test(uri ?? ''));
        expect(lines.length).toBeGreaterThan(5);
        for (const { status, decision, reason } of lines) {
          if (status !== '403') {
            expect(['', 'deny']).toContain(decision);
            continue;
          }
          expect(decision).toBe('deny');
          // 503 is no answer that lets anybody in or stay in.
          expect(['failure_status', 'other_status', EDGE_FAULT]).toContain(reason);
        }
        const errors = await edge.errors();
        expect(errors.filter((line) => !expected.some((one) => one.test(line)))).toEqual([]);
      } finally {
        await edge.exec(undo);
      }
    },
  );
});
