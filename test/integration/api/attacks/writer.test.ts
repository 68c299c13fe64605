// Who has a token that may write, and wants more than policies: the edge's files, its network, its log, its time.
import type { ClientReply } from '../../harness/client';
import { exchange } from '../../harness/raw-client';
import { leastMs } from '../../harness/in-time';
import { type ApiEdge, FOLDER, HOST, startApiEdge, WRITE } from '../contract/api-edge';
import { expectQuiet, json, KEY, onAble, PASSWORD, policies } from './attack-edge';

const own = '/v1/policies/signed.test';
const vendor = '/v2/domain/signed.test/config?requestAuth';
const signing = { type: 'A', key1: 'some-other-key' };
const asking = (auth_server: unknown): object => ({ remote_auth: { auth_server } });

/** Peers: ingress-nginx CVE-2025-24514, and every admin API whose upstream is the caller's to choose. */
const places: [string, unknown][] = [
  ['this host', 'http://127.0.0.1:9181/v1/policies'],
  ['this host, by another address of it', 'http://127.9.9.9/'],
  ['this host, by name', 'http://localhost/'],
  ['this host, by a name below', 'http://a.LocalHost./'],
  ['no address', 'http://0.0.0.0/'],
  ['this host in IPv6', 'http://[::1]/'],
  ['this host in IPv6, in full', 'http://[0:0:0:0:0:0:0:1]/'],
  ['this host, mapped', 'http://[::ffff:127.0.0.1]/'],
  ['this host, mapped in hexadecimal', 'http://[::ffff:7f00:1]/'],
  ['this host, by one number', 'http://2130706433/'],
  ['this host, in octal', 'http://0177.0.0.1/'],
  ['this host, in hexadecimal', 'http://0x7f.1/'],
  ['this host, shortened', 'http://127.1/'],
  ['the metadata service', 'http://169.254.169.254/latest/meta-data/iam/'],
  ['the metadata service, mapped', 'http://[::ffff:169.254.169.254]/'],
  ['the metadata service, translated', 'http://[64:ff9b::a9fe:a9fe]/'],
  ["Amazon's in IPv6", 'http://[fd00:ec2::254]/'],
  ["Google's in IPv6", 'http://[fd20:ce::254]/'],
  ["Google's by name", 'http://metadata.google.internal/computeMetadata/v1/'],
  ["Google's by its short name", 'http://metadata.goog/'],
  ["Alibaba Cloud's", 'http://100.100.100.200/'],
  ["Tencent Cloud's by name", 'http://metadata.tencentyun.com/'],
  ["Azure's agent", 'http://168.63.129.16/machine'],
  ['the link', 'http://169.254.1.1/'],
  ['the link in IPv6', 'http://[fe80::1]/'],
  ['a domain of this edge', 'http://signed.test/'],
  ['a domain of this edge, with a final dot', 'http://SIGNED.test./'],
  ['the second of two', ['http://203.0.113.7/', 'http://127.0.0.1/']],
  ['a socket', 'http://unix:/run/nginx.sock:/'],
  ['a file', 'file:///etc/passwd'],
  ['somebody else, with a name before the @', 'http://203.0.113.7@127.0.0.1/'],
  ['somebody else, with a fragment', 'http://203.0.113.7#@127.0.0.1/'],
  ['a name with a line break', 'http://203.0.113.7\n127.0.0.1/'],
  ['a variable', 'http://$arg_host/'],
];

const files: [string, object][] = [
  ['a key file', { url_signing: { type: 'A', key_file: '/etc/hostname' } }],
  ['a key file above the folder', { url_signing: { type: 'A', key_file: '../../../etc/hostname' } }],
  [
    'a file of authorities',
    { remote_auth: { auth_server: 'https://203.0.113.7', tls: { ca_file: '/etc/passwd' } } },
  ],
  [
    'a certificate and its key',
    {
      remote_auth: {
        auth_server: 'https://203.0.113.7',
        tls: { client_certificate: '/etc/nginx/x.pem', client_key: '/etc/nginx/edge-auth/keys/api.conf' },
      },
    },
  ],
];

