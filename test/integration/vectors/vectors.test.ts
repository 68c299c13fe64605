// The tables of test/vectors inside nginx: what core says in Node it has to say in every engine, and a scope's patterns have to
// mean to PCRE what test/unit/core/scope.test.ts takes them for.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import scopes from '../../vectors/scope.json';
import checks from '../../vectors/signature-check.json';
import servedUris from '../../vectors/served-uri.json';
import targets from '../../vectors/target.json';
import verdicts from '../../vectors/verdict.json';
import { send } from '../harness/client';
import { startEdge } from '../harness/edge';
import { sendRaw } from '../harness/raw-client';
import { render } from '../harness/render';
import { repositoryRoot, runtimes, type Runtime } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';

const groups = scopes.map((group, i) => ({ ...group, domain: `scope${i}.example.com` }));
const policies = Object.fromEntries(
  groups.map(({ domain, scope }) => [domain, { remote_auth: { auth_server: 'http://127.0.0.1:1', scope } }]),
);
/** A server for each scope, which tells the value of the map that render wrote for it. */
async function scopeServers(runtime: Runtime): Promise<string> {
  const rendered = await render(policies, runtime, 'hop', []);
  const mapOf = (domain: string) => {
    const file = rendered.find(({ target }) => target.endsWith(`/servers/${domain}.conf`));
    const [variable] = /\$edge_auth_scope_(?!path)\w+/.exec(file?.content.toString() ?? '') ?? [];
    if (variable === undefined) throw new Error(`expected a scope map for ${domain}`);
    return variable;
  };
  const servers = groups.map(
    ({ domain }) => `
    server {
        listen 8081;
        server_name ${domain};
        merge_slashes off;
        set $edge_auth_scope_path $uri;
        add_header X-In-Scope ${mapOf(domain)} always;
        location / {
            return 204;
        }
    }`,
  );
  return servers.join('\n');
}

interface Results {
  verdicts: object[];
  servedUris: string[];
  targets: string[];
  checks: string[];
}

async function bundle(): Promise<string> {
  const script = path.join(repositoryRoot, 'scripts/njs-bundle.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [script, path.join(__dirname, 'replay.ts')]);
  return stdout;
}

/** Every byte that is not a plain path character escaped, so that nginx decodes it to what the table says. */
function escaped(decoded: string): string {
  const escape = (byte: number) => '%' + byte.toString(16).padStart(2, '0');
  return [...Buffer.from(decoded)]
    .map((byte) =>
      /[A-Za-z0-9/._~-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : escape(byte),
    )
    .join('');
}

describe.each(runtimes)('on $name', (runtime) => {
  let edge: Edge;
  let results: Results;

  beforeAll(async () => {
    edge = await startEdge({
      runtime,
      conf: path.join(__dirname, 'nginx.conf'),
      policies,
      ports: [8080, 8081],
      files: { '/etc/nginx/replay.js': await bundle() },
      vars: { SCOPE_SERVERS: await scopeServers(runtime) },
    });
    const tables = JSON.stringify({ verdicts, servedUris, targets, checks });
    const reply = await send({ port: edge.port(), path: '/replay', method: 'POST', body: tables });
    expect({ status: reply.status, errors: await edge.errors() }).toEqual({ status: 200, errors: [] });
    results = JSON.parse(reply.body) as Results;
  });
  afterAll(() => edge?.stop());

  test('every row of every table has its result', () => {
    expect(results.verdicts).toHaveLength(verdicts.length);
    expect(results.servedUris).toHaveLength(servedUris.length);
    expect(results.targets).toHaveLength(targets.length);
    expect(results.checks).toHaveLength(checks.rows.length);
  });

  describe('verdictForStatus', () => {
    test.each(verdicts.map((row, i) => ({ ...row, i })))('$name', ({ i, decision, reason }) => {
      expect(results.verdicts[i]).toEqual({ decision, reason });
    });
  });

  describe('servedUri', () => {
    test.each(servedUris.map((row, i) => ({ ...row, i })))('$name', ({ i, told }) => {
      expect(results.servedUris[i]).toBe(told);
    });
  });

  describe('buildTarget', () => {
    test.each(targets.map((row, i) => ({ ...row, i })))('$name', ({ i, told }) => {
      expect(results.targets[i]).toBe(told);
    });
  });

  describe('checkSignature, with a fixed clock', () => {
    test.each(checks.rows.map(({ name, outcome }, i) => ({ name, outcome, i })))(
      '$name',
      ({ i, outcome }) => {
        expect(results.checks[i]).toBe(outcome);
      },
    );
  });

  test.each(groups)(
    'the rendered map of $name asks about what it should, and about nothing else',
    async (group) => {
      const answers: Record<string, string | string[] | undefined> = {};
      for (const request of [...group.asked, ...group.unasked]) {
        const space = request.indexOf(' ');
        const [method, decoded] = [request.slice(0, space), request.slice(space + 1)];
        const head = `${method} ${escaped(decoded)} HTTP/1.1\r\nHost: ${group.domain}\r\nConnection: close\r\n\r\n`;
        const reply = await sendRaw(edge.port(8081), head);
        answers[request] = reply.status === 204 ? reply.headers['x-in-scope'] : `status ${reply.status}`;
      }
      expect(answers).toEqual(
        Object.fromEntries([
          ...group.asked.map((request) => [request, '1']),
          ...group.unasked.map((request) => [request, '0']),
        ]),
      );
    },
  );

  test('nothing of this is worth a line in the error log', async () => {
    expect(await edge.errors()).toEqual([]);
  });
});
