// Where an old decision is over its file is removed, so that one request asks and the others wait: of many at once, and of those who attack it.
import { setTimeout as sleep } from 'node:timers/promises';
import { slow, type Answer } from '../harness/auth-server';
import { silent } from '../harness/misbehaviour';
import { PROTECTED } from '../harness/origin';
import type { RecordedRequest } from '../harness/recorded-request';
import { isAtLeast, runtimes } from '../harness/runtimes';
import { startCachedEdge, type CachedEdge } from './cached-edge';

const FOLDER = '/dev/shm/decisions';
const cache = { allow_ttl: 60, deny_ttl: 60 };
// A busy machine is no late auth server.
const auth = { auth_server: '{auth}', keep_headers: ['x-user'], keep_args: 'none', timeout_ms: 3000 };
const conditions = ['if-none-match', 'if-modified-since', 'if-match', 'etag'];
const policies = {
  'kept.test': { remote_auth: { ...auth, cache } },
  'brief.test': { remote_auth: { ...auth, cache: { ...cache, deny_ttl: 0 } } },
  'window.test': { remote_auth: { ...auth, timeout_ms: 2000, cache } },
  'open.test': { remote_auth: { ...auth, timeout_ms: 400, timeout_action: 'allow', cache } },
  'shut.test': { remote_auth: { ...auth, timeout_ms: 400, cache } },
  'listed.test': {
    remote_auth: {
      ...auth,
      keep_headers: ['x-user', ...conditions],
      success_status: ['2xx'],
      cache: { ...cache, key: ['header:x-user'], shared: true },
    },
  },
  'at-once.test': { remote_auth: { ...auth, cache: { ...cache, lock_timeout_ms: 0 } } },
  'soon.test': { remote_auth: { ...auth, cache: { ...cache, lock_timeout_ms: 50 } } },
  'crowd.test': { remote_auth: { ...auth, timeout_ms: 5000, cache } },
  'hasty.test': { remote_auth: { ...auth, timeout_ms: 10, timeout_action: 'allow', cache } },
  'parts.test': {
    remote_auth: {
      ...auth,
      keep_headers: ['cookie', 'x-user'],
      keep_args: ['doc_id'],
      add_headers: { 'X-Address': '$remote_addr' },
      cache: {
        ...cache,
        key: ['cookie:session_id', 'arg:doc_id', 'header:x-user', 'client_ip', 'method', 'path'],
      },
    },
  },
};
const staleAuth = { ...auth, timeout_ms: 400, cache: { ...cache, stale_if_error: 60 } };
const server = 'location = /redirected { try_files /none /final; }';

/** Requests whose keys hold what a digest of text, or a name made by hand, would get wrong. */
const odd: [name: string, target: string, lines: string[]][] = [
  ['plain', '/', ['X-User: plain']],
  ['empty', '/', []],
  ['bytes that are no UTF-8', '/', ['X-User: \xff\xfe\x80 \xc3(']],
  ['bytes that are UTF-8', '/', ['X-User: \xc3\xa4\xe2\x82\xac']],
  ['a cookie of such bytes', '/', ['X-User: c', 'Cookie: session_id=\xc3\x28\xff']],
  ['a cookie', '/', ['X-User: d', 'Cookie: other=1; session_id=a_b; last=2']],
  ['arguments', '/a_b?doc_id=%ff%00&x=1', ['X-User: e']],
  ['a path of such bytes', '/%e4_%ff?doc_id=a', ['X-User: f']],
  ['quotes, backslashes and dollars', '/', [`X-User: "\\n'$http_host$\{host};}{`]],
  ['a tab and blanks', '/', ['X-User: a\tb  c']],
  ['6000 bytes', '/', [`X-User: ${'\xe9_'.repeat(3000)}`]],
];

/** Each with its count of answers. */
const countOf = (values: number[]) =>
  Object.fromEntries([...new Set(values)].sort().map((one) => [one, values.filter((v) => v === one).length]));

const userOf = ({ headers }: RecordedRequest) => headers['x-user'] ?? '';

