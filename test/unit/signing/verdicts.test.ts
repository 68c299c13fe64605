// What `edge-auth verify` and `explain` say about each kind of URL.
import { createHash } from 'node:crypto';
import { runHere } from './in-process';
import { AT, KEY1, KEY2, openPolicyFolder } from './policy-folder';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const A = `/a?auth_key=${AT}-0-0-${md5(`/a-${AT}-0-0-${KEY1}`)}`;
const A2 = `/a?auth_key=${AT}-0-0-${md5(`/a-${AT}-0-0-${KEY2}`)}`;
const C = `/${md5(`${KEY1}/a6553f100`)}/6553f100/a`;
const D = `/a?sign=${md5(`${KEY1}/a${AT}`)}&t=${AT}`;

const folder = openPolicyFolder(runHere);
afterAll(() => folder.remove());

interface Judged {
  name: string;
  signing: object;
  url: string;
  more?: string[];
  verdict: 'allow' | 'deny';
  reason: string;
  cleanUrl?: string;
  /** A line of explain. */
  explained: RegExp;
}

const a = { type: 'A' };
const d = { type: 'D' };
const after = (seconds: number) => ['--at', String(AT + seconds)];
const table: Judged[] = [
  {
    name: 'in the last second',
    signing: a,
    url: A,
    more: after(1800),
    verdict: 'allow',
    reason: 'signed',
    cleanUrl: '/a',
    explained: /^expires +ok: in 0 s, after 2023-11-14T22:43:20Z; the clock says 2023-11-14T22:43:20Z$/m,
  },
  {
    name: 'one second later',
    signing: a,
    url: A,
    more: after(1801),
    verdict: 'deny',
    reason: 'expired',
    explained: /^expires +FAILED: 1 s ago, after 2023-11-14T22:43:20Z; the clock says 2023-11-14T22:43:21Z$/m,
  },
  {
    name: 'max_future early',
    signing: { ...a, max_future: 60 },
    url: A,
    more: after(-60),
    verdict: 'allow',
    reason: 'signed',
    cleanUrl: '/a',
    explained: /^opens +ok/m,
  },
  {
    name: 'a second before that',
    signing: { ...a, max_future: 60 },
    url: A,
    more: after(-61),
    verdict: 'deny',
    reason: 'not_yet_valid',
    explained: /^opens +FAILED: not before 2023-11-14T22:12:20Z; the clock says 2023-11-14T22:12:19Z$/m,
  },
  {
    name: 'made with key2',
    signing: a,
    url: A2,
    verdict: 'allow',
    reason: 'signed',
    cleanUrl: '/a',
    explained: /^hash +ok: made with key2$/m,
  },
  {
    name: 'of a whole URL with other arguments',
    signing: d,
    url: `https://a.example:8443${D}&b=1`,
    verdict: 'allow',
    reason: 'signed',
    cleanUrl: 'https://a.example:8443/a?b=1',
    explained: /^clean URL +https:\/\/a\.example:8443\/a\?b=1$/m,
  },
  {
    name: 'in front of the path',
    signing: { type: 'C' },
    url: `${C}?b=1`,
    verdict: 'allow',
    reason: 'signed',
    cleanUrl: '/a?b=1',
    explained: /^found +in front of the path$/m,
  },
  {
    name: 'with another hash',
    signing: a,
    url: A.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
    verdict: 'deny',
    reason: 'bad_signature',
    explained: /^hash +FAILED: does not fit key1 nor key2$/m,
  },
  {
    name: 'without a signature',
    signing: a,
    url: '/a?b=1',
    verdict: 'deny',
    reason: 'no_signature',
    explained: /^form +FAILED: no signature where type A has one: \?auth_key=timestamp-rand-uid-hash$/m,
  },
  {
    name: 'of a method that is not open',
    signing: a,
    url: A,
    more: ['--method', 'POST'],
    verdict: 'deny',
    reason: 'method_not_allowed',
    explained: /^need +FAILED: no signature opens POST, only GET, HEAD, OPTIONS$/m,
  },
  {
    name: 'of a method that the policy opens',
    signing: { ...a, methods: 'POST' },
    url: A,
    more: ['--method', 'POST'],
    verdict: 'allow',
    reason: 'signed',
    cleanUrl: '/a',
    explained: /^need +a signature$/m,
  },
  {
    name: 'of the white list',
    signing: { ...a, white_list: ['/a'] },
    url: '/a?b=1',
    verdict: 'allow',
    reason: 'white_list',
    cleanUrl: '/a?b=1',
    explained: /^need +none: the path is in white_list$/m,
  },
  {
    name: 'of the white list, signed long ago',
    signing: { ...a, white_list: ['/a'] },
    url: A,
    more: after(99999),
    verdict: 'allow',
    reason: 'white_list',
    cleanUrl: '/a',
    explained: /^need +none: the path is in white_list$/m,
  },
  {
    name: 'out of scope',
    signing: { ...a, scope: { file_types: 'mp4' } },
    url: '/a',
    verdict: 'allow',
    reason: 'out_of_scope',
    cleanUrl: '/a',
    explained: /^need +none: out of scope$/m,
  },
  {
    name: 'of the white list with a bad signature in front',
    signing: { type: 'C', white_list: ['/a'] },
    url: `/${'0'.repeat(32)}/6553f100/a`,
    verdict: 'deny',
    reason: 'bad_signature',
    explained: /^need +none: the path is in white_list; one in front of the path is checked all the same$/m,
  },
  {
    name: 'with an empty segment',
    signing: a,
    url: A.replace('/a', '//a'),
    verdict: 'deny',
    reason: 'path_mismatch',
    explained:
      /^form +FAILED: the path has an empty segment \(\/\/\), which stays only under "merge_slashes off", and is served as another$/m,
  },
  {
    name: 'with an encoded slash',
    signing: a,
    url: A.replace('/a', '/a%2Fb'),
    verdict: 'deny',
    reason: 'path_mismatch',
    explained: /^form +FAILED: the path has an encoded slash/m,
  },
  {
    name: 'with a fragment',
    signing: a,
    url: `${A}#b`,
    verdict: 'deny',
    reason: 'malformed',
    explained: /^form +FAILED: a "#": clients keep/m,
  },
  {
    name: 'with a space',
    signing: a,
    url: `/ ${A}`,
    verdict: 'deny',
    reason: 'malformed',
    explained: /^form +FAILED: a space or a control character/m,
  },
  {
    name: 'with the argument twice',
    signing: a,
    url: `${A}&auth_key=1`,
    verdict: 'deny',
    reason: 'malformed',
    explained: /^form +FAILED: the argument auth_key stands 2 times$/m,
  },
  {
    name: 'with the argument twice, once encoded',
    signing: a,
    url: A.replace('?', '?%61uth_key&'),
    verdict: 'deny',
    reason: 'malformed',
    explained: /stands 2 times$/m,
  },
  {
    name: 'with an encoded name',
    signing: a,
    url: A.replace('auth_key', 'auth%5fkey'),
    verdict: 'deny',
    reason: 'malformed',
    explained: /^form +FAILED: the argument auth_key has no value, or its name is percent-encoded$/m,
  },
  {
    name: 'of three parts',
    signing: a,
    url: `/a?auth_key=${AT}-0-${'0'.repeat(32)}`,
    verdict: 'deny',
    reason: 'malformed',
    explained: /expected timestamp-rand-uid-hash, received 3 part/m,
  },
  {
    name: 'with a timestamp of 11 digits',
    signing: a,
    url: A.replace('=', '=1'),
    verdict: 'deny',
    reason: 'malformed',
    explained: /timestamp: expected exactly 10 decimal digits, received 11 digits$/m,
  },
  {
    name: 'with a hash in capitals',
    signing: d,
    url: `/a?sign=${'A'.repeat(32)}&t=${AT}`,
    verdict: 'deny',
    reason: 'malformed',
    explained:
      /hash: expected exactly 32 hexadecimal digits in lower case, received 32 characters, capitals among them$/m,
  },
  {
    name: 'with a hash of another length',
    signing: { ...d, hash: 'sha256' },
    url: D,
    verdict: 'deny',
    reason: 'malformed',
    explained: /hash: expected exactly 64 hexadecimal digits in lower case, received 32 characters$/m,
  },
  {
    name: 'without its timestamp',
    signing: d,
    url: D.replace(/&t=.*/, ''),
    verdict: 'deny',
    reason: 'malformed',
    explained: /no argument t with the timestamp beside sign$/m,
  },
  {
    name: 'with a timestamp of another format',
    signing: { ...d, timestamp_format: 'hex' },
    url: D,
    verdict: 'deny',
    reason: 'malformed',
    explained: /timestamp: expected exactly 8 hexadecimal digits, received 10 digits$/m,
  },
  {
    name: 'in front of the path, with a short hash',
    signing: { type: 'C' },
    url: C.slice(0, 30) + C.slice(33),
    verdict: 'deny',
    reason: 'malformed',
    explained: /hash: expected exactly 32 hexadecimal digits in lower case, received 29 characters$/m,
  },
  {
    name: 'with a date that is none',
    signing: { type: 'B' },
    url: `/202302300000/${'0'.repeat(32)}/a`,
    verdict: 'deny',
    reason: 'malformed',
    explained: /^ {2}timestamp +202302300000, FAILED: no date$/m,
  },
  {
    name: 'signed in both places',
    signing: { type: 'C' },
    url: `${C}?KEY1=${'0'.repeat(32)}&KEY2=6553f100`,
    verdict: 'deny',
    reason: 'malformed',
    explained: /a signature in front of the path and one in arguments$/m,
  },
  {
    name: 'where the decoded path was hashed',
    signing: d,
    url: `/%C3%A9?sign=${md5(`${KEY1}/é${AT}`)}&t=${AT}`,
    verdict: 'deny',
    reason: 'bad_signature',
    explained: /^hash +FAILED: does not fit key1 nor key2; it fits key1 if the decoded path is hashed$/m,
  },
  {
    name: 'pasted from an address bar',
    signing: d,
    url: `/é?sign=${md5(`${KEY2}/%C3%A9${AT}`)}&t=${AT}`,
    verdict: 'deny',
    reason: 'bad_signature',
    explained: /it fits key2 if the path with what clients percent-encode is hashed$/m,
  },
  {
    name: 'where the query was hashed',
    signing: d,
    url: `/a?b=1&sign=${md5(`${KEY1}/a?b=1${AT}`)}&t=${AT}`,
    verdict: 'deny',
    reason: 'bad_signature',
    explained: /it fits key1 if the path with its query is hashed$/m,
  },
  {
    name: 'with a timestamp in capitals that was hashed in lower case',
    signing: { type: 'F' },
    url: `/a?sign=${md5(`${KEY1}/a6553f100`)}&time=6553F100`,
    verdict: 'deny',
    reason: 'bad_signature',
    explained: /it fits key1 if the timestamp in lower case is hashed$/m,
  },
];

