import { denialBody } from '../harness/denial';
import { readEcho } from '../harness/origin';
import { OBJECT } from '../harness/origin-object';
import { runtimes } from '../harness/runtimes';
import { byType, httpFiles, httpSites } from './http.cases';
import { startSigningEdge, type SigningEdge } from './signing-edge';

describe.each(runtimes)('HTTP with signed URLs on $name', (runtime) => {
  let edge: SigningEdge;

  beforeAll(async () => {
    edge = await startSigningEdge({ runtime, sites: httpSites, files: httpFiles });
  });
  beforeEach(() => edge.origin.clear());
  afterAll(() => edge?.stop());

  describe.each(byType)('type %s', (type, signer) => {
    const domain = `${type.toLowerCase()}.test`;
    const sign = (target: string) => edge.sign(target, signer);

    test.each(['GET', 'HEAD', 'OPTIONS'])('one signature opens to %s', async (method) => {
      const reply = await edge.ask(domain, sign('/x?a=1'), { method });
      expect(reply).toMatchObject({ status: 200, verdict: 'allow signed' });
      expect(edge.origin.requests).toMatchObject([{ method, url: '/x?a=1' }]);
    });
    test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'PROPFIND', 'PURGE', 'LOCK'])(
      'but not to %s',
      async (method) => {
        const reply = await edge.ask(domain, sign('/x'), { method });
        expect(reply).toMatchObject({
          status: 403,
          body: denialBody(),
          verdict: 'deny method_not_allowed',
        });
        expect(edge.origin.requests).toEqual([]);
      },
    );
    test('HEAD without a signature is refused without a body', async () => {
      const reply = await edge.ask(domain, '/x', { method: 'HEAD' });
      expect(reply).toMatchObject({ status: 403, body: '', verdict: 'deny no_signature' });
      expect(reply.headers['content-length']).toBe('146');
    });
    test('X-HTTP-Method-Override opens no other method', async () => {
      const headers = ['X-HTTP-Method-Override: GET', 'X-Original-URL: /y', 'X-Rewrite-URL: /y'];
      expect(await edge.ask(domain, sign('/x'), { method: 'POST', headers })).toMatchObject({ status: 403 });
    });

    test.each(['POST', 'PUT'])('%s with a body, where methods lists it', async (method) => {
      const reply = await edge.ask(`all-${domain}`, sign('/x?a=1'), { method, body: 'b'.repeat(5_000) });
      expect(reply.verdict).toBe('allow signed');
      expect(readEcho(reply.body)).toMatchObject({ method, url: '/x?a=1', bodyLength: 5_000 });
    });
    test('a range of a file and of the origin', async () => {
      const headers = ['Range: bytes=2-4'];
      expect(await edge.ask(domain, sign('/static/file.txt'), { headers })).toMatchObject({
        status: 206,
        body: '234',
      });
      const reply = await edge.ask(domain, sign(OBJECT.path), { headers });
      expect(reply).toMatchObject({ status: 206, body: OBJECT.bytes.subarray(2, 5).toString() });
      expect(await edge.ask(domain, '/static/file.txt', { headers })).toMatchObject({ status: 403 });
    });
    test('a validator of a file', async () => {
      const first = await edge.ask(domain, sign('/static/file.txt'));
      const headers = [`If-None-Match: ${String(first.headers['etag'])}`];
      expect(await edge.ask(domain, sign('/static/file.txt'), { headers })).toMatchObject({ status: 304 });
      expect(await edge.ask(domain, '/static/file.txt', { headers })).toMatchObject({ status: 403 });
    });
    test('the large object arrives whole', async () => {
      const reply = await edge.ask(domain, sign(OBJECT.path));
      expect(reply.bytes.equals(OBJECT.bytes)).toBe(true);
    });
  });

  test('the error log is clean', () => edge.expectCleanLogs());
});
