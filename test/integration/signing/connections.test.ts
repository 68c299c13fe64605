import { Pool } from 'undici';
import { denial } from '../harness/denial';
import { sendHttp2 } from '../harness/client';
import { readEcho } from '../harness/origin';
import { exchange } from '../harness/raw-client';
import { runtimes } from '../harness/runtimes';
import { byType, httpFiles, httpSites } from './http.cases';
import { startSigningEdge, type SigningEdge } from './signing-edge';

describe.each(runtimes)('connections with signed URLs on $name', (runtime) => {
  let edge: SigningEdge;

  beforeAll(async () => {
    edge = await startSigningEdge({ runtime, sites: httpSites, files: httpFiles });
  });
  beforeEach(() => edge.origin.clear());
  afterAll(() => edge?.stop());

  describe.each(byType)('type %s', (type, signer) => {
    const domain = `${type.toLowerCase()}.test`;
    const sign = (target: string) => edge.sign(target, signer);

    test('a chunked body, where methods lists POST', async () => {
      const head = `POST ${sign('/x')} HTTP/1.1\r\nHost: all-${domain}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n`;
      const { text } = await exchange(edge.edge.port(), `${head}3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n`);
      expect(text).toMatch(/^HTTP\/1\.1 200 /);
      expect(edge.origin.requests[0]?.body.toString()).toBe('abcdefg');
    });
    test('a refused body leaves the connection to the next request', async () => {
      const refused = `POST /x HTTP/1.1\r\nHost: ${domain}\r\nContent-Length: 3\r\n\r\nabc`;
      const good = `GET ${sign('/y')} HTTP/1.1\r\nHost: ${domain}\r\nConnection: close\r\n\r\n`;
      const { text } = await exchange(edge.edge.port(), refused + good);
      expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 403', 'HTTP/1.1 200']);
      expect(edge.origin.requests).toMatchObject([{ method: 'GET', url: '/y' }]);
    });

    test('each of 300 requests of one connection is judged by itself', async () => {
      const pool = new Pool(`http://localhost:${edge.edge.port()}`, { connections: 1 });
      for (let i = 0; i < 300; i++) {
        const target = [sign(`/${i}?a=${i}`), `/${i}`, sign(`/${i}`).replace(`/${i}`, `/${i}0`)][i % 3]!;
        const reply = await pool.request({ path: target, method: 'GET', headers: { host: domain } });
        expect([i, reply.statusCode]).toEqual([i, i % 3 === 0 ? 200 : 403]);
        const body = await reply.body.text();
        if (i % 3 === 0) expect(readEcho(body).url).toBe(`/${i}?a=${i}`);
      }
      await pool.close();
      expect(edge.origin.requests).toHaveLength(100);
    });

    test('HTTP/2', async () => {
      const ask = (path: string, method = 'GET') =>
        sendHttp2({ port: edge.edge.port(8082), path, method, headers: { host: domain } });
      expect(readEcho((await ask(sign('/x?a=%2B'))).body)).toMatchObject({ url: '/x?a=%2B' });
      expect(await ask(sign('/x'), 'HEAD')).toMatchObject({ status: 200, body: '' });
      for (const target of ['/x', sign('/x').replace('/x', '/y')])
        expect(await ask(target)).toMatchObject(denial());
      expect(await ask(sign('/x'), 'POST')).toMatchObject({ status: 403 });
    });
    test('HTTP/1.0', async () => {
      const bytes = `GET ${sign('/x')} HTTP/1.0\r\nHost: ${domain}\r\n\r\n`;
      expect((await exchange(edge.edge.port(), bytes)).text).toMatch(/^HTTP\/1\.1 200 /);
    });
  });

  test('the error log is clean', () => edge.expectCleanLogs());
});
