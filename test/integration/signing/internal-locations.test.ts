import { startAuthServer, type AuthServer } from '../harness/auth-server';
import { runtimes } from '../harness/runtimes';
import { startSigningEdge, type SigningEdge } from './signing-edge';
import { KEY1 } from './site';
import type { Signer } from './signer';

const lines = `
  location /inside/ { internal; return 200 "internal $uri"; }
  location / { return 200 "open $uri"; }`;
const UNVERIFIED = {
  'b.test': '/202601010000/0123456789abcdef0123456789abcdef',
  'c.test': '/0123456789abcdef0123456789abcdef/6b02fa9f',
};

// nginx takes a request whose path a `rewrite` has changed for one of its own, and opens `internal` locations to it.
describe.each(runtimes)('internal locations on $name', (runtime) => {
  let edge: SigningEdge;
  let auth: AuthServer;

  beforeAll(async () => {
    auth = await startAuthServer();
    const site = (type: string) => ({
      signing: { type, scope: { paths: ['/private/*'] }, white_list: ['/inside/listed'] },
      remote: {},
      lines,
    });
    edge = await startSigningEdge({
      runtime,
      auth,
      sites: { 'a.test': site('A'), 'b.test': site('B'), 'c.test': site('C') },
    });
  });
  afterAll(async () => {
    await edge?.stop();
    await auth?.stop();
  });

  test.each(['a.test', 'b.test', 'c.test'])('%s: a direct request finds none', async (domain) => {
    for (const target of ['/inside/x', '/inside/listed', '/_edge_auth_refused', '/_edge_auth'])
      expect((await edge.ask(domain, target)).status).toBe(404);
  });

  test.each(['/inside/x', '/_edge_auth_refused', '/_edge_auth'])(
    'type A: a signature opens no %s',
    async (path) => {
      const signer: Signer = { type: 'A', key: KEY1 };
      expect((await edge.ask('a.test', edge.sign(path, signer))).status).toBe(404);
    },
  );

  describe.each(Object.entries(UNVERIFIED))('%s: two segments that nobody signed', (domain, prefix) => {
    test.each(['/inside/x', '/inside/listed', '/_edge_auth', '/_edge_auth_refused'])(
      'open no %s',
      async (path) => {
        auth.clear();
        const reply = await edge.ask(domain, prefix + path);
        expect(reply.body).not.toContain('internal');
        expect([403, 404]).toContain(reply.status);
        expect(reply.headers).not.toHaveProperty('x-edge-auth-reason');
        expect(auth.requests).toEqual([]);
      },
    );
  });

  // Known: the signer decides. SECURITY.md: sign no path of an `internal` location where the signature stands in front of the path.
  test.each(['B', 'C'] as const)('type %s: a good signature opens the one that it names', async (type) => {
    const target = edge.sign('/inside/x', { type, key: KEY1 });
    expect(await edge.ask(`${type.toLowerCase()}.test`, target)).toMatchObject({
      status: 200,
      body: 'internal /inside/x',
    });
  });

  test('the error log is clean', () => edge.expectCleanLogs());
});
