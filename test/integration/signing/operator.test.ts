import { readFileSync } from 'node:fs';
import path from 'node:path';
import { denial } from '../harness/denial';
import { runtimes } from '../harness/runtimes';
import { operatorFiles, operatorSites, signedCases } from './operator.cases';
import { startSigningEdge, type SigningEdge } from './signing-edge';
import { KEY1, KEY2 } from './site';
import type { Signer } from './signer';

const signer: Signer = { type: 'A', key: KEY1 };
const refused = denial();

describe.each(runtimes)("an operator's own conf in a signed server on $name", (runtime) => {
  let edge: SigningEdge;

  beforeAll(async () => {
    edge = await startSigningEdge({
      runtime,
      sites: operatorSites,
      // Pages and types that an operator may have set for all servers.
      httpLines: `
        js_import served from /etc/nginx/served.js;
        error_page 403 =200 /file.txt;
        recursive_error_pages on;`,
      files: {
        ...operatorFiles,
        '/etc/nginx/served.js': readFileSync(path.join(__dirname, '../attacks/served.js')),
      },
    });
  });
  beforeEach(() => {
    edge.origin.clear();
    edge.origin.replies.set('/accelerated', { headers: { 'X-Accel-Redirect': '/private/file.txt' } });
  });
  afterAll(() => edge?.stop());

  test.each(Object.keys(operatorSites).filter((domain) => domain !== 'redirected.test'))(
    '%s opens nothing without a good signature',
    async (domain) => {
      const headers = [`Authorization: Basic ${btoa('u:p')}`];
      const bad = edge.sign('/x', { ...signer, key: 'no-key-of-this-site' });
      for (const target of ['/x', '/', '/file.txt', '/front', bad])
        expect(await edge.ask(domain, target, { headers })).toMatchObject(refused);
    },
  );

  test.each(signedCases)(
    '$domain answers $status to a signed URL',
    async ({ domain, headers, status, body }) => {
      const reply = await edge.ask(domain, edge.sign('/x?a=1', signer), { headers });
      expect(reply.status).toBe(status);
      expect(reply.body).toContain(body);
      expect(reply.body).not.toContain('denied');
    },
  );

  // Known: nginx makes one JavaScript context for a request, of the imports of the place that needed it first, which is the guard.
  test('a module that only a location imports is not found there', async () => {
    const reply = await edge.ask('location-js.test', edge.sign('/x', { ...signer, key: KEY2 }));
    expect(reply.status).toBe(500);
  });
  test('it is found where the guard ran no JavaScript', async () => {
    const reply = await edge.ask('location-js.test', edge.sign('/x', signer));
    expect(reply).toMatchObject({ status: 200, verdict: 'allow signed' });
  });

  test.each(['Content-Length: x', 'Transfer-Encoding: x', 'Expect: x', 'Host: pages.test'])(
    'a request that nginx itself refuses (%s) leads to no page without a signature',
    async (header) => {
      const reply = await edge.ask('pages.test', '/x', { headers: [header] });
      // The status is the =200 of error_page.
      expect(reply.body).toMatch(/403 Forbidden|501 Not Implemented|417 Expectation/);
      expect(reply.verdict).not.toMatch(/^allow/);
    },
  );

  test('a return above the include line is not guarded, as servers/*.conf says', async () => {
    expect(await edge.ask('above.test', '/unguarded')).toMatchObject({ status: 200, body: 'opened' });
  });

  // The page that http {} names for a 403 is out of scope: it comes in place of what is refused, with its =200.
  test.each(['/index/', '/tried/x', '/missing/x', '/accelerated'])(
    '%s, out of scope, leads to nothing that is in scope',
    async (target) => {
      const reply = await edge.ask('redirected.test', target);
      expect(reply).toMatchObject({ status: 200, body: 'the file\n' });
    },
  );
  test('a page out of scope includes nothing that is in scope', async () => {
    const reply = await edge.ask('redirected.test', '/page.txt');
    expect(reply.body).toBe('[the file\n]');
  });
  // As in remote authentication: the guard stands before locations, a rewrite in one comes later.
  test('a rewrite of a location leads into the scope unguarded', async () => {
    const reply = await edge.ask('redirected.test', '/rewritten/x');
    expect(reply).toMatchObject({ status: 200, body: 'private\n' });
  });

  test('the error log is clean but for what the conf of these sites brings about', () =>
    edge.expectCleanLogs([
      /no user\/password was provided/,
      /access forbidden by rule/,
      /open\(\) "\/srv\/www\/(?:missing\/|x)/,
      /location-js\.test/,
    ]));
});
