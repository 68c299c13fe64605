import path from 'node:path';
import os from 'node:os';
import { startAuthServer, type AuthServer } from '../harness/auth-server';
import { sendHttp2 } from '../harness/client';
import { startEdge } from '../harness/edge';
import { PROTECTED, startOrigin, type Origin } from '../harness/origin';
import { sendRaw } from '../harness/raw-client';
import { runtimes } from '../harness/runtimes';
import type { AccessLine, Edge } from '../harness/started-edge';
import { addedArguments } from './added-arguments.cases';
import { addedHeaders } from './added-headers.cases';
import { address } from './address.cases';
import { hostileValues } from './hostile-values.cases';
import { keptArguments } from './kept-arguments.cases';
import { keptHeaders } from './kept-headers.cases';
import { methods } from './methods.cases';
import { presets } from './presets.cases';
import { assignDomains, fill, requestBytes, type QuestionCase } from './question-case';

const tables = {
  address,
  methods,
  keptArguments,
  addedArguments,
  keptHeaders,
  addedHeaders,
  hostileValues,
  presets,
};
const all = Object.values(tables).flat();
const domains = assignDomains(all);
const domainOf = ({ policy }: QuestionCase) => domains.get(JSON.stringify(policy)) ?? '';
const wirings = ['hop', 'inline'] as const;
const edges = runtimes.flatMap((runtime) =>
  wirings.map((wiring) => ({ name: runtime.name, runtime, wiring })),
);

/** An address of this machine that containers reach. */
function ipv4(): string {
  const all = Object.entries(os.networkInterfaces()).sort(([name]) => (name === 'docker0' ? -1 : 1));
  const found = all.flatMap(([, list]) => list ?? []).find((one) => one.family === 'IPv4' && !one.internal);
  if (!found) throw new Error('expected a network interface with an IPv4 address, found none');
  return found.address;
}

function serverBlocks(): string {
  const server = (domain: string) => `
    server {
        listen 8080;
        listen 8082;
        server_name ${domain};
        include edge-auth/servers/${domain}.conf;

        location / {
            proxy_pass @ORIGIN@;
        }
    }`;
  return [...domains.values()].map(server).join('');
}

describe.each(edges)('the question, $wiring, on $name', ({ runtime, wiring }) => {
  let auth: AuthServer;
  let origin: Origin;
  let edge: Edge;
  let values: Record<string, string>;
  const expectedLog: AccessLine[] = [];

  beforeAll(async () => {
    [auth, origin] = await Promise.all([startAuthServer(), startOrigin()]);
    values = { auth: `edge-auth-host:${auth.port}`, ipv4: ipv4(), port: String(auth.port) };
    const policies = [...domains].map(([text, domain]) => {
      const remoteAuth = { auth_server: 'http://{auth}/auth', ...(JSON.parse(text) as object) };
      return [domain, JSON.parse(fill(JSON.stringify({ remote_auth: remoteAuth }), values)) as object];
    });
    edge = await startEdge({
      runtime,
      wiring,
      conf: path.join(__dirname, 'nginx.conf'),
      policies: Object.fromEntries(policies) as Record<string, object>,
      ports: [8080, 8082],
      vars: { ORIGIN: origin.url, SERVERS: serverBlocks().replaceAll('@ORIGIN@', origin.url) },
    });
    await sendRaw(edge.port(), 'GET / HTTP/1.1\r\nHost: plain.test\r\n\r\n');
    values['client'] = (await edge.accessLog(1))[0]?.['client'] ?? '';
    await edge.mark();
  });
  beforeEach(() => {
    auth.clear();
    origin.clear();
  });
  afterAll(async () => {
    await edge?.stop();
    await Promise.all([auth?.stop(), origin?.stop()]);
  });

  async function ask(row: QuestionCase) {
    const domain = domainOf(row);
    if (!row.http2) return sendRaw(edge.port(), requestBytes(row, domain));
    const [line = '', ...lines] = row.send;
    const [method = '', target = ''] = line.split(' ');
    const headers = Object.fromEntries(lines.map((text) => text.split(': '))) as Record<string, string>;
    return sendHttp2({
      port: edge.port(8082),
      method,
      path: target,
      headers: { host: domain, ...headers },
      ...(row.body !== undefined && { body: row.body }),
    });
  }

  describe.each(Object.entries(tables))('%s', (_table, cases) => {
    test.each(cases)('$name', async (row) => {
      const domain = domainOf(row);
      const status = row.status ?? (row.receives ? 200 : 403);
      expectedLog.push({
        domain: row.receives ? domain : '',
        status: String(status),
        decision: row.receives ? 'allow' : '',
        reason: row.receives ? 'success_status' : '',
      });
      const reply = await ask(row);
      const heads = auth.requests.map(({ rawHead }) =>
        row.isUnreadable ? rawHead.replace(/(?:%[0-9A-F]{2})+/g, '{octets}') : rawHead,
      );
      const expected = row.receives?.map((line) => fill(line, { ...values, domain }));
      expect(heads).toEqual(expected ? [[...expected, '', ''].join('\r\n')] : []);
      expect(auth.requests.map((request) => request.body.length)).toEqual(expected ? [0] : []);
      expect(reply.status).toBe(status);
      expect(origin.requests).toHaveLength(status === 200 ? 1 : 0);
      if (status !== 200) expect(reply.body).not.toContain(PROTECTED);
    });
  });

  test('every request is in the access log, and the error log is clean', async () => {
    const lines = await edge.accessLog(expectedLog.length);
    const logged = lines.map(({ domain, status, decision, reason }) => ({
      domain: decision ? domain : '',
      status,
      decision,
      reason,
    }));
    const key = (line: Partial<AccessLine>) => JSON.stringify(line);
    expect(logged.map(key).sort()).toEqual(expectedLog.map(key).sort());
    expect(auth.malformed).toEqual([]);
    expect(await edge.errors()).toEqual([]);
  });
});
