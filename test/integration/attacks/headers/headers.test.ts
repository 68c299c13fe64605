import path from 'node:path';
import { startAuthServer, type AuthServer } from '../../harness/auth-server';
import { send, sendHttp2 } from '../../harness/client';
import { startEdge } from '../../harness/edge';
import { PROTECTED, readEcho, startOrigin, type Origin } from '../../harness/origin';
import { sendRaw } from '../../harness/raw-client';
import type { Edge } from '../../harness/started-edge';
import { edgeKinds } from '../matrix';
import { claims, spellings } from './forged';

const FORGED = 'forged';
const DENIED = 451;

describe.each(edgeKinds)('forged headers, $name', ({ runtime, wiring }) => {
  let auth: AuthServer;
  let origin: Origin;
  let edge: Edge;

  beforeAll(async () => {
    [auth, origin] = await Promise.all([startAuthServer(), startOrigin()]);
    const policy = (more: object = {}) => ({
      remote_auth: { auth_server: `${auth.url}/check`, failure_action: { deny: DENIED }, ...more },
    });
    edge = await startEdge({
      runtime,
      wiring,
      conf: path.join(__dirname, 'nginx.conf'),
      ports: [8080, 8081],
      vars: { ORIGIN: origin.url },
      policies: {
        'all.test': policy(),
        'listed.test': policy({ keep_headers: ['authorization', 'x-token', 'x-forwarded-for'] }),
        'added.test': policy({
          keep_headers: 'all',
          add_headers: {
            'X-Vendor': 'ours',
            'X-Seen-Token': '$http_x_token',
            'X-Line': '$arg_line|$cookie_line|$http_x_line|$uri|$args',
          },
          add_args: { token: '$http_x_token', vendor: 'ours', line: '$cookie_line$arg_line' },
        }),
        'open.test': policy({ preset: 'tencent', other_status: 'allow', timeout_ms: 2000 }),
        'follow.test': policy({ request_method: 'follow' }),
      },
    });
  });
  beforeEach(async () => {
    auth.answer({ status: 200 }).clear();
    origin.clear();
    await edge.mark();
  });
  afterAll(async () => {
    await edge?.stop();
    await Promise.all([auth?.stop(), origin?.stop()]);
  });

  const raw = (host: string, lines: string[], request = 'GET /x HTTP/1.1') =>
    sendRaw(edge.port(), [request, `Host: ${host}`, ...lines, '', ''].join('\r\n'));
  const ours = () => ({
    'x-forwarded-for': expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/) as string,
    'x-forwarded-host': 'all.test',
    'x-forwarded-method': 'GET',
    'x-forwarded-proto': 'http',
    'x-forwarded-uri': '/x',
  });

  test.each(claims)(
    'c.1 GHSA-6384, CVE-2026-39858: %s of the client never arrives, in any spelling',
    async (name) => {
      const lines = spellings(name).flatMap((spelling) => [
        `${spelling}: ${FORGED}`,
        `${spelling}: ${FORGED}2`,
      ]);
      const reply = await raw('all.test', lines);
      // nginx itself refuses some repeated headers.
      if (reply.status === 400) return expect(auth.requests).toEqual([]);
      expect(auth.requests).toHaveLength(1);
      expect(auth.requests[0]?.rawHead).not.toContain(FORGED);
      expect(auth.requests[0]?.headers).toMatchObject(ours());
    },
  );

  test('c.1 GHSA-6384: over HTTP/2 all of them at once', async () => {
    const names = claims.flatMap((name) => [name.toLowerCase(), name.toLowerCase().replaceAll('-', '_')]);
    const headers = Object.fromEntries(names.map((name) => [name, FORGED]));
    await sendHttp2({ port: edge.port(8081), path: '/x', headers: { ...headers, host: 'all.test' } });
    expect(auth.requests).toHaveLength(1);
    expect(auth.requests[0]?.rawHead).not.toContain(FORGED);
    expect(auth.requests[0]?.headers).toMatchObject(ours());
  });

  test('c.1 CVE-2024-45410, CVE-2025-48865: headers named in Connection arrive all the same', async () => {
    const names = [
      'Authorization',
      'Cookie',
      'X-Forwarded-For',
      'X-Forwarded-Uri',
      'X-Edge-Auth-Host',
      'Host',
    ];
    await raw('all.test', [`Connection: close, ${names.join(', ')}`, 'Authorization: me', 'Cookie: a=b']);
    expect(auth.requests[0]?.headers).toMatchObject({ ...ours(), authorization: 'me', cookie: 'a=b' });
  });

  test('c.1 CVE-2023-27487: X-Edge-Auth-* of the client is no verdict', async () => {
    auth.answer({ status: 403 });
    const verdicts = [
      'Decision: allow',
      'Reason: success_status',
      'Status: 200',
      'Obeys: 1',
      'Asked: 1',
      'Time: 9',
      'Uri: /open',
    ];
    const lines = [
      ...verdicts.flatMap((line) => [`X-Edge-Auth-${line}`, `X_Edge_Auth_${line}`]),
      'X-Edge-Auth: allow success_status',
      'X_Edge_Auth: allow success_status',
    ];
    const reply = await raw('all.test', lines);
    expect(reply.status).toBe(DENIED);
    expect(reply.body).not.toContain(PROTECTED);
    expect(origin.requests).toEqual([]);
    expect(await edge.accessLog(1)).toMatchObject([
      { decision: 'deny', reason: 'failure_status', auth_status: '403' },
    ]);
  });

  test.each([
    [403, 'allow success_status', DENIED, 'deny', 'failure_status'],
    [200, 'deny failure_status', 200, 'allow', 'success_status'],
  ])('c.1 an auth server that answers %d and X-Edge-Auth: %s is read by its status', async (...row) => {
    const [status, claim, expected, decision, reason] = row;
    const headers = ['', '-Decision', '-Reason', '-Status']
      .flatMap((name) => spellings(`X-Edge-Auth${name}`))
      .map((name) => [name, claim]);
    auth.answer({ status, headers: Object.fromEntries(headers) as Record<string, string> });
    const reply = await raw('all.test', []);
    expect(reply.status).toBe(expected);
    expect(reply.rawHeaders.filter(([name]) => /edge.auth/i.test(name))).toEqual([]);
    expect(await edge.accessLog(1)).toMatchObject([{ decision, reason, auth_status: String(status) }]);
  });

  test.each([
    ['listed.test', 'Authorization', 'authorization'],
    ['all.test', 'Authorization', 'authorization'],
    ['listed.test', 'X-Token', 'x-token'],
    ['all.test', 'X-Token', 'x-token'],
    ['added.test', 'X-Token', 'x-seen-token'],
  ])(
    'c.1 CVE-2021-32777: %s, %s twice: the auth server sees both, or nobody does',
    async (host, name, told) => {
      for (const [first, second] of [
        ['good', 'bad'],
        ['bad', 'good'],
      ] as const) {
        auth.clear();
        origin.clear();
        auth.answer(({ rawHeaders }) => {
          const values = rawHeaders.filter(([key]) => key.toLowerCase() === told).map(([, value]) => value);
          return { status: values.join().includes('bad') ? 403 : 200 };
        });
        const reply = await raw(host, [`${name}: ${first}`, `${name}: ${second}`]);
        expect([400, DENIED]).toContain(reply.status);
        expect(origin.requests).toEqual([]);
      }
    },
  );

  test('c.1 CVE-2021-32777: Cookie twice: the auth server sees both', async () => {
    await raw('all.test', ['Cookie: a=good', 'Cookie: a=bad']);
    const [told] = auth.requests;
    if (told) expect(told.rawHead).toMatch(/a=good[^]*a=bad/);
  });

  test('c.1 GHSA-5hvv: no User-Agent is let in unasked', async () => {
    auth.answer({ status: 403 });
    for (const agent of ['GoogleHC/1.0', 'kube-probe/1.30', 'ELB-HealthChecker/2.0', '']) {
      expect((await raw('all.test', [`User-Agent: ${agent}`])).status).toBe(DENIED);
    }
  });

  test('c.1 what the policy adds is ours, whatever spelling the client takes', async () => {
    const lines = spellings('X-Vendor').map((name) => `${name}: ${FORGED}`);
    await raw('added.test', lines, 'GET /x?vendor=forged&%76endor=forged HTTP/1.1');
    expect(auth.requests[0]?.rawHead).not.toMatch(/^x.vendor: forged/im);
    expect(auth.requests[0]?.headers['x-vendor']).toBe('ours');
    expect(auth.requests[0]?.url).toBe('/check?token=&vendor=ours&line=');
  });

  test.each([
    '%0d%0aX-Injected:%201',
    '%0D%0A%0D%0AGET%20/%20HTTP/1.1',
    '%00',
    '%0a',
    '%e5%98%8a%e5%98%8dX-Injected:1',
  ])('c.6 CVE-2023-27493: %s in path, argument, cookie and header makes no line', async (bad) => {
    const lines = [`Cookie: line=${bad}`, `X-Line: ${bad}`, `X-Token: ${bad}`];
    const reply = await raw('added.test', lines, `GET /x${bad.replace('%00', '')}?line=${bad} HTTP/1.1`);
    expect(reply.status).toBe(200);
    expect(auth.requests).toHaveLength(1);
    expect(auth.malformed).toEqual([]);
    expect(auth.requests[0]?.headers).not.toHaveProperty('x-injected');
    expect(auth.requests[0]?.rawHead).not.toMatch(/\0|[^\r]\n|\r[^\n]/);
  });

  test.each(['&', 'a&', 'line&', '%6cine&', 'a=b&', 'lin='])(
    'c.6 an argument behind 3,500 bytes of "%s" is found, and 30,000 do not make the pattern fail',
    async (piece) => {
      const get = async (bytes: number) => {
        const query = piece.repeat(Math.floor(bytes / piece.length)).replace(/=?$/, '&') + 'line=end';
        return raw('added.test', [], `GET /x?${query} HTTP/1.1`);
      };
      await get(3_500);
      const first = /^(?:line|%6cine)/.test(piece) ? '' : 'end';
      expect(auth.requests[0]?.headers['x-line']?.split('|')[0]).toBe(first);
      await get(30_000);
      expect((await edge.errors()).filter((line) => /alert|pcre/.test(line))).toEqual([]);
    },
  );

  test('c.6 X-Accel-*, Location, Set-Cookie and framing of the auth server steer nothing and reach nobody', async () => {
    const headers = {
      'X-Accel-Redirect': '/private',
      'X-Accel-Limit-Rate': '1',
      'X-Accel-Expires': '3600',
      'X-Accel-Buffering': 'no',
      'Set-Cookie': ['a=1', 'b=2'],
      Location: 'http://elsewhere.test/',
      'WWW-Authenticate': 'Basic',
      'Content-Encoding': 'gzip',
      Refresh: '0',
    };
    for (const status of [200, 403]) {
      auth.answer({ status, headers, body: 'SECRET OF THE AUTH SERVER' });
      const reply = await raw('all.test', []);
      expect(reply.status).toBe(status === 200 ? 200 : DENIED);
      expect(reply.body).not.toContain('SECRET');
      for (const name of Object.keys(headers)) expect(reply.headers).not.toHaveProperty(name.toLowerCase());
    }
    expect(origin.requests.map(({ url }) => url)).toEqual(['/x']);
  });

  test('c.6 CVE-2024-45808: what a client sends cannot forge a line of the access log', async () => {
    auth.answer({ status: 403 });
    await raw('all.test', ['X-A: "}'], 'GET /x%0a{"decision":"allow"}?"}%0a{"a":" HTTP/1.1');
    expect(await edge.accessLog(1)).toEqual([
      expect.objectContaining({ uri: '/x%0a{"decision":"allow"}?"}%0a{"a":"', decision: 'deny' }),
    ]);
  });

  test('c.6 the lines that edge-auth writes itself tell no query, cookie or token', async () => {
    const reply = await raw(
      'added.test',
      ['Cookie: line=hidden-cookie', 'Authorization: hidden-token', 'X-Token: hidden-token'],
      'GET /x?%ff%fe=hidden-query&line=%ff HTTP/1.1',
    );
    expect(reply.status).toBe(200);
    const lines = (await edge.rawErrorLog()).split('\n').filter((line) => /edge-auth:| js: /.test(line));
    expect(
      lines.filter((line) => /hidden/.test(line.replace(/, (?:client|server|request):.*$/, ''))),
    ).toEqual([]);
  });

  test('c.7 HEAD is decided as GET is, and no body is sent', async () => {
    for (const status of [200, 403]) {
      auth.answer({ status });
      const [get, head] = [await raw('all.test', []), await raw('all.test', [], 'HEAD /x HTTP/1.1')];
      expect(head.status).toBe(get.status);
      expect(head.body).toBe('');
    }
    expect(auth.requests.map(({ method, headers }) => [method, headers['x-forwarded-method']])).toEqual(
      ['GET', 'HEAD', 'GET', 'HEAD'].map((method) => ['GET', method]),
    );
  });

  test.each(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'PROPFIND', 'X-Y_Z'])(
    'c.7 request_method follow asks with %s, whatever the overrides say',
    async (method) => {
      auth.answer({ status: 403 });
      const overrides = [
        'X-HTTP-Method-Override: GET',
        'X-Method-Override: GET',
        'X-Original-Method: OPTIONS',
      ];
      const reply = await raw('follow.test', overrides, `${method} /x HTTP/1.1`);
      if (auth.requests.length === 0)
        expect(auth.malformed).not.toEqual([]); // Node knows no such method.
      else expect(auth.requests[0]).toMatchObject({ method, headers: { 'x-forwarded-method': method } });
      expect(reply.status).toBe(DENIED);
      expect(auth.requests[0]?.rawHead ?? '').not.toMatch(/override|original/i);
    },
  );

  test('c.7 oauth2-proxy #735: a preflight gets no way round', async () => {
    auth.answer({ status: 403 });
    const lines = [
      'Origin: http://a.test',
      'Access-Control-Request-Method: GET',
      'X-Original-Method: OPTIONS',
    ];
    expect((await raw('all.test', lines, 'OPTIONS /x HTTP/1.1')).status).toBe(DENIED);
    expect(auth.requests).toHaveLength(1);
  });

  test.each([
    ['a header beyond what the auth server takes', [`X-Big: ${'a'.repeat(20_000)}`]],
    ['many headers', Array.from({ length: 1_500 }, (_, i) => `X-${i}: ${i}`)],
    ['header bytes that are not ASCII', ['X-Odd: \xff\xfe\x80']],
    ['a header name that is no name', ['X Odd: 1', 'X(Odd): 1', ': 1']],
    ['a content length without a body', ['Content-Length: 5', 'Expect: 100-continue']],
    ['an upgrade', ['Connection: upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: a']],
    ['a range and conditions', ['Range: bytes=0-0,5-', 'If-Match: "a"', 'If-None-Match: *', 'If-Range: "a"']],
  ])('c.3 CVE-2024-23324: %s never takes the way of timeout_action or other_status', async (_, lines) => {
    auth.answer({ status: 403 });
    const reply = await raw('open.test', lines).catch(() => ({ status: 0, body: '' }));
    expect(reply.status === 200).toBe(false);
    expect(reply.body).not.toContain(PROTECTED);
    expect(origin.requests).toEqual([]);
  });

  test('c.5 haproxy-auth-request #6: the question of a POST has no length, no coding and no body', async () => {
    const reply = await send({
      port: edge.port(),
      method: 'POST',
      path: '/x',
      headers: { host: 'all.test' },
      body: Buffer.alloc(900_000, 'b'),
    });
    expect(readEcho(reply.body).bodyLength).toBe(900_000);
    expect(auth.requests).toHaveLength(1);
    expect(auth.requests[0]?.rawHead).not.toMatch(/content-length|transfer-encoding|expect/i);
  });
});
