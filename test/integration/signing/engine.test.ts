// `render --engine njs`: a signed server runs the njs engine, whatever http {} chose for the others.
import { isAtLeast, runtimes } from '../harness/runtimes';
import { startSigningEdge, type SigningEdge } from './signing-edge';
import { KEY1 } from './site';

const tell = `
function tell(r) {
  r.return(200, njs.engine || 'njs');
}
export default { tell };
`;
const lines = 'location / { proxy_pass http://origin; } location = /engine { js_content told.tell; }';
const options = {
  sites: { 'signed.test': { signing: { type: 'A' }, lines } },
  httpLines: `
    js_import told from /etc/nginx/told.js;
    server { listen 8080; server_name other.test; ${lines} }`,
  files: { '/etc/nginx/told.js': tell },
  renderArgs: ['--engine', 'njs'],
};

describe.each(runtimes)('the njs engine chosen for signed servers on $name', (runtime) => {
  if (!isAtLeast(runtime.njsVersion, '0.8.6')) {
    test('is refused: this njs has no js_engine', async () => {
      await expect(startSigningEdge({ ...options, runtime })).rejects.toThrow(
        'expected --njs-version 0.8.6 or later beside --engine',
      );
    });
    return;
  }
  let edge: SigningEdge;
  const signer = { type: 'A', key: KEY1 } as const;

  beforeAll(async () => {
    edge = await startSigningEdge({ ...options, runtime });
  });
  afterAll(() => edge?.stop());

  test('opens what is signed and nothing else', async () => {
    expect((await edge.ask('signed.test', edge.sign('/x', signer))).status).toBe(200);
    expect((await edge.ask('signed.test', '/x')).status).toBe(403);
    await edge.expectCleanLogs();
  });

  test('leaves other servers their engine', async () => {
    const engineOf = async (domain: string, target: string) => (await edge.ask(domain, target)).body;
    expect(await engineOf('signed.test', edge.sign('/engine', signer))).toBe('njs');
    const expected = runtime.engine === 'qjs' ? 'QuickJS' : 'njs';
    expect(await engineOf('other.test', '/engine')).toBe(expected);
  });
});
