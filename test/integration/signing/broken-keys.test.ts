import { denial, denialBody } from '../harness/denial';
import { EDGE_PREFIX } from '../harness/render';
import { runtimes } from '../harness/runtimes';
import { brokenKeys, brokenModules } from './broken-keys.cases';
import { startSigningEdge, type SigningEdge } from './signing-edge';
import { KEY1, KEY2, type Site } from './site';
import type { Signer } from './signer';

const signer: Signer = { type: 'A', key: KEY1 };
const domainOf = (index: number) => `broken${index}.test`;
const MODULE = `${EDGE_PREFIX}/edge_auth.js`;

describe.each(runtimes)('broken keys and a broken module on $name', (runtime) => {
  let edge: SigningEdge;
  const ask = (domain: string) => edge.ask(domain, edge.sign('/x', signer));

  beforeAll(async () => {
    const site: Site = { signing: { type: 'A' }, lines: 'location / { return 200 "opened"; }' };
    const domains = ['whole.test', ...brokenKeys.map((_, index) => domainOf(index))];
    edge = await startSigningEdge({ runtime, sites: Object.fromEntries(domains.map((one) => [one, site])) });
    for (const [index, { expression }] of brokenKeys.entries()) {
      const file = `${EDGE_PREFIX}/keys/${domainOf(index)}.conf`;
      const { exitCode, output } = await edge.edge.exec(
        `cp ${file} /root/before && sed -i '${expression}' ${file} && ! cmp -s ${file} /root/before`,
      );
      if (exitCode !== 0) throw new Error(`${expression} changed nothing: ${output}`);
    }
    await edge.edge.reloadAsItIs();
  });
  afterAll(() => edge?.stop());

  test.each(brokenKeys.map((one, index) => ({ ...one, index })))(
    'keys: $name, $reason',
    async ({ index, reason }) => {
      const reply = await ask(domainOf(index));
      expect(reply).toMatchObject(
        reason === 'signed'
          ? { status: 200, verdict: 'allow signed' }
          : { ...denial(), verdict: `deny ${reason}` },
      );
      expect(await edge.ask(domainOf(index), '/x')).toMatchObject({
        status: 403,
        verdict: 'deny no_signature',
      });
    },
  );

  test('the neighbour is served', async () => {
    expect(await ask('whole.test')).toMatchObject({ status: 200, body: 'opened' });
  });

  test.each([
    ['keys', `rm ${EDGE_PREFIX}/keys/whole.test.conf`],
    ['a value of the keys', `sed -i 's|^set .*|set $edge_auth_key ;|' ${EDGE_PREFIX}/keys/whole.test.conf`],
    ['the module', `rm ${MODULE}`],
    ['half of the module', `truncate -s 300 ${MODULE}`],
  ])('without %s nginx refuses the conf, and the edge goes on', async (_, command) => {
    await edge.edge.exec(`cp -a ${EDGE_PREFIX} /root/kept; ${command}`);
    expect((await edge.edge.exec('nginx -t')).exitCode).not.toBe(0);
    await edge.edge.exec('nginx -s reload');
    expect((await ask('whole.test')).status).toBe(200);
    expect((await edge.ask('whole.test', '/x')).status).toBe(403);
    await edge.edge.exec(`rm -rf ${EDGE_PREFIX}; mv /root/kept ${EDGE_PREFIX}`);
  });

  test('the error log is clean but for the conf that was refused', () => edge.expectCleanLogs([/\[emerg\]/]));

  test('a module that does anything but say signed opens nothing', async () => {
    for (const { name, verify } of brokenModules) {
      const module = `function verify() { ${verify} } function none() { return ''; }
        export default { verify: verify, readServedUri: none, readEscapedUri: none };\n`;
      await edge.edge.putFile(MODULE, module);
      await edge.edge.reloadAsItIs();
      // By the second key: nginx itself knows the first.
      const reply = await edge.ask('whole.test', edge.sign('/x', { ...signer, key: KEY2 }));
      expect([name, reply.status, reply.body]).toEqual([name, 403, denialBody()]);
      expect(reply.verdict).toMatch(/^deny(?! signed$)/);
    }
  });
});
