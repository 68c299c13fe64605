// The running API against docs/openapi.json: every operation, every status.
import type { ClientReply } from '../../harness/client';
import { sendRaw } from '../../harness/raw-client';
import { isAtLeast, runtimes } from '../../harness/runtimes';
import { sign } from '../../signing/signer';
import { type ApiEdge, FOLDER, HOST, READ, startApiEdge, WRITE } from './api-edge';
import { deviations, operations } from './document';
import { asRequest, good, refusals, type Sent, signedPolicy } from './requests';

const KEY = signedPolicy.url_signing.key1;
const domains = ['create', 'cached', 'delete', 'faulty', 'open', 'put', 'signed', 'vendor'].map(
  (name) => `${name}.test`,
);
const cachedPolicy = {
  remote_auth: { auth_server: 'http://10.0.0.1/', keep_headers: 'none', cache: { allow_ttl: 60 } },
};
/** `create.test` comes into being by a request. */
const policies: Record<string, object> = {
  ...Object.fromEntries(domains.slice(1).map((domain) => [domain, signedPolicy])),
  'open.test': { url_signing: false },
  'cached.test': cachedPolicy,
};

const capable = runtimes.filter(({ njsVersion }) => isAtLeast(njsVersion, '0.8.0'));

describe.each(capable)('the API on $name', (runtime) => {
  let api: ApiEdge;
  const seen = new Set<string>();
  const replies: ClientReply[] = [];

  beforeAll(async () => {
    ({ api } = await startApiEdge(runtime, policies));
    await api.edge.exec(`echo '{"url_signing":{"type":"X"}}' > ${FOLDER}/faulty.test.json`);
  });
  afterAll(() => api?.stop());

  /** Sends, remembers, and lets the document judge. */
  async function ask(operation: string, sent: Sent, more: Partial<Sent> = {}): Promise<ClientReply> {
    const { method, target, ...rest } = { ...sent, ...more, headers: { ...sent.headers, ...more.headers } };
    const reply = await api.ask(method, target, asRequest({ method, target, ...rest }));
    const { responses } = operations.get(operation)!;
    seen.add(`${operation} ${responses[reply.status] ? reply.status : 'default'}`);
    replies.push(reply);
    expect({
      operation,
      reply: reply.body,
      deviations: deviations(operation, reply, method === 'HEAD'),
    }).toEqual({
      operation,
      reply: reply.body,
      deviations: [],
    });
    return reply;
  }
  const doing = (operation: string, domain: string, more?: Partial<Sent>) =>
    ask(operation, good[operation]!(domain), more);
  const valueOf = (reply: ClientReply) => JSON.parse(reply.body) as Record<string, unknown>;

  describe('refuses', () => {
    let before: string[];
    beforeAll(async () => {
      before = await api.files();
    });
    const cases = refusals.flatMap((refusal) =>
      Object.keys(good)
        .filter(refusal.of)
        .map((operation) => [operation, refusal.name, refusal] as const),
    );

    test.each(cases)('%s with %s', async (operation, _name, { status, code, spoil, domain, around }) => {
      const sent = spoil(good[operation]!(domain ?? 'signed.test'));
      const run = () => ask(operation, sent);
      const reply =
        around === 'unreadable'
          ? await api.unreadable(run)
          : around === 'locked'
            ? await api.locked('signed.test', run)
            : await run();
      expect(reply.status).toBe(status);
      if (sent.method === 'HEAD') return;
      const { requestId, ...error } = valueOf(reply);
      expect(error).toMatchObject({ code });
      expect(requestId).toBe(reply.headers['x-bce-request-id']);
    });

    test('and changes no file by any of it', async () => {
      expect(await api.files()).toEqual(before);
    });
  });

  test.each(['PATCH', 'OPTIONS'])('answers %s on each path with 405 and Allow', async (method) => {
    for (const make of Object.values(good)) {
      const reply = await api.ask(method, make('signed.test').target);
      expect([reply.status, ...deviations('MethodNotAllowed', reply)]).toEqual([405]);
      expect(valueOf(reply)).toMatchObject({ code: 'MethodNotAllowed' });
    }
  });

  test.each([
    '/',
    '/v1',
    '/v1/policies/',
    '/v1/policies/signed.test/',
    '/v2/domain/signed.test',
    '//v1/policies',
  ])('knows no path %s', async (target) => {
    const reply = await api.ask('GET', target);
    expect([reply.status, ...deviations('NotFound', reply)]).toEqual([404]);
  });

  test.each<[string, string, number, string]>([
    ['a request line without a version', `GET /v1/policies\r\nHost: ${HOST}\r\n\r\n`, 400, ''],
    ['no Host', 'GET /v1/policies HTTP/1.1\r\n\r\n', 400, 'InvalidHTTPRequest'],
    ['TRACE', `TRACE /v1/policies HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`, 405, 'MethodNotAllowed'],
    [
      'another Transfer-Encoding',
      `PUT /v1/policies/put.test HTTP/1.1\r\nHost: ${HOST}\r\nAuthorization: Bearer ${WRITE}\r\n` +
        'Content-Type: application/json\r\nTransfer-Encoding: gzip\r\n\r\n',
      501,
      'NotImplemented',
    ],
  ])('nginx refuses %s in the same form', async (_name, bytes, status, code) => {
    // HTTP/0.9 has no headers: whatever comes, it is no list.
    if (code === '') {
      await expect(sendRaw(api.apiPort, bytes)).rejects.toThrow(
        /Parse Error|expected a whole answer|socket hang up/,
      );
      return;
    }
    const reply = await sendRaw(api.apiPort, bytes);
    expect([reply.status, ...deviations('Refused', reply)]).toEqual([status]);
    expect(valueOf(reply)).toMatchObject({ code });
  });

  describe('lists domains', () => {
    const known = domains.filter((domain) => domain !== 'create.test').sort();

    test('all of them, sorted', async () => {
      expect(valueOf(await doing('listPolicies', ''))).toEqual({ domains: known });
      await doing('headPolicies', '');
    });

    test('page by page', async () => {
      const page = async (query: string) =>
        valueOf(await ask('listPolicies', { method: 'GET', target: `/v1/policies?${query}` }));
      expect(await page('limit=2')).toEqual({ domains: known.slice(0, 2), next: known[1] });
      expect(await page(`after=${known[1]}&limit=${known.length}`)).toEqual({ domains: known.slice(2) });
      expect(await page('after=z')).toEqual({ domains: [] });
    });

    test.each(['limit=0', 'limit=1001', 'limit=01', 'limit=1&limit=1', 'after=', 'after=..', 'next=a', '&'])(
      'but not for %s',
      async (query) => {
        const reply = await ask('listPolicies', { method: 'GET', target: `/v1/policies?${query}` });
        expect(reply.status).toBe(400);
      },
    );
  });

  describe('whole policies', () => {
    test('are read with their ETag, and not sent again', async () => {
      const reply = await doing('getPolicy', 'signed.test');
      expect(valueOf(reply)).toEqual(signedPolicy);
      expect(reply.headers['x-edge-auth-reload-required']).toBe('false');
      const etag = String(reply.headers['etag']);
      for (const list of [etag, `W/${etag}`, '*', `"a", ${etag}`]) {
        const again = await doing('getPolicy', 'signed.test', { headers: { 'if-none-match': list } });
        expect([again.status, again.body, again.headers['etag']]).toEqual([304, '', etag]);
      }
      const head = await doing('headPolicy', 'SIGNED.test');
      expect([head.status, head.headers['etag']]).toEqual([200, etag]);
      const head304 = await doing('headPolicy', 'signed.test', { headers: { 'if-none-match': etag } });
      expect(head304.status).toBe(304);
    });

    test('have dots in place of keys for a read token', async () => {
      const headers = { authorization: `Bearer ${READ}` };
      expect(valueOf(await doing('getPolicy', 'signed.test', { headers }))).toEqual({
        url_signing: { type: 'A', key1: '••••••' },
      });
    });

    test('are created once, changed with the right ETag, and removed', async () => {
      const once = { headers: { 'if-none-match': '*' } };
      const created = await doing('putPolicy', 'create.test', once);
      expect(created.status).toBe(201);
      expect(valueOf(created)).toMatchObject({ domain: 'create.test', etag: created.headers['etag'] });
      expect((await doing('putPolicy', 'create.test', once)).status).toBe(412);
      const match = { headers: { 'if-match': String(created.headers['etag']) } };
      const body = JSON.stringify({ url_signing: { type: 'B', key1: 'another-contract-key' } });
      const changed = await doing('putPolicy', 'create.test', { ...match, body });
      expect(changed.status).toBe(200);
      expect(changed.headers['etag']).not.toBe(created.headers['etag']);
      expect((await doing('deletePolicy', 'create.test', match)).status).toBe(412);
      const now = { headers: { 'if-match': String(changed.headers['etag']) } };
      const removed = await doing('deletePolicy', 'create.test', now);
      expect([removed.status, valueOf(removed)]).toEqual([
        200,
        { domain: 'create.test', reload_required: true },
      ]);
      expect((await doing('getPolicy', 'create.test')).status).toBe(404);
      expect((await doing('deletePolicy', 'create.test')).status).toBe(404);
    });

    test('forget their decisions by another version, in force without a reload', async () => {
      const before = await doing('getPolicy', 'cached.test');
      const match = { headers: { 'if-match': String(before.headers['etag']) } };
      const purged = await doing('purgeDecisions', 'cached.test', match);
      expect([purged.status, valueOf(purged)]).toEqual([
        200,
        { domain: 'cached.test', etag: purged.headers['etag'], version: 1 },
      ]);
      expect((await doing('purgeDecisions', 'cached.test', match)).status).toBe(412);
      expect(valueOf(await doing('purgeDecisions', 'cached.test'))).toMatchObject({ version: 2 });
      const after = await doing('getPolicy', 'cached.test');
      expect(valueOf(after)).toEqual({
        remote_auth: { ...cachedPolicy.remote_auth, cache: { allow_ttl: 60, version: 2 } },
      });
      expect(after.headers['x-edge-auth-reload-required']).toBe('false');
    });

    test.each(bodiesOf('putPolicy'))('take the example "%s" of the document', async (_name, body) => {
      // From nothing: a policy with url_signing keeps it until the auth server is in the conf.
      expect((await doing('deletePolicy', 'put.test')).status).toBe(200);
      const reply = await doing('putPolicy', 'put.test', { body: JSON.stringify(body) });
      expect(reply.status).toBe(201);
      const isAsked = 'remote_auth' in (body as object);
      expect(valueOf(reply)).toMatchObject({ reload_required: isAsked });
      const read = await doing('getPolicy', 'put.test');
      expect(valueOf(read)).toEqual(body);
      expect(read.headers['x-edge-auth-reload-required']).toBe(String(isAsked));
    });

    test('give all problems at once, with pointers and without the key', async () => {
      const body = JSON.stringify({ url_signing: { type: 'E', key1: 'a;secret', timeout: -1 }, more: 1 });
      const reply = await doing('putPolicy', 'put.test', { body });
      const { problems, message } = valueOf(reply) as { problems: { pointer: string }[]; message: string };
      expect(reply.status).toBe(400);
      expect(problems.map(({ pointer }) => pointer).sort()).toEqual(
        ['/more', '/url_signing/key1', '/url_signing/timeout', '/url_signing/type'].sort(),
      );
      expect(message).toContain(problems[0]!.pointer);
      expect(reply.body).not.toContain('secret"');
    });

    test('do not lose url_signing for a question that is not asked yet', async () => {
      const body = JSON.stringify({ remote_auth: { auth_server: 'https://auth.example.net/check' } });
      const reply = await doing('putPolicy', 'signed.test', { body });
      expect([reply.status, valueOf(reply)['code']]).toEqual([409, 'ReloadRequired']);
    });

    test.each([
      'http://127.0.0.1/',
      'http://[::1]:8080/',
      'http://169.254.169.254/latest',
      'http://signed.test/',
    ])('name no auth server %s', async (auth_server) => {
      const body = JSON.stringify({ ...signedPolicy, remote_auth: { auth_server } });
      const reply = await doing('putPolicy', 'put.test', { body });
      expect(reply.status).toBe(400);
      expect(valueOf(reply)).toMatchObject({ problems: [{ pointer: '/remote_auth/auth_server' }] });
    });

    test('name no key file', async () => {
      const body = JSON.stringify({ url_signing: { type: 'A', key_file: '/etc/shadow' } });
      const reply = await doing('putPolicy', 'put.test', { body });
      expect([reply.status, reply.body.includes('shadow')]).toEqual([400, false]);
    });
  });

  describe("the vendor's call", () => {
    test.each(bodiesOf('putRequestAuth'))('takes the example "%s" of the document', async (_name, body) => {
      for (const type of ['text/json;utf-8', 'application/json', 'Application/JSON ; charset="UTF-8"']) {
        const headers = { 'content-type': type };
        const reply = await doing('putRequestAuth', 'vendor.test', { headers, body: JSON.stringify(body) });
        expect([reply.status, valueOf(reply)]).toEqual([200, { status: 'RUNNING' }]);
      }
      const { requestAuth: sent } = body as { requestAuth: { type?: string; timestampMetric?: unknown } };
      const { requestAuth } = valueOf(await doing('getRequestAuth', 'vendor.test'));
      expect((await doing('headRequestAuth', 'vendor.test')).status).toBe(200);
      if (Array.isArray(sent)) expect(requestAuth).toEqual([]);
      else expect(requestAuth).toMatchObject({ ...sent, type: sent.type!.toUpperCase() });
    });

    test('shows dots to a read token, which cannot be put back', async () => {
      const headers = { authorization: `Bearer ${READ}` };
      const { body } = await doing('getRequestAuth', 'signed.test', { headers });
      expect(JSON.parse(body)).toMatchObject({ requestAuth: { key1: '••••••' } });
      expect((await doing('putRequestAuth', 'vendor.test', { body })).status).toBe(400);
    });

    test('is in force with the answer', async () => {
      const at = () => ({ type: 'A', key: 'NewVendorKey1' }) as const;
      expect((await api.site(sign('/x', at()))).status).toBe(403);
      const body = JSON.stringify({ requestAuth: { type: 'A', key1: 'NewVendorKey1' } });
      expect((await doing('putRequestAuth', 'signed.test', { body })).status).toBe(200);
      expect(await api.site(sign('/x', at()))).toMatchObject({ status: 200, body: 'served' });
      expect((await api.site(sign('/x', { type: 'A', key: KEY }))).status).toBe(403);
      expect((await doing('putPolicy', 'signed.test')).status).toBe(200);
      expect((await api.site(sign('/x', { type: 'A', key: KEY }))).status).toBe(200);
    });
  });

  test('verify tells each step, to a read token too, and no key', async () => {
    const headers = { authorization: `Bearer ${READ}` };
    const url = sign('/x?b=1', { type: 'A', key: KEY });
    const allowed = await doing('verifyUrl', 'signed.test', { headers, body: JSON.stringify({ url }) });
    expect(valueOf(allowed)).toMatchObject({ decision: 'allow', reason: 'signed', clean_url: '/x?b=1' });
    const later = JSON.stringify({
      url: `https://signed.test${url}`,
      at: '2100-01-01T00:00:00Z',
      method: 'HEAD',
    });
    const denied = await doing('verifyUrl', 'signed.test', { headers, body: later });
    expect(valueOf(denied)).toMatchObject({ decision: 'deny', reason: 'expired', clean_url: null });
    const posted = await doing('verifyUrl', 'signed.test', { body: JSON.stringify({ url, method: 'POST' }) });
    expect(valueOf(posted)).toMatchObject({ reason: 'method_not_allowed' });
    for (const { body } of [allowed, denied, posted]) expect(body).not.toContain(KEY);
  });

  test('every status of every operation in the document was seen', () => {
    const described = [...operations.values()].flatMap(({ operationId, responses }) =>
      Object.keys(responses).map((status) => `${operationId} ${status}`),
    );
    expect(described.filter((one) => !seen.has(one))).toEqual([]);
  });

  test('each answer had a request id of its own, and no log a key or a token', async () => {
    const ids = replies.map(({ headers }) => headers['x-bce-request-id']);
    expect(new Set(ids).size).toBe(ids.length);
    const { stdout } = await api.edge.exec('cat /var/log/nginx/*.log');
    for (const secret of [KEY, WRITE, READ, 'JFSDKFJLS', 'secretekey1', 'NewVendorKey1', 'a;secret'])
      expect(stdout).not.toContain(secret);
  });

  test('the error log tells of the unreadable folder and of large bodies, and of nothing else', async () => {
    const unexpected = (await api.edge.errors()).filter(
      (line) => !/EACCES|Permission denied|client intended to send too large body/.test(line),
    );
    expect(unexpected).toEqual([]);
  });
});