/** Text, since some of it cannot be made by JSON.stringify. */
const bodies: [string, string][] = [
  [
    '__proto__ at the top',
    '{"__proto__":{"enabled":false},"url_signing":{"type":"A","key1":"some-other-key"}}',
  ],
  ['__proto__ alone', '{"__proto__":{"url_signing":false}}'],
  ['__proto__ of the signing', '{"url_signing":{"type":"A","__proto__":{"key1":"some-other-key"}}}'],
  ['__proto__, escaped', '{"url_signing":false,"\\u005f_proto__":{"enabled":false}}'],
  ['constructor', '{"url_signing":false,"constructor":{"prototype":{"enabled":false}}}'],
  ['a key twice', '{"url_signing":{"type":"A","key1":"some-other-key"},"url_signing":false}'],
  ['a key twice, once escaped', '{"enabled":true,"url_signing":false,"\\u0065nabled":false}'],
  [
    'a key twice, deep below',
    '{"url_signing":{"type":"A","key1":"some-other-key","key1":"another-key-yet"}}',
  ],
  ['a key in capitals', '{"URL_SIGNING":false}'],
  ['a key with a space', '{"url_signing ":false}'],
  ['a key with a NUL behind it', '{"url_signing\\u0000":false}'],
  ['a key with a letter of the same look', '{"url_sign\\u0456ng":false}'],
  ['true for a number', '{"url_signing":{"type":"A","key1":"some-other-key","timeout":true}}'],
  ['a newline behind a key', '{"url_signing":{"type":"A","key1":"some-other-key\\n"}}'],
  ['a newline behind an argument', '{"url_signing":{"type":"D","key1":"some-other-key","sign_arg":"s\\n"}}'],
  ['a newline behind a path', '{"url_signing":{"type":"A","key1":"some-other-key","white_list":["/a\\n"]}}'],
  ['a newline behind an address', '{"remote_auth":{"auth_server":"http://203.0.113.7\\n"}}'],
  [
    'conf in a path',
    '{"url_signing":{"type":"A","key1":"some-other-key","white_list":["/a\\"; } root /; #"]}}',
  ],
  [
    'conf in a header',
    '{"remote_auth":{"auth_server":"http://203.0.113.7","add_headers":{"X":"a\\"; root /; #"}}}',
  ],
  ['a dollar sign in a path', '{"url_signing":{"type":"A","key1":"some-other-key","white_list":["/$uri"]}}'],
  [
    'a header of the framing',
    '{"remote_auth":{"auth_server":"http://203.0.113.7","add_headers":{"Content-Length":"5"}}}',
  ],
  [
    'a header that only we send',
    '{"remote_auth":{"auth_server":"http://203.0.113.7","add_headers":{"x_edge_auth_decision":"allow"}}}',
  ],
  ['halves of characters', '{"url_signing":false,"$schema":"\\ud800"}'],
  ['60,000 brackets', '['.repeat(60000)],
  ['60,000 brackets in a field', `{"url_signing":${'['.repeat(60000)}`],
  ['12,000 objects', '{"a":'.repeat(12000)],
];

/** Each of 64 KiB, as costly as its kind can be. */
const costly: [string, string][] = [
  ['unknown fields', `{${Array.from({ length: 6000 }, (_none, i) => `"f${i}":1`).join()}}`],
  ['one unknown field', `{"${'auth_server'.repeat(5900)}":1}`],
  ['one text', JSON.stringify({ $schema: 'x'.repeat(65000) })],
  ['escapes', `{"$schema":"${'\\u0041'.repeat(10900)}"}`],
  [
    'paths',
    JSON.stringify({ url_signing: { ...signing, white_list: Array.from({ length: 9000 }, () => '/a*') } }),
  ],
  ['bars', JSON.stringify({ url_signing: { ...signing, white_list: '/a|'.repeat(21000) } })],
  ['asterisks', JSON.stringify({ url_signing: { ...signing, white_list: ['/' + '*'.repeat(64000)] } })],
  ['an address', JSON.stringify(asking(`http://${'a.'.repeat(32000)}a`))],
  ['a path of dots', JSON.stringify(asking(`http://203.0.113.7${'/..'.repeat(21000)}`))],
  [
    'dollar signs',
    JSON.stringify({
      remote_auth: { auth_server: 'http://203.0.113.7', add_args: { a: '$'.repeat(64000) } },
    }),
  ],
  [
    'arguments',
    JSON.stringify({
      remote_auth: {
        auth_server: 'http://203.0.113.7',
        add_args: Object.fromEntries(Array.from({ length: 5000 }, (_none, i) => [`a${i}`, 'x'])),
      },
    }),
  ],
  [
    'status codes',
    JSON.stringify({
      remote_auth: { auth_server: 'http://203.0.113.7', success_status: '200,'.repeat(16000) },
    }),
  ],
  ['spaces', ' '.repeat(65000)],
  ['line breaks before an error', '\n'.repeat(65000) + 'x'],
  ['characters beyond the first plane', JSON.stringify({ $schema: '\u{1f600}'.repeat(16000) })],
];