/** `old-yes-…` and `old-no-…`: what was answered first, which is over when the tests begin. */
function firstAnswer(request: RecordedRequest): Answer {
  const user = userOf(request);
  const headers = {
    'Cache-Control': `max-age=${user.endsWith('window') ? 5 : 2}`,
    ...(user.includes('own') && {
      ETag: '"9999999999"',
      'Last-Modified': 'Mon, 01 Jan 2035 00:00:00 GMT',
      Expires: 'Mon, 01 Jan 2035 00:00:00 GMT',
      'X-Accel-Expires': '3600',
    }),
    ...(user.includes('cookie') && { 'Set-Cookie': 'a=b', ETag: '1' }),
  };
  return { status: user.startsWith('old-no') ? 403 : 200, headers };
}
const old = (domain: string, ...users: string[]) => users.map((user): [string, string] => [domain, user]);
const many = Array.from({ length: 20 }, (_, index) => `old-yes-many${index}`);
const remembered = [
  ...old('kept.test', 'old-yes-4', 'old-no-4', 'old-yes-1', 'old-no-1', ...many),
  ...old('kept.test', 'old-yes-revoked', 'old-yes-own', 'old-yes-cookie', 'old-yes-back', 'old-yes-in'),
  ...old('kept.test', 'old-yes-log', 'old-yes-sticky', 'old-yes-fixed', 'old-yes-link', 'old-yes-folder'),
  ...old('kept.test', 'old-yes-cut', 'old-yes-garbage', 'old-yes-empty', 'old-yes-head'),
  ...old('brief.test', 'old-yes-brief', 'old-yes-unkept', 'old-yes-store'),
  ...old('open.test', 'old-yes-a', 'old-no-a'),
  ...old('shut.test', 'old-yes-a', 'old-no-a', 'old-yes-b'),
  ...old('listed.test', 'old-yes-a', 'old-no-a', 'old-yes-cookie', 'old-yes-304'),
  ...old('at-once.test', 'old-yes-a'),
  ...old('crowd.test', 'old-yes-quick'),
  ...old('soon.test', 'old-yes-a'),
  ...old('hasty.test', 'old-yes-a'),
];

/** Until the next second has just begun: nginx counts whole ones. */
const nextSecond = () => sleep(1_020 - (Date.now() % 1_000));

