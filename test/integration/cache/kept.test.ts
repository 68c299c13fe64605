// Which answers are kept, and for how long the auth server lets them.
import type { OutgoingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../harness/auth-server';
import { silent } from '../harness/misbehaviour';
import { PROTECTED } from '../harness/origin';
import { runtimes } from '../harness/runtimes';
import { startCachedEdge, type CachedEdge } from './cached-edge';

const auth = { auth_server: '{auth}', keep_headers: ['x-user'], timeout_ms: 2000 };
const cache = { allow_ttl: 60, deny_ttl: 60 };
const policies = {
  'plain.test': { remote_auth: { ...auth, cache } },
  'deaf.test': { remote_auth: { ...auth, cache: { ...cache, respect_cache_control: false } } },
  'listed.test': {
    remote_auth: {
      ...auth,
      success_status: ['2xx', 500, 502, 429],
      failure_status: ['4xx', 503, 504],
      cache,
    },
  },
  'open.test': { remote_auth: { ...auth, other_status: 'allow', timeout_action: 'allow', cache } },
};

const said = (cacheControl: string | string[], more: OutgoingHttpHeaders = {}): Answer => ({
  headers: { 'Cache-Control': cacheControl, ...more },
});
const neverKept: [domain: string, name: string, answer: Answer][] = [
  ...['plain.test', 'deaf.test', 'open.test', 'listed.test'].flatMap((domain) => [
    ...[400, 405, 408, 413, 414, 421, 425, 429, 431, 500, 502, 503, 504, 599].map(
      (status): [string, string, Answer] => [domain, `status ${status}`, { status }],
    ),
    [domain, 'one Set-Cookie', { headers: { 'Set-Cookie': 'sid=secret; Path=/' } }] as [
      string,
      string,
      Answer,
    ],
    [
      domain,
      'a denial with a Set-Cookie',
      { status: 403, headers: { 'Set-Cookie': ['a=secret', 'b=secret'] } },
    ] as [string, string, Answer],
    [domain, 'no answer', silent()] as [string, string, Answer],
    [domain, 'a reset', (socket) => void socket.resetAndDestroy()] as [string, string, Answer],
  ]),
  ...[
    'no-store',
    'No-Store',
    'no-cache',
    'private',
    'no-cache="set-cookie"',
    'private, max-age=60',
    'max-age=60,no-store',
    'max-age=0',
    's-maxage=0, max-age=60',
    'max-age=60, max-age=0',
    'max-age=-1',
    'max-age=abc',
    'max-age="0"',
    'max-age',
    'max-age=',
    'max-age=60.5',
    'max-age=99999999999',
    'MAX-AGE=0',
    'x;no-store',
  ].map((text): [string, string, Answer] => ['plain.test', `Cache-Control: ${text}`, said(text)]),
  ['plain.test', 'two Cache-Control headers', said(['max-age=60', 'no-store'])],
  ['plain.test', 'an Age that has passed', said('max-age=60', { Age: '60' })],
  ['plain.test', 'an Age that is none', said('max-age=60', { Age: 'x' })],
];

const kept: [domain: string, name: string, answer: Answer][] = [
  ['plain.test', 'nothing said', {}],
  ['plain.test', 'public, max-age=600', said('public, max-age=600')],
  ['plain.test', 'a word that has no-store in it', said('x-no-storey')],
  [
    'plain.test',
    'Expires and Pragma and Vary, which say nothing here',
    { headers: { Expires: '0', Pragma: 'no-cache', Vary: '*' } },
  ],
  ['plain.test', 'X-Accel-Expires, which is nginx’s', { headers: { 'X-Accel-Expires': '0' } }],
  ['plain.test', 'status 403', { status: 403 }],
  ['plain.test', 'status 404', { status: 404 }],
  ['open.test', 'status 404', { status: 404 }],
  ['deaf.test', 'no-store', said('no-store')],
  ['deaf.test', 'max-age=0', said('max-age=0')],
];

describe.each(runtimes)('answers that are kept, on $name', (runtime) => {
  let edge: CachedEdge;
  let users = 0;
  const answers = new Map<string, Answer>();
  beforeAll(async () => {
    edge = await startCachedEdge(runtime, { policies });
    edge.server.answer(({ headers }) => answers.get(headers['x-user'] ?? '') ?? {});
  });
  afterAll(() => edge?.stop());

  /** How often the auth server is asked about two requests of one user. */
  async function askTwice(
    domain: string,
    answer: Answer,
  ): Promise<{ asked: number; statuses: number[]; received: string }> {
    const user = `user${users++}`;
    const ask = () => edge.ask(domain, '/', [`X-User: ${user}`]);
    answers.set(user, answer);
    const replies = [await ask(), await ask()];
    const asked = edge.server.requests.filter(({ headers }) => headers['x-user'] === user).length;
    return { asked, statuses: replies.map(({ status }) => status), received: JSON.stringify(replies) };
  }

  test('an answer that may not be kept is asked for again', async () => {
    const wrong: string[] = [];
    await Promise.all(
      neverKept.map(async ([domain, name, answer]) => {
        const { asked, statuses, received } = await askTwice(domain, answer);
        if (asked < 2 || statuses[0] !== statuses[1])
          wrong.push(`${domain} ${name}: asked ${asked}, ${statuses.join()}`);
        if (received.includes('secret')) wrong.push(`${domain} ${name}: ${received}`);
        if (statuses[0] !== 200 && received.includes(PROTECTED)) wrong.push(`${domain} ${name}: served`);
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('an answer that may be kept is', async () => {
    for (const [domain, name, answer] of kept) {
      const { asked, statuses } = await askTwice(domain, answer);
      expect([domain, name, asked, statuses[0] === statuses[1]]).toEqual([domain, name, 1, true]);
    }
  });

  test('what the auth server says shortens: max-age, s-maxage, less its Age', async () => {
    const short: [string, Answer][] = [
      ['a', said('max-age=2')],
      ['b', said('max-age=60, s-maxage=2')],
      ['c', said('s-maxage=60, max-age=2')],
      ['d', said('max-age=62', { Age: '60' })],
      ['e', said('max-age=60')],
    ];
    for (const [user, answer] of short) answers.set(user, answer);
    const ask = () => Promise.all(short.map(([user]) => edge.ask('plain.test', '/', [`X-User: ${user}`])));
    await ask();
    edge.server.answer({ status: 403 });
    await sleep(2_050);
    expect((await ask()).map(({ status }) => status)).toEqual([403, 403, 403, 403, 200]);
  });
});
