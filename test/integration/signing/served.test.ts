import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { denial, denialBody } from '../harness/denial';
import { readEcho } from '../harness/origin';
import { runtimes } from '../harness/runtimes';
import { servedCases, servedFiles } from './served.cases';
import { startSigningEdge, type SigningEdge } from './signing-edge';
import { KEY1, KEY2 } from './site';
import { unixNow, type Signer } from './signer';

const signers: Signer[] = [
  { type: 'A', key: KEY1 },
  { type: 'B', key: KEY2 },
  { type: 'C', key: KEY1 },
  { type: 'C', key: KEY2, form: 'args', hash: 'md5' },
];
const nameOf = ({ type, form }: Signer) => `${type}${form ?? ''}`;
const byName = signers.map((signer): [string, Signer] => [nameOf(signer), signer]);

describe.each(runtimes)('what serves a signed URL on $name', (runtime) => {
  let edge: SigningEdge;
  const domainOf = (signer: Signer) => `${nameOf(signer).toLowerCase()}.test`;

  beforeAll(async () => {
    const lines = readFileSync(path.join(__dirname, 'served.conf'), 'utf8');
    edge = await startSigningEdge({
      runtime,
      sites: Object.fromEntries(
        signers.map((signer) => [domainOf(signer), { signing: { type: signer.type }, lines }]),
      ),
      files: servedFiles,
    });
  });
  beforeEach(() => {
    edge.origin.clear();
    edge.origin.replies.set('/accelerated', { headers: { 'X-Accel-Redirect': '/inside/file.txt' } });
  });
  afterAll(() => edge?.stop());

  describe.each(byName)('type %s', (_, signer) => {
    const ask = (target: string, at = unixNow()) => edge.ask(domainOf(signer), edge.sign(target, signer, at));
    const received = () => edge.origin.requests.map(({ url }) => url);

    test.each(servedCases)('$name', async ({ target, body, status = 200 }) => {
      const reply = await ask(target);
      expect(reply).toMatchObject({ status, body });
      expect(await edge.ask(domainOf(signer), target)).toMatchObject({
        status: 403,
        body: denialBody(),
      });
    });

    test('proxy_pass hands on the clean URL', async () => {
      expect(readEcho((await ask('/proxied/x?a=1&b=%2F')).body).url).toBe('/proxied/x?a=1&b=%2F');
    });
    test('proxy_pass with a path hands on the clean arguments', async () => {
      expect(readEcho((await ask('/proxied-elsewhere/x?a=1')).body).url).toBe('/base/x?a=1');
    });
    test('mirror hands on the clean URL, too', async () => {
      expect((await ask('/mirrored/x?a=1')).status).toBe(200);
      // nginx does not wait for a mirror.
      for (let i = 0; i < 100 && received().length < 2; i++) await sleep(10);
      expect(received().sort()).toEqual(['/mirror/mirrored/x?a=1', '/mirrored/x?a=1']);
    });

    test.each(['cached', 'cached-by-uri', 'cached-by-clean-uri'])(
      'two signatures of one URL share one entry of the cache (%s), and another URL has its own',
      async (name) => {
        const target = `/${name}/${nameOf(signer)}?a=1`;
        const seen = [];
        for (const at of [unixNow() - 120, unixNow()]) {
          const reply = await ask(target, at);
          seen.push([reply.status, reply.headers['x-cache']]);
        }
        seen.push([(await ask(target.replace('a=1', 'a=2'))).headers['x-cache']]);
        expect(seen).toEqual([[200, 'MISS'], [200, 'HIT'], ['MISS']]);
        expect((await edge.ask(domainOf(signer), target)).status).toBe(403);
        expect(received()).toEqual([target, target.replace('a=1', 'a=2')]);
      },
    );

    test('an SSI page finds no key, and its includes are served', async () => {
      const reply = await ask('/ssi/page.txt?a=1');
      expect(reply.body).toBe('[]signed[the file\n][b=2]');
    });

    test.each(['/inside/file.txt', '/mirror'])(
      '%s, which is internal, stays closed without a signature',
      async (target) => {
        const reply = await edge.ask(domainOf(signer), target);
        expect(reply).toMatchObject(denial());
      },
    );
  });

  test('the error log is clean but for the files that are missing', () =>
    edge.expectCleanLogs([/open\(\) "\/srv\/www\/missing/]));
});
