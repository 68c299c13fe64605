// Attacks on signed URLs: how to get what needs a signature without a good one, or a key, or somebody else's answer.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { denial, denialBody } from '../harness/denial';
import { sendHttp2 } from '../harness/client';
import { fillConf } from '../harness/conf';
import { startEdge } from '../harness/edge';
import { exchange, sendRaw } from '../harness/raw-client';
import { runtimes } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import { attacks } from './attacks';
import { KEY, policies, servers, sign } from './sites';

const here = (file: string) => path.join(__dirname, file);
const date = () => new Date(Date.now() + 8 * 3_600_000).toISOString().replace(/\D/g, '').slice(0, 12);

describe.each(runtimes)('on $name', (runtime) => {
  let edge: Edge;

  beforeAll(async () => {
    const isNew = (await fillConf(here('http2.conf'), runtime, {})).includes('http2 on');
    edge = await startEdge({
      runtime,
      conf: here('nginx.conf'),
      ports: [8080, 8081, 8082],
      policies,
      vars: {
        PCRE_JIT: '',
        SERVERS: servers
          .replace('@LISTEN_HTTP2@', isNew ? '' : ' http2')
          .replace('@HTTP2@', isNew ? 'http2 on;' : ''),
      },
      files: {
        '/etc/nginx/locations.conf': readFileSync(here('locations.conf')),
        '/var/www/attacks/page/include.html': '<p><!--#include virtual="/v/secret" -->',
        '/var/www/attacks/page/variables.html':
          '<p>|<!--#echo var="edge_auth_signed" --><!--#echo var="edge_auth_key" -->|<!--#echo var="edge_auth_s_hash" -->|',
      },
    });
  });
  afterAll(() => edge?.stop());

  const ask = async (host: string, target: string, { method = 'GET', port = 8080, head = '' } = {}) => {
    const request = `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n${head}Connection: close\r\n\r\n`;
    const reply = await sendRaw(edge.port(port), request);
    expect(reply.bytes.toString('latin1') + JSON.stringify(reply.rawHeaders)).not.toContain(KEY);
    return { ...reply, verdict: String(reply.headers['x-verdict'] ?? '') };
  };

  test.each(attacks)('$host: $name', async ({ host, target, method, port, status, says }) => {
    const reply = await ask(host, target.replace('{date}', date()), {
      ...(method && { method }),
      ...(port && { port }),
    });
    expect([status].flat()).toContain(reply.status);
    expect(reply.body).not.toMatch(/ORIGIN|INTERNAL/);
    if (says !== undefined) expect(reply.body.slice(0, says.length)).toBe(says);
    else if (status === 403)
      expect(reply).toMatchObject({
        body: denialBody(),
        verdict: expect.stringMatching(/^deny /) as string,
      });
  });

  test.each([
    ['a.test', '/v/x', 'ORIGIN /v/x'],
    ['b.test', '/v/x?a=1', 'ORIGIN /v/x?a=1'],
    ['c.test', '/v/x', 'ORIGIN /v/x'],
    // What JavaScript has said too early stays; nginx's own yes does not ask it.
    ['early.test', '/v/x', 'ORIGIN /v/x'],
    ['b.test', '/v/$1$edge_auth_signed', 'ORIGIN /v/$1$edge_auth_signed'],
    ['b.test', '/variables/', '|||'],
  ])('%s: %s, well signed', async (host, target, body) => {
    const reply = await ask(host, sign(host, target));
    expect(reply.body.slice(0, body.length)).toBe(body);
  });

  test.each([
    ['\xef\xbf\xbd', '\xff'],
    ['\xef\xbf\xbd', '\xc3'],
    ['\xef\xbf\xbd\xef\xbf\xbd', '\xc0\xaf'],
    ['\xf0\x90\x80\x80', '\xed\xa0\x80\xed\xb0\x80'],
    ['\xef\xbf\xbd', '\xef\xbf\xbd'],
  ])('a signature for the bytes %j does not open %j', async (signed, sent) => {
    const text = Buffer.from(`/v/${signed}`, 'latin1').toString();
    const raw = Buffer.from(sign('a.test', text)).toString('latin1').replace(signed, sent);
    expect(await ask('a.test', raw)).toMatchObject({ status: 403, verdict: 'deny malformed' });
  });

  test('a signature of one site opens nothing on another, on the same connection', async () => {
    const target = sign('b.test', '/v/x');
    const line = (host: string, last = false) =>
      `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${last ? 'Connection: close\r\n' : ''}\r\n`;
    const { text } = await exchange(
      edge.port(),
      line('b.test') + line('other-key.test') + line('b.test') + line('other-key.test', true),
    );
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual([
      'HTTP/1.1 200',
      'HTTP/1.1 403',
      'HTTP/1.1 200',
      'HTTP/1.1 403',
    ]);
    expect(text.match(/X-Verdict: .*/g)).toEqual(
      ['allow signed', 'deny bad_signature', 'allow signed', 'deny bad_signature'].map(
        (verdict) => `X-Verdict: ${verdict}`,
      ),
    );
  });

  test('HTTP/0.9 is judged as any other', async () => {
    expect((await exchange(edge.port(), 'GET /v/secret\r\n')).text).not.toMatch(/ORIGIN|INTERNAL/);
  });

  test('a cached answer needs a signature of its own, and one answer serves all signatures', async () => {
    const [first, second] = [
      sign('every.test', '/cached/x?a=1'),
      sign('every.test', '/cached/x?a=1', { age: 120 }),
    ];
    expect(second).not.toBe(first);
    expect(await ask('every.test', first)).toMatchObject({ status: 200, headers: { 'x-cache': 'MISS' } });
    expect(await ask('every.test', second)).toMatchObject({
      headers: { 'x-cache': 'HIT' },
      body: 'ORIGIN /cached/x?a=1',
    });
    expect(await ask('every.test', sign('every.test', '/cached/x?a=2'))).toMatchObject({
      body: 'ORIGIN /cached/x?a=2',
    });
    for (const target of [
      '/cached/x?a=1',
      first.replace('?a=1', '/../x?a=1'),
      sign('every.test', '/cached/x?a=1', { age: 7200 }),
    ])
      expect(await ask('every.test', target)).toMatchObject(denial());
  });

  test.each([
    'X-Edge-Auth-Decision: allow',
    'X_Edge_Auth_Reason: signed',
    'edge_auth_guard: signed',
    'X-Accel-Redirect: /protected/x',
    'X-Original-URL: /open/x',
    'X-HTTP-Method-Override: OPTIONS',
  ])('a header changes nothing: %s', async (header) => {
    expect(await ask('a.test', '/v/secret', { head: `${header}\r\n` })).toMatchObject({
      status: 403,
      verdict: 'deny no_signature',
    });
  });

  test('another auth_request of the operator’s is answered as the request itself', async () => {
    expect(await ask('a.test', '/checked-by-another/x')).toMatchObject({ status: 200 });
  });

  test.each([
    '/v/secret',
    '/open/../v/secret',
    '/v/secret/../../open/x',
    '//open/v/secret',
    '/v/secret#/open',
    '*',
    'v/secret',
    '/v/\tx',
    '/v/x y',
  ])('HTTP/2: %j is refused', async (target) => {
    const { status, body } = await sendHttp2({
      port: edge.port(8082),
      path: target,
      headers: { host: 'b.test' },
    });
    expect([400, 403]).toContain(status);
    expect(body).not.toMatch(/ORIGIN|INTERNAL/);
  });
  test('HTTP/2: a made-up prefix opens no internal location, a good signature its path', async () => {
    const get = (target: string) =>
      sendHttp2({ port: edge.port(8082), path: target, headers: { host: 'b.test' } });
    expect((await get(`/202001010000/${'0'.repeat(32)}/protected/x`)).status).toBe(403);
    expect((await get(sign('b.test', '/v/x'))).body).toBe('ORIGIN /v/x');
  });

  test('the log has no key, and nginx complained of nothing', async () => {
    expect(await edge.errors()).toEqual([]);
    expect(await edge.rawErrorLog()).not.toContain(KEY);
    expect(JSON.stringify(await edge.accessLog(1))).not.toContain(KEY);
  });
});
