import { denial } from '../harness/denial';
import { startAuthServer, type AuthServer } from '../harness/auth-server';
import { readEcho } from '../harness/origin';
import { runtimes } from '../harness/runtimes';
import { refusedCases } from './answers.cases';
import { askedCases, remoteSites, scopedCases } from './remote-auth.cases';
import { startSigningEdge, type SigningEdge } from './signing-edge';
import { KEY1 } from './site';
import { unixNow, type Signer } from './signer';

const edges = runtimes.flatMap((runtime) =>
  (['hop', 'inline'] as const).map((wiring) => ({ name: runtime.name, runtime, wiring })),
);

describe.each(edges)('signed URLs and remote authentication, $wiring, on $name', ({ runtime, wiring }) => {
  let edge: SigningEdge;
  let auth: AuthServer;

  beforeAll(async () => {
    auth = await startAuthServer();
    const files = { '/srv/www/index/index.txt': 'the index\n', '/srv/www/tried/none.txt': '' };
    edge = await startSigningEdge({ runtime, wiring, auth, sites: remoteSites, files });
  });
  beforeEach(() => {
    auth.answer({ status: 200 }).clear();
    edge.origin.clear();
  });
  afterAll(async () => {
    await edge?.stop();
    await auth?.stop();
  });

  const signerOf = (domain: string): Signer => ({
    type: remoteSites[domain]!.signing['type'] as Signer['type'],
    key: KEY1,
  });
  function sign(domain: string, target: string, at = unixNow()): string {
    if (!target.includes('{sig}')) return edge.sign(target, signerOf(domain), at);
    const [, query = ''] = edge.sign(target.split('?')[0] ?? '', signerOf(domain), at).split('?');
    return target.replace('{sig}', query);
  }
  const questions = () => auth.requests.map(({ method, url }) => `${method} ${url}`);

  test.each(refusedCases)('$reason: the auth server is not asked', async ({ reason, target, method }) => {
    const value = (at: number, key = KEY1) =>
      edge.sign('/f', { ...signerOf('a.test'), key }, at).split('=')[1] ?? '';
    const filled = target
      .replace('{sig}', value(unixNow()))
      .replace('{early}', value(unixNow() + 40_000_000))
      .replace('{old}', value(unixNow() - 10_000))
      .replace('{bad}', value(unixNow(), 'no-key-of-this-site'));
    const reply = await edge.ask('a.test', filled, method ? { method } : {});
    expect(reply).toMatchObject({ ...denial(), verdict: `deny ${reason}` });
    expect(questions()).toEqual([]);
    expect(edge.origin.requests).toEqual([]);
  });

  test.each(askedCases)('$name: is asked about once, without its signature', async (row) => {
    const target = sign(row.domain, row.target);
    const reply = await edge.ask(row.domain, target, { headers: [`Referer: http://x/`] });
    expect(reply).toMatchObject({ status: 200, verdict: 'allow success_status' });
    expect(questions()).toEqual([`GET ${row.asks}`]);
    expect(auth.requests[0]?.headers['x-forwarded-uri']).toBe(row.clean);
    expect(readEcho(reply.body).url).toBe(row.clean);
    const { hash } = /(?<hash>[0-9a-f]{32})/.exec(target)!.groups!;
    expect(auth.requests[0]?.rawHead).not.toContain(hash);
  });

  test('the auth server denies what was signed', async () => {
    auth.answer({ status: 401 });
    const reply = await edge.ask('a.test', sign('a.test', '/v'));
    expect(reply).toMatchObject({ ...denial(), verdict: 'deny failure_status' });
    expect(edge.origin.requests).toEqual([]);
  });

  test('keep_args_for_origin keeps the signature for the origin, not for the auth server', async () => {
    const target = sign('kept.test', '/v?a=1&{sig}');
    expect(readEcho((await edge.ask('kept.test', target)).body).url).toBe(target);
    expect(questions()).toEqual(['GET /check/v?a=1']);
    expect(auth.requests[0]?.rawHead).not.toContain('auth_key');
  });

  test('no argument, header or variable of the question holds the signature', async () => {
    await edge.ask('args.test', sign('args.test', '/v?a=1&{sig}&b=2'));
    expect(questions()).toEqual(['GET /check?a=1&sig=&b=2&whole=%2Fv%3Fa%3D1%26b%3D2&path=%2Fv']);
    expect(auth.requests[0]?.headers).toMatchObject({ 'x-sig': '[]', 'x-target': '/v?a=1&b=2' });
    expect(auth.requests[0]?.rawHead).not.toMatch(/auth_key|[0-9a-f]{32}/);
  });

  test.each(scopedCases)('scopes: $name', async ({ target, isSigned = false, asked, status }) => {
    const sent = isSigned ? sign('scoped.test', target) : target;
    const reply = await edge.ask('scoped.test', sent);
    expect(reply.status).toBe(status);
    expect(questions()).toEqual(Array(asked).fill('GET /check'));
    if (status === 200) expect(readEcho(reply.body).url).toBe(target);
  });

  test.each([
    ['a directory by its index', '/index/', 'the index\n'],
    ['try_files', '/tried/x', 'the index\n'],
  ])('%s is asked about once', async (_, target, body) => {
    expect(await edge.ask('index.test', sign('index.test', target))).toMatchObject({ status: 200, body });
    expect(questions()).toEqual([`GET /check${target}`]);
  });

  test('a return in a location is guarded by the signature, but nobody asks about it', async () => {
    auth.answer({ status: 403 });
    expect(await edge.ask('index.test', '/returned')).toMatchObject({ status: 403 });
    const reply = await edge.ask('index.test', sign('index.test', '/returned'));
    expect(reply).toMatchObject({ status: 200, body: 'returned' });
    expect(questions()).toEqual([]);
  });

  test('the error log is clean', async () => {
    await edge.expectCleanLogs();
    expect(auth.malformed).toEqual([]);
  });
});
