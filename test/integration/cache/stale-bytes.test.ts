import { sendRaw } from '../harness/raw-client';
import { startAuthServer, type AuthServer } from '../harness/auth-server';
import { startOrigin, type Origin } from '../harness/origin';
import { runtimes } from '../harness/runtimes';
import { startCachedEdge, type CachedEdge } from './cached-edge';

const policies = {
  'stale.test': {
    remote_auth: {
      auth_server: '{auth}',
      keep_headers: ['X-Token'],
      keep_args: 'none',
      cache: { allow_ttl: 0, stale_if_error: 600 },
    },
  },
};
const able = runtimes.filter(({ name }) => name !== 'bookworm');
if (able.length < runtimes.length) console.warn('SKIPPED bookworm: njs 0.7.9 has no stale_if_error');

if (able.length === 0) test.todo('stale_if_error needs njs 0.8.0');
else
  describe.each(able)('credentials that are no UTF-8, on $name', (runtime) => {
    let server: AuthServer;
    let origin: Origin;
    let cached: CachedEdge;
    beforeAll(async () => {
      [server, origin] = await Promise.all([startAuthServer(), startOrigin()]);
      cached = await startCachedEdge(runtime, policies, { auth: server.url, origin: origin.url });
    });
    afterAll(async () => {
      await cached?.edge.stop();
      await Promise.all([server?.stop(), origin?.stop()]);
    });
    const statusFor = async (token: string) => {
      const head = `GET / HTTP/1.1\r\nHost: stale.test\r\nX-Token: ${token}\r\nConnection: close\r\n\r\n`;
      return (await sendRaw(cached.edge.port(), Buffer.from(head, 'latin1'))).status;
    };

    test('who was in stays in while the auth server is down, and no other', async () => {
      for (const token of ['jos\xe9', '\xed\xa0\x80', 'plain']) expect(await statusFor(token)).toBe(200);
      server.answer({ status: 503 });
      for (const token of ['jos\xe9', '\xed\xa0\x80', 'plain']) expect(await statusFor(token)).toBe(200);
      for (const token of ['jos\xe8', 'jos\xef\xbf\xbd', '\xed\xa0\x81', 'plain\xff'])
        expect(await statusFor(token)).toBe(403);
      await server.stop();
      for (const token of ['jos\xe9', '\xed\xa0\x80', 'plain']) expect(await statusFor(token)).toBe(200);
      for (const token of ['jos\xe8', 'jos\xef\xbf\xbd', '\xed\xa0\x81', 'plain\xff'])
        expect(await statusFor(token)).toBe(403);
    });
  });
