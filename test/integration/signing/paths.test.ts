import { denial } from '../harness/denial';
import { exchange } from '../harness/raw-client';
import { runtimes } from '../harness/runtimes';
import { refused, refusedUnmerged, served, servedBesideArguments, unmerged } from './paths.cases';
import { startSigningEdge, type SigningEdge } from './signing-edge';
import { KEY1, type Site } from './site';
import type { Signer } from './signer';

const signers: [string, Signer][] = [
  ['A', { type: 'A', key: KEY1 }],
  ['B', { type: 'B', key: KEY1 }],
  ['C in the path', { type: 'C', key: KEY1 }],
  ['C in the arguments', { type: 'C', key: KEY1, form: 'args' }],
  ['D', { type: 'D', key: KEY1, hash: 'sha256' }],
  ['F', { type: 'F', key: KEY1 }],
];
const lines = 'location / { return 200 "served $uri"; }';
const domainOf = ({ type }: Signer) => `${type.toLowerCase()}.test`;

describe.each(runtimes)('signed paths on $name', (runtime) => {
  let edge: SigningEdge;

  beforeAll(async () => {
    const sites = signers.map(([, { type, hash = 'md5' }]) => [
      `${type.toLowerCase()}.test`,
      { signing: { type, hash }, lines },
    ]);
    const open = signers.map(([, { type, hash = 'md5' }]) => [
      `unmerged-${type.toLowerCase()}.test`,
      { signing: { type, hash }, isUnmerged: true, lines },
    ]);
    sites.push(...open);
    edge = await startSigningEdge({
      runtime,
      sites: Object.fromEntries(sites) as Record<string, Site>,
    });
  });
  afterAll(() => edge?.stop());

  describe.each(signers)('type %s', (_, signer) => {
    const isInPath = signer.type === 'B' || (signer.type === 'C' && signer.form !== 'args');

    test.each(served)('$name is served as it was signed', async ({ path, serves }) => {
      const reply = await edge.ask(domainOf(signer), edge.sign(path, signer));
      expect(reply).toMatchObject({ status: 200, verdict: 'allow signed' });
      expect(reply.bytes.toString('latin1')).toBe(`served ${serves}`);
    });

    test.each(servedBesideArguments)('$name is served where the signature is an argument', async (row) => {
      const { path, serves } = row;
      const reply = await edge.ask(domainOf(signer), edge.sign(path, signer));
      if (isInPath) return expect(reply).toMatchObject({ status: 403, verdict: 'deny path_mismatch' });
      expect(reply).toMatchObject({ status: 200, verdict: 'allow signed' });
      expect(reply.bytes.toString('latin1')).toBe(`served ${serves}`);
    });

    test.each(unmerged)('$name is served under merge_slashes off', async ({ path, serves }) => {
      const reply = await edge.ask(`unmerged-${domainOf(signer)}`, edge.sign(path, signer), { port: 8083 });
      expect(reply).toMatchObject({ status: 200, verdict: 'allow signed' });
      expect(reply.bytes.toString('latin1')).toBe(`served ${serves}`);
    });

    test.each(refusedUnmerged)('$name is refused under merge_slashes off', async ({ path, refused }) => {
      const reply = await edge.ask(`unmerged-${domainOf(signer)}`, edge.sign(path, signer), { port: 8083 });
      expect(reply.body).not.toContain('served');
      expect(reply).toMatchObject({ status: 403, verdict: `deny ${refused}` });
    });

    test.each(refused)('$name is refused', async ({ path, refused, refusedInPath = refused }) => {
      const expected = isInPath ? refusedInPath : refused;
      const reply = await edge.ask(domainOf(signer), edge.sign(path, signer));
      expect(reply.body).not.toContain('served');
      if (expected === 400) expect(reply).toMatchObject({ status: 400, verdict: '' });
      else expect(reply).toMatchObject({ status: 403, verdict: `deny ${expected}` });
    });

    test.each([
      ['%e9', '%E9'],
      ['%E9', '%e9'],
      ['%41', 'A'],
      ['A', '%41'],
      ['A', 'a'],
      ['%20', '+'],
    ])('/caf%s, signed so, does not open /caf%s', async (signed, sent) => {
      const target = edge.sign(`/caf${signed}`, signer).replace(`caf${signed}`, `caf${sent}`);
      const reply = await edge.ask(domainOf(signer), target);
      expect(reply).toMatchObject({ status: 403, verdict: 'deny bad_signature' });
    });

    test('bytes that are no UTF-8 are refused', async () => {
      const reply = await edge.ask(domainOf(signer), edge.sign('/caf\xe9', signer));
      expect(reply).toMatchObject(denial());
      expect(reply.verdict).toBe('deny malformed');
    });

    test('U+FFFD does not stand for bytes that are no UTF-8', async () => {
      const target = edge.sign('/caf\xef\xbf\xbd', signer).replace('\xef\xbf\xbd', '\xe9');
      const reply = await edge.ask(domainOf(signer), target);
      expect(reply).toMatchObject(denial());
      expect(reply.verdict).toBe('deny malformed');
    });

    test('the absolute form opens the same path', async () => {
      const reply = await edge.ask(
        domainOf(signer),
        `http://${domainOf(signer)}${edge.sign('/a%2Bb?c=1', signer)}`,
      );
      expect(reply).toMatchObject({ status: 200, body: 'served /a+b', verdict: 'allow signed' });
    });

    test.each(['http://{}', 'http://{}?a=1', 'HTTP://{}/'])('%s is refused', async (target) => {
      const reply = await edge.ask(domainOf(signer), target.replace('{}', domainOf(signer)));
      expect(reply).toMatchObject({ status: 403, verdict: 'deny no_signature' });
    });
  });

  test('the absolute form without a path is refused with a signature of the root', async () => {
    const query = edge.sign('/', { type: 'A', key: KEY1 }).slice(1);
    const reply = await edge.ask('a.test', `http://a.test${query}`);
    expect(reply).toMatchObject({ status: 403, verdict: 'deny malformed' });
  });

  test('a raw NUL gets no answer but 400', async () => {
    const target = edge.sign('/a\0b', { type: 'A', key: KEY1 });
    const { text } = await exchange(
      edge.edge.port(),
      `GET ${target} HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).not.toContain('served');
  });

  test('the error log is clean', () => edge.expectCleanLogs());
});
