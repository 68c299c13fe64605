import { runtimes } from '../harness/runtimes';
import { escaped, onlyUnsigned, otherArguments, rawPaths, rawUtf8, spelledByNginx } from './origin.cases';
import { startSigningEdge, type SigningEdge } from './signing-edge';
import { KEY1, type Site } from './site';
import type { Signer } from './signer';

const signers: Signer[] = [
  { type: 'A', key: KEY1 },
  { type: 'B', key: KEY1 },
  { type: 'C', key: KEY1 },
  { type: 'C', key: KEY1, form: 'args' },
  { type: 'D', key: KEY1 },
  { type: 'F', key: KEY1 },
];
const nameOf = ({ type, form }: Signer) => (form ? `${type} in the arguments` : type);
const byName = signers.map((signer): [string, Signer] => [nameOf(signer), signer]);
const withArguments = byName.filter(([name]) => !['B', 'C'].includes(name));
const passing = (to: string) => `location / { proxy_pass http://127.0.0.1:8090${to}; }`;
// An origin that tells the target as it came. Node's own server takes no raw UTF-8.
const ORIGIN = 'server { listen 8090; location / { return 200 $request_uri; } }';
const targets = {
  plain: '',
  clean: '$edge_auth_clean_uri',
  escaped: '$edge_auth_escaped_uri',
};

describe.each(runtimes)('what the origin receives, on $name', (runtime) => {
  let edge: SigningEdge;

  beforeAll(async () => {
    const sites = ['A', 'B', 'C', 'D', 'F'].flatMap((type) => [
      ...Object.entries(targets).map(([name, to]) => [
        `${type.toLowerCase()}.${name}.test`,
        { signing: { type, scope: { exclude_methods: ['PUT'] } }, lines: passing(to) },
      ]),
      [
        `${type.toLowerCase()}.kept.test`,
        { signing: { type, keep_args_for_origin: true }, lines: passing('') },
      ],
    ]);
    edge = await startSigningEdge({
      runtime,
      httpLines: ORIGIN,
      sites: Object.fromEntries(sites) as Record<string, Site>,
    });
  });
  afterAll(() => edge?.stop());

  /** The signature goes to `{sig}`, or to where the type usually has it. */
  function signed(signer: Signer, target: string): string {
    if (!target.includes('{sig}')) return edge.sign(target, signer);
    const [, query = ''] = edge.sign(target.split('?')[0] ?? '', signer).split('?');
    // Not in a value: `={sig}` is the application's.
    return target.replace(/(?<!=)\{sig\}/, query);
  }
  async function receivedFor(kind: string, signer: Signer, target: string, method = 'GET') {
    const domain = `${signer.type.toLowerCase()}.${kind}.test`;
    const reply = await edge.ask(domain, target, { method });
    expect(reply).toMatchObject({
      status: 200,
      verdict: method === 'GET' ? 'allow signed' : 'allow out_of_scope',
    });
    return reply.bytes.toString('latin1');
  }

  describe.each(withArguments)('type %s', (_, signer) => {
    test.each(otherArguments)('keeps $name', async ({ target, receives }) => {
      expect(await receivedFor('plain', signer, signed(signer, target))).toBe(receives);
    });
    test.each(escaped)('escapes $name in $edge_auth_escaped_uri', async ({ target, receives }) => {
      expect(await receivedFor('escaped', signer, signed(signer, target))).toBe(receives);
    });
    test('keep_args_for_origin changes no byte', async () => {
      const target = signed(signer, '/a%2Bb%e9?x=1&{sig}&y=%2f');
      expect(await receivedFor('kept', signer, target)).toBe(target);
    });
  });

  describe.each(byName)('type %s', (name, signer) => {
    test('raw UTF-8 stays raw unless nginx has rewritten the path', async () => {
      const { target, inArguments, inPath } = rawUtf8;
      const expected = ['B', 'C'].includes(name) ? inPath : inArguments;
      expect(await receivedFor('plain', signer, signed(signer, target))).toBe(expected);
    });
    test.each(spelledByNginx)('nginx spells $name its own way', async ({ target, receives }) => {
      expect(await receivedFor('plain', signer, signed(signer, target))).toBe(receives);
    });
    test.each(rawPaths)('$edge_auth_clean_uri keeps every byte of %s', async (path) => {
      expect(await receivedFor('clean', signer, signed(signer, path))).toBe(path);
      const query = `${path}?a=%2B&b`;
      expect(await receivedFor('clean', signer, signed(signer, query))).toBe(query);
    });
    test.each([...rawPaths, ...onlyUnsigned])(
      '%s without a signature, out of scope, keeps every byte',
      async (path) => {
        expect(await receivedFor('plain', signer, path, 'PUT')).toBe(path);
        expect(await receivedFor('clean', signer, path, 'PUT')).toBe(path);
      },
    );
  });

  test.each(['B', 'C'] as const)('keep_args_for_origin keeps no segments of type %s', async (type) => {
    const target = signed({ type, key: KEY1 }, '/f?x=1');
    expect(await receivedFor('kept', { type, key: KEY1 }, target)).toBe('/f?x=1');
  });

  test('the error log is clean', () => edge.expectCleanLogs());
});