describe.each(runtimes)('decisions that are forgotten, on $name', (runtime) => {
  const forgets = isAtLeast(runtime.njsVersion, '0.8.9');
  const remembersUsers = isAtLeast(runtime.njsVersion, '0.8.0');
  if (!forgets)
    console.log(`njs ${runtime.njsVersion} forgets none: there many at once are each asked about`);
  let edge: CachedEdge;

  const ask = (user: string, domain = 'kept.test', lines: string[] = [], target = '/') =>
    edge.ask(domain, target, [`X-User: ${user}`, ...lines]);
  const get = async (user: string, domain?: string, lines?: string[]) => {
    const { status, body } = await ask(user, domain, lines);
    if (status !== 200) expect(body).not.toContain(PROTECTED);
    return status;
  };
  const times = <T>(count: number, one: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, index) => one(index)));
  const timed = async (count: number, user: string, domain?: string) => {
    const start = performance.now();
    const statuses = await times(count, () => get(user, domain));
    return { statuses: countOf(statuses), ms: performance.now() - start };
  };
  const askedAbout = (user: string) => edge.server.requests.filter((one) => userOf(one) === user).length;
  const expectOnce = (asked: number, count: number) => {
    if (forgets) expect(asked).toBe(1);
    else expect([asked > 1, asked <= count]).toEqual([true, true]);
  };
  const sh = async (command: string) => {
    const { stdout, exitCode, output } = await edge.edge.exec(command);
    if (exitCode !== 0) throw new Error(`expected ${command} to end with 0, received ${exitCode}: ${output}`);
    return stdout.trim();
  };
  const fileNamed = (user: string) => `grep -rlaE "^${user}.?$" ${FOLDER}`;
  const fileOf = (user: string) => sh(fileNamed(user));
  const setWorkers = async (count: number) => {
    await sh(`sed -i 's/worker_processes .*/worker_processes ${count};/' /etc/nginx/nginx.conf`);
    await edge.edge.reload();
  };

  beforeAll(async () => {
    edge = await startCachedEdge(runtime, {
      policies: { ...policies, ...(remembersUsers && { 'stale.test': { remote_auth: staleAuth } }) },
      server,
      renderArgs: ['--cache-path', FOLDER],
    });
    await sh(`sed -i 's/worker_connections .*/worker_connections 4096;/' /etc/nginx/nginx.conf`);
    await setWorkers(4);
    edge.server.answer(firstAnswer);
    // One after the other: none of them is late.
    for (const [domain, user] of remembered)
      expect([domain, user, await get(user, domain)]).toEqual([
        domain,
        user,
        user.startsWith('old-no') ? 403 : 200,
      ]);
    for (const [name, target, lines] of odd)
      expect([name, (await edge.ask('parts.test', target, lines)).status]).toEqual([name, 200]);
    if (remembersUsers) expect(await get('old-yes-a', 'stale.test')).toBe(200);
    await nextSecond();
    for (const user of ['old-yes-window', 'old-no-window']) await get(user, 'window.test');
    for (let seconds = 0; seconds < 3; seconds++) await nextSecond();
  }, 60_000);
  beforeEach(() => {
    edge.server.answer({}).clear();
    edge.origin.clear();
  });
  afterAll(() => edge?.stop());

  test('in the window for asking anew the others are served at once, and the file stays', async () => {
    const users = ['old-yes-window', 'old-no-window'];
    const status = (user: string) => (user.includes('no') ? 403 : 200);
    // It has just begun: of 5 s nginx keeps it for the first 3, and timeout_ms is 2 s.
    const start = Math.floor(Date.now() / 1000);
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    edge.server.answer(() => released.then(() => ({ status: 403 })));
    const first = Promise.all(users.map((user) => get(user, 'window.test')));
    while (edge.server.requests.length < 2) await sleep(5);
    const others = await Promise.all(users.map((user) => timed(10, user, 'window.test')));
    expect(others.map(({ statuses }) => statuses)).toEqual(users.map((user) => ({ [status(user)]: 10 })));
    const written = await sh(`stat -c %Y ${users.map((user) => `$(${fileNamed(user)})`).join(' ')}`);
    release();
    expect(written.split('\n').map((second) => Number(second) < start)).toEqual([true, true]);
    expect(await first).toEqual([403, 403]);
    expect(users.map(askedAbout)).toEqual([1, 1]);
    const lines = await edge.edge.accessLog(22);
    expect(lines.filter(({ cache: found }) => found === 'UPDATING')).toHaveLength(20);
  });

  test('keys of any bytes: many at once ask once, and each has the one file that nginx names', async () => {
    const files = Number(await sh(`find ${FOLDER} -type f | wc -l`));
    edge.server.answer(slow(300));
    const replies = await times(odd.length * 5, (index) => {
      const [, target, lines] = odd[index % odd.length] as (typeof odd)[number];
      return edge.ask('parts.test', target, lines);
    });
    expect(countOf(replies.map(({ status }) => status))).toEqual({ 200: odd.length * 5 });
    if (forgets) expect(edge.server.requests).toHaveLength(odd.length);
    else expect(edge.server.requests.length).toBeGreaterThan(odd.length);
    await sleep(50);
    expect(Number(await sh(`find ${FOLDER} -type f | wc -l`))).toBe(files);
    edge.server.answer({ status: 403 });
    for (const [name, target, lines] of odd)
      expect([name, (await edge.ask('parts.test', target, lines)).status]).toEqual([name, 200]);
  });

  test.each([4, 1])('many at once ask once, allowed and denied, with %i workers', async (workers) => {
    await setWorkers(workers);
    const [yes, no] = [`old-yes-${workers}`, `old-no-${workers}`];
    // What is answered now is the other way round.
    edge.server.answer((request) => slow(300, { status: userOf(request) === yes ? 403 : 200 }));
    const [denied, allowed] = await Promise.all([timed(40, yes), timed(40, no)]);
    expect([denied.statuses, allowed.statuses]).toEqual([{ 403: 40 }, { 200: 40 }]);
    for (const user of [yes, no]) expectOnce(askedAbout(user), 40);
    edge.server.clear();
    expect([await get(yes), await get(no)]).toEqual([403, 200]);
    expect(edge.server.requests).toHaveLength(0);
  });

  test('an auth server that answers at once is asked once by a crowd that takes its time', async () => {
    expect((await timed(200, 'old-yes-quick', 'crowd.test')).statuses).toEqual({ 200: 200 });
    expect(askedAbout('old-yes-quick')).toBeLessThanOrEqual(forgets ? 1 : 200);
  });

  test('many keys at once: each its own answer, and one question each', async () => {
    edge.server.answer((request) => slow(200, { status: Number(userOf(request).slice(12)) % 2 ? 403 : 200 }));
    await edge.edge.mark();
    const statuses = await times(100, (index) => get(many[index % 20] as string));
    const lines = await edge.edge.accessLog(100);
    expect(new Set(lines.map(({ reason }) => reason))).toEqual(new Set(['success_status', 'failure_status']));
    expect(statuses).toEqual(statuses.map((_, index) => (index % 2 ? 403 : 200)));
    if (forgets) expect(many.map(askedAbout)).toEqual(many.map(() => 1));
  });

  test('who was let in is out, also while requests race with the removal', async () => {
    edge.server.answer(slow(100, { status: 403 }));
    const racing = (user: string, domain: string) =>
      times(60, (index) => sleep(index * 7).then(() => get(user, domain)));
    const statuses = await Promise.all([
      racing('old-yes-revoked', 'kept.test'),
      racing('old-yes-brief', 'brief.test'),
    ]);
    expect(statuses.map(countOf)).toEqual([{ 403: 60 }, { 403: 60 }]);
    if (forgets) expect(askedAbout('old-yes-revoked')).toBe(1);
  });

  test.each([
    ['denied', 'old-yes-unkept', { status: 403 }, 403],
    ['no-store', 'old-yes-store', { headers: { 'Cache-Control': 'no-store' } }, 200],
  ])(
    '%s: what turns out not to be kept makes nobody wait for more than one',
    async (_name, user, answer, status) => {
      edge.server.answer(slow(200, answer));
      const first = await timed(15, user, 'brief.test');
      const second = await timed(15, user, 'brief.test');
      expect([first.statuses, second.statuses]).toEqual([{ [status]: 15 }, { [status]: 15 }]);
      expect(askedAbout(user)).toBe(30);
      expect([first.ms < 2_000, second.ms < 1_500]).toEqual([true, true]);
    },
  );

  test('nobody answers after the file was removed: timeout_action in time, who was in stays in, and then all is well', async () => {
    edge.server.answer(() => silent());
    const asked: [user: string, domain: string, status: number][] = [
      ['old-yes-a', 'open.test', 200],
      ['old-no-a', 'open.test', 200],
      ['old-yes-a', 'shut.test', 403],
      ['old-no-a', 'shut.test', 403],
      ...(remembersUsers
        ? old('stale.test', 'old-yes-a', 'new').map(
            ([domain, user]) => [user, domain, user === 'new' ? 403 : 200] as [string, string, number],
          )
        : []),
    ];
    const replies = await Promise.all(asked.map(([user, domain]) => timed(8, user, domain)));
    expect(replies.map(({ statuses }) => statuses)).toEqual(asked.map(([, , status]) => ({ [status]: 8 })));
    // Twice the timeout, and the time of a look; one after the other they would take 3.2 s.
    expect(Math.max(...replies.map(({ ms }) => ms))).toBeLessThan(2_500);
    await edge.server.stop();
    try {
      expect(await timed(5, 'old-yes-b', 'shut.test')).toMatchObject({ statuses: { 403: 5 } });
      expect(await get('old-yes-a', 'shut.test')).toBe(403);
    } finally {
      await edge.server.restart();
    }
    edge.server.answer(slow(200)).clear();
    const after = await Promise.all(asked.map(([user, domain]) => timed(5, user, domain)));
    expect(after.map(({ statuses }) => statuses)).toEqual(asked.map(() => ({ 200: 5 })));
    expect(await get('old-yes-b', 'shut.test')).toBe(200);
    if (forgets) expect(edge.server.requests).toHaveLength(asked.length + 1);
  });

  const hostile = [
    'X-Edge-Auth-Waited: 1',
    'X_Edge_Auth_Waited: 1',
    'X-Edge-Auth-Kept-Until: 9999999999',
    'If-None-Match: *',
    'If-Modified-Since: Mon, 01 Jan 2035 00:00:00 GMT',
    'ETag: 9999999999',
  ];
  test.each([
    ['kept.test', 'old-yes-in'],
    ['listed.test', 'old-yes-a'],
    ['listed.test', 'old-yes-cookie'],
    ['listed.test', 'new'],
    ['open.test', 'new'],
  ])('%s, %s: headers of a client bring back no old decision, nor open anything', async (domain, user) => {
    for (const status of [403, 304, 412]) {
      edge.server.answer({ status, headers: { ETag: '"9999999999"', 'Cache-Control': 'no-store' } });
      const statuses = await times(5, () => get(user, domain, hostile));
      expect([status, countOf(statuses)]).toEqual([status, { 403: 5 }]);
    }
    edge.server.answer({});
    expect(await get(user, domain, [...hostile, 'If-Match: "1"'])).not.toBe(304);
    // The origin may answer the client's conditions.
    expect(await get(user, domain)).toBe(200);
  });

  test('an auth server’s own ETag, Last-Modified, Expires and X-Accel-Expires keep nothing, and make nobody wait', async () => {
    edge.server.answer(slow(200, { status: 403, headers: { ETag: '1', 'X-Accel-Expires': '60' } }));
    expect((await timed(10, 'old-yes-own')).statuses).toEqual({ 403: 10 });
    expectOnce(askedAbout('old-yes-own'), 10);
    // It came with Set-Cookie, and an ETag that would be over.
    const unkept = await timed(10, 'old-yes-cookie');
    expect([unkept.statuses, askedAbout('old-yes-cookie')]).toEqual([{ 403: 10 }, 10]);
  });

  test('an internal redirect asks once', async () => {
    edge.server.answer(slow(200));
    const statuses = await times(
      10,
      async () => (await ask('old-yes-back', 'kept.test', [], '/redirected')).status,
    );
    expect(countOf(statuses)).toEqual({ 200: 10 });
    expectOnce(askedAbout('old-yes-back'), 10);
    expect(new Set(edge.origin.requests.map(({ url }) => url))).toEqual(new Set(['/final']));
  });

  test('lock_timeout_ms 0 waits for nobody, 50 for so long, and a timeout_ms of 10 for the answer', async () => {
    edge.server.answer(slow(300));
    const [atOnce, soon] = await Promise.all([
      timed(10, 'old-yes-a', 'at-once.test'),
      timed(10, 'old-yes-a', 'soon.test'),
    ]);
    expect([atOnce.statuses, soon.statuses]).toEqual([{ 200: 10 }, { 200: 10 }]);
    expect(edge.server.requests).toHaveLength(20);
    expect(Math.max(atOnce.ms, soon.ms)).toBeLessThan(2_000);
    expect((await timed(10, 'old-yes-a', 'hasty.test')).statuses).toEqual({ 200: 10 });
  });

  test('nginx has complained about nothing of it', async () => {
    const log = await edge.edge.rawErrorLog();
    expect(log.split('\n').filter((line) => /\[(?:warn|crit|alert|emerg)\]|not removed/.test(line))).toEqual(
      [],
    );
  });

  test('a file that cannot be removed: each is asked about, and one line each says so, without the key', async () => {
    const file = await fileOf('old-yes-sticky');
    await sh(
      `chown root ${file} ${file.replace(/\/[^/]*$/, '')} && chmod 644 ${file} && chmod 1777 ${file.replace(/\/[^/]*$/, '')}`,
    );
    await edge.edge.mark();
    edge.server.answer(slow(200));
    const { statuses, ms } = await timed(10, 'old-yes-sticky');
    expect([statuses, askedAbout('old-yes-sticky'), ms < 1_000]).toEqual([{ 200: 10 }, 10, true]);
    const said = (await edge.edge.errors()).filter((line) => line.includes('not removed'));
    expect(said).toHaveLength(forgets ? 10 : 0);
    expect(said.filter((line) => line.includes('old-yes'))).toEqual([]);
    edge.server.answer({ status: 403 });
    expect(await get('old-yes-sticky')).toBe(403);
    await sh(
      `rm -rf ${file} && chown www-data ${file.replace(/\/[^/]*$/, '')} && chmod 700 ${file.replace(/\/[^/]*$/, '')}`,
    );
  });

  test('old files that are damaged, or something else, let nobody in, and nothing but them is removed', async () => {
    const commands: Record<string, string> = {
      'old-yes-empty': ': > $f',
      'old-yes-garbage': 'head -c 900 /dev/urandom > $f',
      'old-yes-head': 'truncate -s 340 $f',
      'old-yes-cut': 'truncate -s -9 $f',
      'old-yes-folder': 'rm $f; mkdir -m 777 $f',
      'old-yes-link': 'cp -p $f /srv/linked; rm $f; ln -s /srv/linked $f',
      'old-yes-fixed': 'rm $f; cp /etc/hostname /srv/fixed; chmod 666 /srv/fixed; ln -s /srv/fixed $f',
    };
    const users = Object.keys(commands);
    const damage = users.map((user) => `f=$(file ${user}); ${commands[user]}; ls -d $f`);
    await sh(`set -e; chmod 777 /srv; file() { ${fileNamed('$1')}; }; ${damage.join('; ')}`);
    const elsewhere = 'ls -l /srv /etc/hostname; cat /srv/* | md5sum';
    const before = await sh(elsewhere);
    edge.server.answer(slow(100, { status: 403 }));
    for (let count = 0; count < 2; count++) {
      const statuses = await Promise.all(users.map((user) => times(5, () => get(user))));
      expect(statuses.flat().filter((status) => status < 400)).toEqual([]);
    }
    expect(await sh(elsewhere)).toBe(before);
    expect((await edge.edge.errors()).filter((line) => /\[alert\]/.test(line))).toEqual([]);
  });
});

