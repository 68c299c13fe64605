import { denial } from '../harness/denial';
import { runtimes } from '../harness/runtimes';
import { inPath } from './arguments-in-path.cases';
import { oneArgument, twoArguments } from './arguments.cases';
import { startSigningEdge, type SigningEdge } from './signing-edge';
import { KEY1 } from './site';
import type { Signer } from './signer';

const BAD = '0123456789abcdef'.repeat(2);
const tables: [string, Signer, typeof oneArgument][] = [
  ['one argument (type A)', { type: 'A', key: KEY1 }, oneArgument],
  ['two arguments (type D)', { type: 'D', key: KEY1 }, twoArguments],
  ['in the path (type C)', { type: 'C', key: KEY1 }, inPath],
];
const lines = 'location / { return 200 "opened $uri"; }';

describe.each(runtimes)('what a signature looks like, on $name', (runtime) => {
  let edge: SigningEdge;
  const refusals: string[] = [];

  beforeAll(async () => {
    const signing = (type: string) => ({ signing: { type }, lines });
    const sites = { 'a.test': signing('A'), 'd.test': signing('D'), 'c.test': signing('C') };
    edge = await startSigningEdge({ runtime, sites });
  });
  afterAll(() => edge?.stop());

  describe.each(tables)('%s', (_, type, cases) => {
    test.each(cases)('$name', async ({ target, path = '/f', refused, rand, uid }) => {
      const signer = { ...type, ...(rand !== undefined && { rand }), ...(uid !== undefined && { uid }) };
      const good = edge.sign('{hash}', signer, undefined, path);
      const spelled = target
        .replaceAll('{bad}', BAD)
        .replaceAll('{HASH}', good.toUpperCase().replace(/^\d+$/, 'A'))
        .replaceAll('{short}', good.slice(1))
        .replaceAll('{encoded}', `%${good.charCodeAt(0).toString(16)}${good.slice(1)}`);
      const sent = edge.sign(`${spelled}{hash}`, signer, undefined, path).slice(0, -good.length);
      const reply = await edge.ask(`${type.type.toLowerCase()}.test`, sent);
      if (refused === undefined)
        return expect(reply).toMatchObject({ status: 200, body: 'opened /f', verdict: 'allow signed' });
      expect(reply).toMatchObject({ ...denial(), verdict: `deny ${refused}` });
      refusals.push(JSON.stringify(reply.rawHeaders) + reply.body);
    });
  });

  test('the error log is clean, and a refusal says nothing of the signature', () =>
    edge.expectCleanLogs([], refusals));
});
