// Bytes that no ordinary client sends: every answer has the contract's form, also where nginx refuses before any JavaScript, and nothing is stored.
import { isAtLeast, runtimes } from '../harness/runtimes';
import { sendRaw } from '../harness/raw-client';
import { HOST, READ, startApiEdge, WRITE, type ApiEdge } from './contract/api-edge';

const POLICY = JSON.stringify({ url_signing: { type: 'A', key1: 'a-key-of-the-wire' } });
const TARGET = '/v1/policies/signed.test';

interface Head {
  method?: string;
  target?: string;
  protocol?: string;
  host?: string | undefined;
  token?: string | undefined;
  type?: string;
  lines?: string[];
}

/** A PUT of a policy that would be taken, but for what is given. */
function head(given: Head): string {
  const {
    method = 'PUT',
    target = TARGET,
    protocol = 'HTTP/1.1',
    type = 'application/json',
    lines = [],
  } = given;
  const host = 'host' in given ? given.host : HOST;
  const token = 'token' in given ? given.token : WRITE;
  return [
    `${method} ${target} ${protocol}`,
    ...(host === undefined ? [] : [`Host: ${host}`]),
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
    `Content-Type: ${type}`,
    ...lines,
    '',
    '',
  ].join('\r\n');
}

const sized = (given: Head, body: string): string =>
  head({ ...given, lines: [...(given.lines ?? []), `Content-Length: ${body.length}`] }) + body;

