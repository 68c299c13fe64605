// No pattern of ours runs where an operator's captures are in use: $1 of a location, and of a server's name where that can be had.
import path from 'node:path';
import { send } from '../harness/client';
import { startEdge } from '../harness/edge';
import { runtimes, type Runtime } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import { liveRuntimes, startLiveEdge, type LiveEdge } from '../live/live-edge';
import { files, policies, ports, serverPort, servers, sites, targetOf, variables } from './sites';

const conf = path.join(__dirname, 'nginx.conf');
const isSigned = (domain: string): boolean => sites[domain]!.signer !== undefined;

const isAsked = (domain: string): boolean => 'remote_auth' in sites[domain]!.policy;

interface Started {
  edge: Edge;
  stop: () => Promise<void>;
}
const kinds: [name: string, wiring: 'hop' | 'inline', args: string[], isLive: boolean][] = [
  ['hop', 'hop', [], false],
  ['inline', 'inline', [], false],
  ['without the fast path', 'hop', ['--no-native'], false],
  ['hop, live', 'hop', [], true],
];
const edges = kinds.flatMap(([kind, wiring, args, isLive]) =>
  (isLive ? liveRuntimes : runtimes).map((runtime) => ({
    kind,
    wiring,
    args,
    isLive,
    runtime,
    on: runtime.name,
  })),
);

async function start(
  runtime: Runtime,
  wiring: 'hop' | 'inline',
  args: string[],
  isLive: boolean,
): Promise<Started> {
  if (isLive) {
    const live: LiveEdge = await startLiveEdge({
      runtime,
      wiring,
      conf,
      policies,
      servers,
      files,
      ports: ports.slice(1),
      workers: 1,
    });
    return { edge: live.edge, stop: () => live.stop() };
  }
  const edge = await startEdge({
    runtime,
    wiring,
    conf,
    policies,
    files,
    ports,
    vars: { SERVERS: servers },
    renderArgs: args,
  });
  return { edge, stop: () => edge.stop() };
}

describe.each(edges)('captures, $kind, on $on', ({ runtime, wiring, args, isLive }) => {
  let started: Started;
  beforeAll(async () => {
    started = await start(runtime, wiring, args, isLive);
  });
  afterAll(() => started?.stop());

  const ask = (domain: string, target: string, port = 8080, host = domain) =>
    send({ port: started.edge.port(port), path: target, headers: { host } });

  describe.each(Object.keys(sites))('%s', (domain) => {
    test.each(variables)('a location reads $1 beside $%s', async (name, valueOf) => {
      const header = `/header/${name}/one/two/three`;
      const value = valueOf?.(domain, header) ?? '[^ ]*';
      const pattern = value.replace(/[?.+*$^()[\]|]/g, '\\$&');
      const reply = await ask(domain, targetOf(domain, header));
      const expected = valueOf ? pattern : '[^\\]]*';
      expect([reply.status, reply.body]).toEqual([
        200,
        expect.stringMatching(`^\\[one ${expected} two/three\\] \\[${expected}\\] \\[one\\|two/three\\]$`),
      ]);
      const alone = await ask(domain, targetOf(domain, `/alone/${name}/one/two`));
      expect([alone.status, alone.body]).toEqual([200, expect.stringMatching(/\] \[one\|two\]$/)]);
      const served = `/reply/${name}/x/y`;
      const file = await ask(domain, targetOf(domain, served));
      expect([file.status, file.headers['x-value']]).toEqual([
        200,
        expect.stringMatching(`^x ${(valueOf?.(domain, served) ?? '.*').replace(/[?]/g, '\\?')} y$`),
      ]);
    });

    test('a path in which a segment is hidden is told as it is served', async () => {
      if (isSigned(domain)) return expect((await ask(domain, targetOf(domain, '/a/../b'))).status).toBe(403);
      const reply = await ask(domain, '/x/../alone/edge_auth_client_uri/one/two');
      expect(reply.body).toBe('[] [/alone/edge_auth_client_uri/one/two] [one|two]');
    });

    // An auth request goes through the lines above the include once more, without captures, as in plain nginx.
    const names = isAsked(domain) ? ['named-'] : ['named-', 'above-'];
    test(`a server whose name captures as ${names.join(' and ')} serves its own files`, async () => {
      for (const name of names)
        for (const which of ['a', 'b'])
          for (const www of ['', 'www.']) {
            const host = `${www}${name}${which}.test`;
            const reply = await ask(domain, targetOf(domain, '/f.txt'), serverPort(domain), host);
            expect([host, reply.status, reply.body]).toEqual([host, 200, `${name}${which}\n`]);
          }
    });

    test('a server whose name captures by number serves its own files, or its conf says what to do', async () => {
      if (isSigned(domain)) {
        const file = `/etc/nginx/edge-auth/servers/${domain}.conf`;
        const { output } = await started.edge.exec(`sed '/^$/q' ${file}`);
        expect(output).toMatch(
          isAsked(domain)
            ? /regex server_name.*name the capture\./
            : /regex server_name.*name the capture, or `set \$site \$\d;` above the include/,
        );
        return;
      }
      for (const which of ['a', 'b']) {
        const host = `www.site${which}.test`;
        const own = await ask(domain, '/f.txt', serverPort(domain), host);
        expect([host, own.status, own.body]).toEqual([host, 200, `site${which}\n`]);
        const folder = await ask(domain, `/other/site${which}/f.txt`, serverPort(domain), host);
        expect([host, folder.status, folder.body]).toEqual([host, 200, 'own folder\n']);
        const other = which === 'a' ? 'b' : 'a';
        const tenant = await ask(domain, `/site${other}/f.txt`, serverPort(domain), host);
        expect([host, tenant.status]).toEqual([host, 404]);
      }
    });
  });

  test('nginx complained of nothing but files that are not there', async () => {
    expect((await started.edge.errors()).filter((line) => !/open\(\) ".*" failed/.test(line))).toEqual([]);
  });
});
