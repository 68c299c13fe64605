// `edge-auth check --probe` against auth servers of the test's own, on this machine.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http, { type IncomingMessage, type RequestListener } from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, runCli } from './run-cli';

const certificate = join(__dirname, 'unknown-ca.pem');
const pem = readFileSync(certificate);
const asked: IncomingMessage[] = [];
const servers: Server[] = [];
const sockets: Socket[] = [];
let policies: string;

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const answer =
  (status: number): RequestListener =>
  (request, response) => {
    asked.push(request);
    response.writeHead(status).end('a body');
  };
const answering = (status: number) => listen(http.createServer(answer(status)));
const answeringTls = (status: number) => listen(https.createServer({ key: pem, cert: pem }, answer(status)));
async function refusing(): Promise<number> {
  const server = net.createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

beforeAll(ensureBuilt, 60_000);
beforeEach(() => {
  policies = mkdtempSync(join(tmpdir(), 'edge-auth-probe-'));
  asked.length = 0;
});
afterEach(async () => {
  rmSync(policies, { recursive: true });
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

function put(domain: string, fields: object): void {
  writeFileSync(join(policies, `${domain}.json`), JSON.stringify({ remote_auth: fields }));
}
/** The lines below the first, which says that the policies have no problem. */
async function probe(): Promise<{ code: number; lines: string[] }> {
  const { code, stdout, stderr } = await runCli('check', '--policies', policies, '--probe');
  expect(stderr).toBe('');
  const [first, ...lines] = stdout.trimEnd().split('\n');
  expect(first).toMatch(/^edge-auth: \d+ polic(?:y|ies) checked, no problem$/);
  return { code, lines };
}

test.each([
  [200, 'success_status, so allow'],
  [403, 'failure_status, so deny'],
  [500, 'other_status, so deny'],
])('tells a %i and what the policy makes of it, and ends with 0', async (status, meaning) => {
  const port = await answering(status);
  put('a.example.com', { auth_server: `http://127.0.0.1:${port}/auth` });
  const { code, lines } = await probe();
  expect(lines).toEqual([
    expect.stringMatching(
      new RegExp(
        `^a\\.example\\.com: http://127\\.0\\.0\\.1:${port}/auth answered ${status} in \\d+ ms: the policy reads that as ${meaning}$`,
      ),
    ),
  ]);
  expect(code).toBe(0);
});

test('throttles in its words where the policy throttles', async () => {
  put('a.example.com', {
    auth_server: `http://127.0.0.1:${await answering(403)}`,
    failure_action: { throttle: '1k' },
  });
  expect((await probe()).lines[0]).toMatch(/failure_status, so throttle$/);
});

test("asks once, with the policy's method and the Host of the first address, and no argument", async () => {
  const [first, second] = [await answering(200), await answering(200)];
  put('a.example.com', {
    auth_server: [`http://127.0.0.1:${first}/auth`, `http://127.0.0.1:${second}/auth`],
    request_method: 'POST',
    add_args: { a: 'b' },
  });
  expect((await probe()).lines).toHaveLength(2);
  expect(asked.map(({ method, url, headers }) => [method, url, headers.host])).toEqual([
    ['POST', '/auth', `127.0.0.1:${first}`],
    ['POST', '/auth', `127.0.0.1:${first}`],
  ]);
});

test('tells a silent server at the end of timeout_ms, and ends with 1', async () => {
  const port = await listen(net.createServer((socket) => socket.resume()));
  put('a.example.com', { auth_server: `http://127.0.0.1:${port}`, timeout_ms: 300, timeout_action: 'allow' });
  const { code, lines } = await probe();
  expect(lines).toEqual([
    expect.stringMatching(
      / no answer within timeout_ms \(300 ms\) after \d+ ms, so timeout_action: allow would hold$/,
    ),
  ]);
  const spent = Number(/after (\d+) ms/.exec(lines[0]!)![1]);
  expect(spent).toBeGreaterThanOrEqual(295);
  expect(spent).toBeLessThan(1000);
  expect(code).toBe(1);
});

test('tells a server that never ends its header', async () => {
  const port = await listen(net.createServer((socket) => socket.write('HTTP/1.1 200 OK\r\nA: ')));
  put('a.example.com', { auth_server: `http://127.0.0.1:${port}`, timeout_ms: 200 });
  const { code, lines } = await probe();
  expect(lines[0]).toMatch(/no answer within timeout_ms/);
  expect(code).toBe(1);
});

test('needs no end of the body', async () => {
  const port = await listen(http.createServer((_request, response) => response.writeHead(200).write('x')));
  put('a.example.com', { auth_server: `http://127.0.0.1:${port}` });
  const { code, lines } = await probe();
  expect(lines[0]).toMatch(/answered 200 in/);
  expect(code).toBe(0);
});

test.each<[string, () => Promise<number>, string, RegExp]>([
  ['a refused connection', refusing, 'http', /no answer: ECONNREFUSED \(.+\) after/],
  [
    'a server that is no HTTP server',
    () => listen(net.createServer((socket) => socket.end('garbage\r\n\r\n'))),
    'http',
    /no answer: \S+ \(.+\) after/,
  ],
  [
    'a server that closes at once',
    () => listen(net.createServer((socket) => socket.end())),
    'http',
    /no answer: \S+ \(.+\) after/,
  ],
  [
    'a certificate of an unknown authority',
    () => answeringTls(200),
    'https',
    /no answer: DEPTH_ZERO_SELF_SIGNED_CERT \(.+\) after/,
  ],
  ['a plain server behind https', () => answering(200), 'https', /no answer: \S+ \(.+\) after/],
])('tells %s and what would hold, and ends with 1', async (_name, start, scheme, text) => {
  put('a.example.com', { auth_server: `${scheme}://127.0.0.1:${await start()}` });
  const { code, lines } = await probe();
  expect(lines).toEqual([expect.stringMatching(text)]);
  expect(lines[0]).toMatch(/so timeout_action: deny would hold$/);
  expect(code).toBe(1);
});

test.each([
  ['ca_file knows it', { ca_file: certificate }],
  ['verify is off', { verify: false }],
  ['ca_file knows it under server_name', { ca_file: certificate, server_name: 'localhost' }],
])('asks a server with a certificate of its own where %s', async (_name, tls) => {
  put('a.example.com', { auth_server: `https://127.0.0.1:${await answeringTls(200)}`, tls });
  const { code, lines } = await probe();
  expect(lines).toEqual([expect.stringMatching(/answered 200 in/)]);
  expect(code).toBe(0);
});

test('refuses a certificate of another name', async () => {
  const tls = { ca_file: certificate, server_name: 'other.example.com' };
  put('a.example.com', { auth_server: `https://127.0.0.1:${await answeringTls(200)}`, tls });
  expect((await probe()).lines[0]).toMatch(/no answer: ERR_TLS_CERT_ALTNAME_INVALID/);
});

test('tells a ca_file that cannot be read', async () => {
  put('a.example.com', {
    auth_server: `https://127.0.0.1:${await answeringTls(200)}`,
    tls: { ca_file: '/none/ca.pem' },
  });
  const { code, lines } = await probe();
  expect(lines[0]).toMatch(/no answer: ENOENT/);
  expect(code).toBe(1);
});

test('tells every server of every policy, asks none of a policy that is switched off, and one that fails ends with 1', async () => {
  const [good, bad] = [await answering(200), await refusing()];
  put('a.example.com', { auth_server: [`http://127.0.0.1:${good}`, `http://127.0.0.1:${bad}`] });
  put('b.example.com', { auth_server: `http://127.0.0.1:${good}` });
  writeFileSync(join(policies, 'c.example.com.json'), '{"enabled": false}');
  const { code, lines } = await probe();
  expect(lines.map((line) => line.split(' ')[0])).toEqual([
    'a.example.com:',
    'a.example.com:',
    'b.example.com:',
  ]);
  expect(asked).toHaveLength(2);
  expect(code).toBe(1);
});

test('asks nobody where a policy has a problem', async () => {
  put('a.example.com', { auth_server: `http://127.0.0.1:${await answering(200)}` });
  put('b.example.com', {});
  const { code, stdout } = await runCli('check', '--policies', policies, '--probe');
  expect(stdout).toBe('');
  expect(asked).toEqual([]);
  expect(code).toBe(1);
});
