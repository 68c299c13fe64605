import { isAtLeast, runtimes } from '../harness/runtimes';
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
const able = runtimes.filter(({ njsVersion }) => isAtLeast(njsVersion, '0.8.0'));
for (const { name } of runtimes.filter((one) => !able.includes(one)))
  console.warn(`SKIPPED stale_if_error on ${name}: its njs has no memory to share`);

if (able.length === 0) test.todo('stale_if_error needs njs 0.8.0');
else
  describe.each(able)('credentials that are no UTF-8, on $name', (runtime) => {
    let cached: CachedEdge;
    beforeAll(async () => {
      cached = await startCachedEdge(runtime, { policies });
    });
    afterAll(() => cached?.stop());
    const statusFor = async (token: string) =>
      (await cached.ask('stale.test', '/', [`X-Token: ${token}`])).status;

    test('who was in stays in while the auth server is down, and no other', async () => {
      for (const token of ['jos\xe9', '\xed\xa0\x80', 'plain']) expect(await statusFor(token)).toBe(200);
      cached.server.answer({ status: 503 });
      for (const token of ['jos\xe9', '\xed\xa0\x80', 'plain']) expect(await statusFor(token)).toBe(200);
      for (const token of ['jos\xe8', 'jos\xef\xbf\xbd', '\xed\xa0\x81', 'plain\xff'])
        expect(await statusFor(token)).toBe(403);
      await cached.server.stop();
      for (const token of ['jos\xe9', '\xed\xa0\x80', 'plain']) expect(await statusFor(token)).toBe(200);
      for (const token of ['jos\xe8', 'jos\xef\xbf\xbd', '\xed\xa0\x81', 'plain\xff'])
        expect(await statusFor(token)).toBe(403);
    });
  });