function bodiesOf(operation: string): [string, unknown][] {
  const { examples } = operations.get(operation)!.requestBody!.content['application/json']!;
  return Object.values(examples).map(({ summary, value }) => [summary, value]);
}

const incapable = runtimes.filter((one) => !capable.includes(one));
if (incapable.length === 0) console.warn('SKIPPED the edge without an API: every chosen runtime has one');
for (const runtime of incapable) {
  test(`the API is absent, http.conf and render say why, and the edge works on ${runtime.name}`, async () => {
    const { api, httpConf, said } = await startApiEdge(runtime, { 'signed.test': signedPolicy });
    try {
      expect(httpConf).toMatch(/^# No runtime configuration API: it needs njs 0\.8\.0 or later/m);
      expect(said).toContain('No runtime configuration API');
      const { stdout } = await api.edge.exec('cat /proc/net/tcp /proc/net/tcp6');
      expect(stdout).toMatch(/:1F90 /); // 8080, where the edge listens
      expect(stdout).not.toMatch(/:23DD /); // 9181
      expect((await api.site('/x')).status).toBe(403);
      expect((await api.site(sign('/x', { type: 'A', key: KEY }))).status).toBe(200);
      expect(await api.edge.errors()).toEqual([]);
    } finally {
      await api.stop();
    }
  });
}