// As popular guides to nginx set them, and some that would steer our own.
const http = `
    open_file_cache           max=1000 inactive=60s;
    open_file_cache_valid     60s;
    open_file_cache_min_uses  1;
    open_file_cache_errors    on;
    proxy_cache_revalidate    on;
    proxy_hide_header         ETag;
    underscores_in_headers    on;
    uninitialized_variable_warn on;
    etag off;`;

describe.each(runtimes)('decisions that are forgotten under settings of an operator, on $name', (runtime) => {
  const forgets = isAtLeast(runtime.njsVersion, '0.8.9');
  let edge: CachedEdge;
  const users = ['ann', 'bob', 'eve'];
  const get = async (user: string, lines: string[] = []) =>
    (await edge.ask('kept.test', '/', [`X-User: ${user}`, ...lines])).status;
  const all = () => Promise.all(Array.from({ length: 60 }, (_, index) => get(users[index % 3] as string)));
  beforeAll(async () => {
    edge = await startCachedEdge(runtime, { policies: { 'kept.test': policies['kept.test'] }, http });
  });
  afterAll(() => edge?.stop());

  test('each is asked about once, time after time, and the last answer counts', async () => {
    for (const status of [200, 403, 200]) {
      const headers = { 'Cache-Control': 'max-age=2' };
      edge.server.answer((request) =>
        slow(200, { status: userOf(request) === 'eve' ? 403 : status, headers }),
      );
      edge.server.clear();
      await nextSecond();
      expect(await all()).toEqual(Array.from({ length: 60 }, (_, index) => (index % 3 === 2 ? 403 : status)));
      if (forgets) expect(edge.server.requests.length).toBeLessThanOrEqual(6);
      for (let seconds = 0; seconds < 2; seconds++) await nextSecond();
    }
    edge.server.answer({ status: 403 }).clear();
    expect(await get('ann', ['X_Edge_Auth_Waited: 1', 'X-Edge-Auth-Waited: 1'])).toBe(403);
    expect(edge.server.requests).toHaveLength(1);
    const log = await edge.edge.rawErrorLog();
    expect(log.split('\n').filter((line) => /\[(?:warn|crit|alert|emerg)\]|not removed/.test(line))).toEqual(
      [],
    );
  });
});