test.each(table)(
  'a URL $name: $verdict, $reason',
  async ({ signing, url, more = [], verdict, reason, cleanUrl, explained }) => {
    const code = verdict === 'allow' ? 0 : 1;
    const verified = await folder.run('verify', signing, ...more, url);
    const told = await folder.run('explain', signing, ...more, url);
    const line = JSON.stringify({ verdict, reason, clean_url: cleanUrl ?? null });
    expect(verified).toEqual({ code, stdout: `${line}\n`, stderr: '' });
    expect(told.stdout).toMatch(explained);
    expect(told.stdout).toMatch(new RegExp(`^verdict +${verdict}: ${reason}\\n`, 'm'));
    expect(told.stdout).toMatch(/^what to do +\S.+\n$/m);
    expect(told).toMatchObject({ code, stderr: '' });
    // A refusal is never without the step that failed.
    expect(told.stdout.includes('FAILED')).toBe(verdict === 'deny');
  },
);

test('explain shows each step', async () => {
  const { stdout } = await folder.run('explain', a, ...after(60), `http://a.example${A}&b=1`);
  const lines = stdout.split('\n').slice(1);
  expect(lines).toEqual([
    `request      GET ${A}&b=1`,
    'not signed   scheme, host, query and method (methods says which are open)',
    'need         a signature',
    'looked for   ?auth_key=timestamp-rand-uid-hash',
    'found        in the arguments',
    '  path       /a',
    `  timestamp  ${AT}, 2023-11-14T22:13:20Z`,
    '  rand       0',
    '  uid        0',
    `  hash       ${A.slice(-32)}`,
    'opens        ok: not too far ahead',
    'expires      ok: in 1740 s, after 2023-11-14T22:43:20Z; the clock says 2023-11-14T22:14:20Z',
    `hashed text  /a-${AT}-0-0-<key1>`,
    'hash         ok: made with key1',
    'verdict      allow: signed',
    'clean URL    http://a.example/a?b=1',
    'what to do   nothing: the edge opens it',
    '',
  ]);
  expect(stdout).toMatch(
    /^policy {7}\S+\.json: type A, md5, timestamp dec, timeout 1800 s, max_future 31536000 s, 2 keys\n/,
  );
});

test('explain never prints the hash that would be right', async () => {
  const bad = A.replace(/[^-]+$/, '0'.repeat(32));
  const { stdout } = await folder.run('explain', a, bad);
  for (const good of [A, A2]) expect(stdout).not.toContain(good.slice(-32));
  expect(stdout).toContain('0'.repeat(32));
});

test('explain shows what a terminal would obey as text', async () => {
  const { stdout } = await folder.run('explain', a, '/\u001b[2J\u202ea');
  expect(stdout).toContain('GET /\\u{1b}[2J\\u{202e}a');
});