function chunked(body: string, size: number, given: Head = {}): string {
  const chunks = [];
  for (let at = 0; at < body.length; at += size) {
    const chunk = body.slice(at, at + size);
    chunks.push(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
  }
  return head({ ...given, lines: ['Transfer-Encoding: chunked'] }) + chunks.join('') + '0\r\n\r\n';
}

const LARGE = 'x'.repeat(70_000);
const get = (given: Head): string => head({ method: 'GET', ...given });

const refused: [string, string, number[], string][] = [
  ['bytes of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 \r\n\r\n', [400], 'InvalidHTTPRequest'],
  ['a space in the path', get({ target: '/v1 /policies' }), [400], 'InvalidHTTPRequest'],
  ['HTTP/3.0', get({ protocol: 'HTTP/3.0' }), [505], 'InvalidHTTPRequest'],
  ['a path above the root', get({ target: '/../../etc/passwd' }), [400], 'InvalidHTTPRequest'],
  ['an encoded NUL', get({ target: TARGET + '%00' }), [400], 'InvalidHTTPRequest'],
  ['a NUL in a header', get({ lines: ['X: a\0b'] }), [400], 'InvalidHTTPRequest'],
  ['a request line of 9,000 bytes', get({ target: '/' + 'x'.repeat(9_000) }), [414], 'RequestURITooLong'],
  [
    'a header line of 9,000 bytes',
    get({ lines: ['X: ' + 'x'.repeat(9_000)] }),
    [431],
    'RequestHeaderTooLarge',
  ],
  [
    'five header lines of 7,000',
    get({ lines: Array<string>(5).fill('X: ' + 'x'.repeat(7_000)) }),
    [431],
    'RequestHeaderTooLarge',
  ],
  ['no Host', get({ host: undefined }), [400], 'InvalidHTTPRequest'],
  ['no Host in HTTP/1.0', get({ host: undefined, protocol: 'HTTP/1.0' }), [403], 'AccessDenied'],
  ['two Hosts', get({ lines: [`Host: ${HOST}`] }), [400], 'InvalidHTTPRequest'],
  ["another one's Host", get({ host: 'rebind.test' }), [403], 'AccessDenied'],
  [
    "another one's Host in the request line",
    get({ target: 'http://rebind.test/v1/policies' }),
    [403],
    'AccessDenied',
  ],
  // nginx 1.23 and later refuses the second header itself.
  ['two tokens', get({ lines: [`Authorization: Bearer ${READ}`] }), [400, 401], ''],
  ['no token', get({ token: undefined }), [401], 'InvalidHTTPAuthHeader'],
  ['TRACE', head({ method: 'TRACE' }), [405], 'MethodNotAllowed'],
  ['CONNECT', head({ method: 'CONNECT', target: 'a.test:80' }), [400, 405], ''],
  [
    'OPTIONS of a browser',
    head({ method: 'OPTIONS', lines: ['Origin: http://a.test'] }),
    [405],
    'MethodNotAllowed',
  ],
  ['our own internal location', get({ target: '/_edge_auth_api_refused' }), [404], 'NotFound'],
  [
    'our own internal location, without a token',
    get({ target: '/_edge_auth_api_refused', token: undefined }),
    [401],
    'InvalidHTTPAuthHeader',
  ],
  ['a large body, without a token', sized({ token: undefined }, LARGE), [401], 'InvalidHTTPAuthHeader'],
  ['a large body, with a token that may read', sized({ token: READ }, LARGE), [403], 'AccessDenied'],
  ['a large body for no path', sized({ target: '/x' }, LARGE), [404], 'NotFound'],
  ['a large body of another type', sized({ type: 'text/plain' }, LARGE), [415], 'UnsupportedMediaType'],
  ['a large body', sized({}, LARGE), [413], 'RequestTooLarge'],
  ['a body of 65,537 bytes', sized({}, POLICY.padEnd(65_537)), [413], 'RequestTooLarge'],
  ['a body of 65,537 bytes in chunks', chunked(POLICY.padEnd(65_537), 1_000), [413], 'RequestTooLarge'],
  ['a megabyte announced', head({ lines: ['Content-Length: 1000000000000'] }), [413], 'RequestTooLarge'],
  [
    'a megabyte in chunks, without a token',
    chunked('x'.repeat(1_000_000), 10_000, { token: undefined }),
    [401],
    'InvalidHTTPAuthHeader',
  ],
  ['a broken chunk', head({ lines: ['Transfer-Encoding: chunked'] }) + 'zz\r\n', [400], 'InvalidHTTPRequest'],
  ['another Transfer-Encoding', head({ lines: ['Transfer-Encoding: gzip'] }), [501], 'NotImplemented'],
  ['two lengths', head({ lines: ['Content-Length: 5', 'Content-Length: 6'] }), [400], 'InvalidHTTPRequest'],
  [
    'a length and chunks',
    head({ lines: ['Content-Length: 5', 'Transfer-Encoding: chunked'] }),
    [400],
    'InvalidHTTPRequest',
  ],
  ['an encoded body', sized({ lines: ['Content-Encoding: gzip'] }, POLICY), [415], 'UnsupportedMediaType'],
  [
    'two Content-Types',
    sized({ lines: ['Content-Type: application/json'] }, POLICY),
    [415],
    'UnsupportedMediaType',
  ],
  ['no body', head({}), [400], 'MalformedJSON'],
  ['Latin-1', sized({}, '{"$schema":"\xff"}'), [400], 'MalformedJSON'],
  [
    'an encoded dot-dot for a domain',
    get({ target: '/v1/policies/..%2f..%2fetc%2fpasswd' }),
    [404],
    'NoSuchDomain',
  ],
];

const able = runtimes.filter(({ njsVersion }) => isAtLeast(njsVersion, '0.8.0'));
// Before that release nginx has no API: bookworm alone skips, and says so.
const onAble = able.length > 0 ? describe.each(able) : describe.skip.each(runtimes);

onAble('bytes on the wire of the API on $name, which needs njs 0.8.0', (runtime) => {
  let api: ApiEdge;
  let files: string[];

  beforeAll(async () => {
    ({ api } = await startApiEdge(runtime, { 'signed.test': JSON.parse(POLICY) as object }));
    files = await api.files();
  });
  afterAll(() => api?.stop());

  test.each(refused)('%s', async (_, bytes, statuses, code) => {
    const reply = await sendRaw(api.apiPort, Buffer.from(bytes, 'latin1'), { method: 'GET' });
    expect(statuses).toContain(reply.status);
    const body = JSON.parse(reply.body) as { code: string; requestId: string };
    if (code !== '') expect(body.code).toBe(code);
    expect(reply.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-bce-request-id': body.requestId,
    });
    expect(body.requestId).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(reply.headers['www-authenticate']).toBe(reply.status === 401 ? 'Bearer' : undefined);
    if (reply.status === 405) expect(reply.headers['allow']).toContain('PUT');
    expect(reply.body + JSON.stringify(reply.rawHeaders)).not.toContain(WRITE);
    expect(await api.files()).toEqual(files);
  });

  test.each([
    ['exactly 65,536 bytes', sized({}, POLICY.padEnd(65_536))],
    ['exactly 65,536 bytes in chunks', chunked(POLICY.padEnd(65_536), 1_000)],
    ['a byte a chunk', chunked(POLICY, 1)],
    ['an absolute request line of its own', sized({ target: `http://${HOST}${TARGET}` }, POLICY)],
    [
      'dates, which it does not have',
      sized(
        {
          lines: [
            'If-Unmodified-Since: Mon, 01 Jan 2001 00:00:00 GMT',
            'If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT',
          ],
        },
        POLICY,
      ),
    ],
    ['a range', sized({ lines: ['Range: bytes=0-3'] }, POLICY)],
    ['any that is there', sized({ lines: ['If-Match: *'] }, POLICY)],
  ])('a PUT that is taken: %s', async (_, bytes) => {
    const reply = await sendRaw(api.apiPort, Buffer.from(bytes, 'latin1'), { method: 'GET' });
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.body)).toMatchObject({ domain: 'signed.test', etag: reply.headers['etag'] });
  });

  test('an answer names its own request, whatever ids the client makes up', async () => {
    const made = ['X-Request-Id: made-up', 'x-bce-request-id: made-up'];
    const replies = await Promise.all(
      [1, 2].map(() => sendRaw(api.apiPort, get({ target: '/v1/policies', lines: made }))),
    );
    const ids = replies.map(({ headers }) => headers['x-bce-request-id']);
    expect(new Set(ids).size).toBe(2);
    expect(ids).not.toContain('made-up');
  });

  test('the error log has no error of ours, and no token', async () => {
    const log = await api.edge.rawErrorLog();
    expect(log).not.toMatch(/edge-auth:|js exception|\[(?:crit|alert|emerg)\]/);
    // (!) At level info nginx itself prints both of two equal headers. Its default level is error.
    const lines = log.split('\n').filter((line) => !line.includes('client sent duplicate header line'));
    expect(lines.join('\n')).not.toContain(WRITE);
  });
});