const paths: [string, string][] = [
  ['dots', '/v1/policies/..'],
  ['encoded dots and slashes', '/v1/policies/..%2f..%2fetc%2fcron.d%2fx'],
  ['doubly encoded ones', '/v1/policies/%252e%252e%252fx'],
  ['overlong UTF-8', '/v1/policies/%c0%ae%c0%ae%2fx'],
  ['backslashes', '/v1/policies/..\\..\\x'],
  ['the folder of copies', '/v1/policies/.live'],
  ['a name that begins with a dot', '/v1/policies/.signed.test'],
  ['a NUL', '/v1/policies/signed.test%00.json'],
  ['a wildcard', '/v1/policies/*.test'],
  ['a name with a final dot', '/v1/policies/signed.test.'],
  ['a soft hyphen', '/v1/policies/signed%c2%ad.test'],
  ['a sign of the same look', '/v1/policies/%d1%95igned.test'],
  ['the Kelvin sign', '/v1/policies/%e2%84%aa.test'],
  ['full width', '/v1/policies/%ef%bd%93igned.test'],
  ['a port', '/v1/policies/signed.test:80'],
  ['conf', '/v1/policies/a%3b%7d.test'],
  ['251 characters', `/v1/policies/${'l.'.repeat(125)}t`],
];

