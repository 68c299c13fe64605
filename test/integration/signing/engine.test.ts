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
const withChoice = runtimes.filter(({ njsVersion }) => isAtLeast(njsVersion, '0.8.6'));
const without = runtimes.filter((runtime) => !withChoice.includes(runtime));
if (without.length > 0)
  console.log(`no js_engine to choose in ${without.map(({ name }) => name).join(', ')}`);

const cases = withChoice.length > 0 ? withChoice : [];
(cases.length > 0 ? describe : describe.skip).each(cases)(
  'the njs engine chosen for signed servers on $name',
  (runtime) => {
    let edge: SigningEdge;
    const signer = { type: 'A', key: KEY1 } as const;

    beforeAll(async () => {
      edge = await startSigningEdge({
        runtime,
        sites: { 'signed.test': { signing: { type: 'A' }, lines } },
        httpLines: `
        js_import told from /etc/nginx/told.js;
        server { listen 8080; server_name other.test; ${lines} }`,
        files: { '/etc/nginx/told.js': tell },
        renderArgs: ['--engine', 'njs'],
      });
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
  },
);