onAble('a writer and the API on $name, which needs njs 0.8.0', (runtime) => {
  let api: ApiEdge;
  let before: string[];
  let workers: number[];

  beforeAll(async () => {
    ({ api } = await startApiEdge(runtime, policies));
    [before, workers] = [await api.files(), await api.edge.workerPids()];
    await api.edge.exec('touch /run/start');
  });
  afterAll(() => api?.stop());

  const put = (body: string, target = own): Promise<ClientReply> =>
    api.ask('PUT', target, { headers: json, body });
  async function expectRefused(reply: ClientReply, statuses: number[]): Promise<void> {
    expect(statuses).toContain(reply.status);
    expect(JSON.parse(reply.body)).toHaveProperty('code');
    expect(await api.files()).toEqual(before);
  }

  test.each(places)('does not lead the edge to %s', async (_name, server) => {
    await expectRefused(await put(JSON.stringify(asking(server))), [400]);
  });

  test.each(files)('does not name %s', async (_name, policy) => {
    await expectRefused(await put(JSON.stringify(policy)), [400]);
  });

  test.each(bodies)('gets no policy by %s', async (_name, body) => {
    await expectRefused(await put(body), [400]);
  });

  test.each([
    [
      'a timestampMetric that is not to be made a text',
      '{"requestAuth":{"type":"A","key1":"abcdef","timestampFormat":"dec","timestampMetric":{"toString":1}}}',
    ],
    ['members of every object', '{"requestAuth":{"type":"A","key1":"abcdef","__proto__":{"key2":"ghijkl"}}}'],
    ['a list with members', '{"requestAuth":[{}]}'],
    ['a key with a newline behind it', '{"requestAuth":{"type":"A","key1":"abcdef\\n"}}'],
    ['a type with a newline behind it', '{"requestAuth":{"type":"A\\n","key1":"abcdef"}}'],
    [
      "scope, which is the operator's",
      '{"requestAuth":{"type":"A","key1":"abcdef","scope":{"paths":["/x"]}}}',
    ],
    ["key_file, which is the operator's", '{"requestAuth":{"type":"A","key_file":"/etc/passwd"}}'],
  ])('gets nothing of the vendor by %s', async (_name, body) => {
    await expectRefused(await put(body, vendor), [400]);
  });

  // The njs engine gave an empty body behind others as a buffer without memory.
  test('sends empty bodies in a row', async () => {
    const head = `PUT ${own} HTTP/1.1\r\nHost: ${HOST}\r\nAuthorization: Bearer ${WRITE}\r\nContent-Type: application/json\r\n`;
    const empty = [
      `${head}Content-Length: 0\r\n\r\n`,
      `${head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      `${head}\r\n`,
    ];
    const wrong = `${head}Content-Length: 2\r\n\r\n[]`;
    const all = Array.from({ length: 10 }, () => empty.flatMap((one) => [wrong, one])).flat();
    const { text } = await exchange(api.apiPort, all.join(''), { idleMs: 1_500 });
    expect(text.match(/HTTP\/1\.1 [0-9]+/g)).toEqual(all.map(() => 'HTTP/1.1 400'));
    expect(await api.files()).toEqual(before);
  });

  test.each(paths)('gets no file by %s', async (_name, target) => {
    for (const method of ['PUT', 'GET', 'DELETE']) {
      const reply = await api.ask(
        method,
        target,
        method === 'PUT' ? { headers: json, body: '{"url_signing":false}' } : {},
      );
      await expectRefused(reply, [400, 404]);
    }
  });

  test.each(costly)('does not stop a worker by 64 KiB of %s', async (_name, body) => {
    const timed = async () => {
      const start = performance.now();
      await expectRefused(await put(body), [400]);
      await expectRefused(await put(body, vendor), [400]);
      await expectRefused(await put(`{"requestAuth":${body}}`.slice(0, 65536), vendor), [400]);
      return { ms: performance.now() - start };
    };
    expect(await leastMs(3_000, await timed(), timed)).toBeLessThan(3_000);
  });

  test.each([
    ['encoded twice', JSON.stringify(JSON.stringify(policies['signed.test']))],
    ['encoded twice, in a list', JSON.stringify([JSON.stringify(policies['signed.test'])])],
    [
      'put into another field as well',
      JSON.stringify({ url_signing: { ...signing, key1: KEY, sign_arg: KEY } }),
    ],
    [
      'part of another field',
      JSON.stringify({ url_signing: { ...signing, key1: KEY, white_list: [`x${KEY}`] } }),
    ],
    ['a field of its own', JSON.stringify({ url_signing: { ...signing, key1: KEY, [KEY]: 1 } })],
  ])('does not read its own key in an answer, or the log, where it was %s', async (_name, body) => {
    for (const target of [own, vendor]) {
      const reply = await put(body, target);
      await expectRefused(reply, [400]);
      expect(reply.body).not.toContain(KEY);
    }
    expect(await api.edge.rawErrorLog()).not.toContain(KEY);
  });

  test('writes one line a change, whatever the values are', async () => {
    const target = '/v1/policies/logged.test';
    const add_args = { a: '$arg_b"}\\n{"forged":true}', __proto__: null };
    const odd = [
      { url_signing: false, $schema: `\n{"time":"forged"}\r\u001b[2J\u2028\u202e` },
      { remote_auth: { auth_server: 'http://203.0.113.7/%22%7d', add_headers: { 'X-Secret': PASSWORD } } },
      { remote_auth: { auth_server: 'http://203.0.113.7/', add_args } },
    ];
    for (const policy of odd) await put(JSON.stringify(policy), target);
    await api.ask('DELETE', target);
    const { stdout } = await api.edge.exec('cat /var/log/nginx/api.log');
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) {
      expect(Object.keys(JSON.parse(line) as object)[0]).toBe('time');
      expect(line).toMatch(/^[ -~…]+$/);
      expect(line).not.toContain(WRITE);
    }
    expect(lines.filter((line) => line.includes('X-Secret')).join()).not.toContain(PASSWORD);
    expect(await api.files()).toEqual(before);
  });

  test('names an argument __proto__, and it is one as any other', async () => {
    const target = '/v1/policies/proto.test';
    const body = '{"remote_auth":{"auth_server":"http://203.0.113.7","add_args":{"__proto__":"x","b":"y"}}}';
    const { status } = await put(body, target);
    if (status === 201) {
      const reply = await api.ask('GET', target);
      expect(reply.body).toContain('"__proto__":"x"');
      await api.ask('DELETE', target);
    } else expect(status).toBe(400);
    expect(await api.files()).toEqual(before);
  });

  test('fills shared memory with domains, and the domains before them stay protected', async () => {
    const names = Array.from({ length: 600 }, (_none, i) => `full${i}.test`);
    const body = JSON.stringify({
      url_signing: {
        ...signing,
        white_list: Array.from({ length: 90 }, (_none, i) => `/${i}/${'x'.repeat(40)}`),
      },
    });
    for (let at = 0; at < names.length; at += 20) {
      const replies = await Promise.all(
        names.slice(at, at + 20).map((name) => put(body, `/v1/policies/${name}`)),
      );
      expect(replies.map(({ status }) => status).filter((status) => status !== 201)).toEqual([]);
    }
    expect(await api.site('/a')).toMatchObject({ status: 403 });
    expect(await api.ask('GET', own)).toMatchObject({ status: 200 });
    await api.edge.exec(`rm ${FOLDER}/full*.test.json ${FOLDER}/.live/full*`);
    expect(await api.files()).toEqual(before);
  }, 120_000);

  test('has written nothing elsewhere', async () => {
    const { stdout } = await api.edge.exec(
      `find / -xdev -newer /run/start -type f ! -path '/proc/*' ! -path '/sys/*' ! -path '${FOLDER}/*' ! -path '/var/log/nginx/*'`,
    );
    expect(stdout).toBe('');
  });

  test('nothing of it is an error of the edge', () => expectQuiet(api, workers));
});
