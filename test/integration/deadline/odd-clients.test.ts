import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEdge } from '../harness/edge';
import { refusingPort } from '../harness/listening';
import { PROTECTED, startOrigin, type Origin } from '../harness/origin';
import { exchange } from '../harness/raw-client';
import { isAtLeast, runtimes } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import { TEST_HOST } from '../harness/test-host';
import { oddRequests } from './odd-requests';
import { denials, startRefusingServer, type RefusingServer } from './refusing-server';
import { sendOddHttp2 } from './odd-http2';
import { serversOf } from './servers';

/** A second auth server that is down must not help a client either. */
const servers = [...Object.keys(denials), 'nginx'];
const domains = servers.flatMap((server) => [`${server}.test`, `${server}-failover.test`]);
const cases = runtimes.flatMap((runtime) =>
  (['hop', 'inline'] as const).map((wiring) => ({ name: runtime.name, runtime, wiring })),
);

describe.each(cases)('odd clients, $wiring, on $name', ({ runtime, wiring }) => {
  let origin: Origin;
  let refusing: Map<string, RefusingServer>;
  let edge: Edge;

  beforeAll(async () => {
    origin = await startOrigin();
    refusing = new Map();
    for (const name of Object.keys(denials)) refusing.set(name, await startRefusingServer(name));
    const dead = `http://${TEST_HOST}:${await refusingPort()}`;
    // Everything that a client sends reaches the auth server, and whatever may fail open does.
    const open = {
      auth_path: 'append',
      request_method: 'follow',
      success_status: ['2xx'],
      other_status: 'allow',
      timeout_ms: 1000,
      timeout_action: 'allow',
    };
    const policies: Record<string, object> = Object.fromEntries(
      servers.flatMap((name): [string, object][] => {
        const url = refusing.get(name)?.url ?? 'http://127.0.0.1:9100';
        return [
          [`${name}.test`, { remote_auth: { ...open, auth_server: url } }],
          [`${name}-failover.test`, { remote_auth: { ...open, auth_server: [url, dead] } }],
        ];
      }),
    );
    const conf = path.join(__dirname, 'odd-clients.nginx.conf');
    // Before 1.25.1 a plain-text port with http2 speaks nothing else: it is a port of its own.
    const http2 = isAtLeast(runtime.nginxVersion, '1.25.1') ? 'listen 8081; http2 on;' : 'listen 8081 http2;';
    const vars = { SERVERS: serversOf(Object.keys(policies), origin.url, http2) };
    edge = await startEdge({ runtime, wiring, conf, policies, vars, ports: [8080, 8081] });
  });
  beforeEach(async () => {
    origin.clear();
    await edge.mark();
  });
  afterAll(async () => {
    await edge?.stop();
    for (const server of refusing?.values() ?? []) server.stop();
    await origin?.stop();
  });

  /** What the log says of anything that was not denied, and what reached the origin. */
  async function leaks(): Promise<object> {
    const allowed = (await edge.accessLog()).filter(({ decision }) => decision !== 'deny' && decision !== '');
    return {
      allowed: allowed.map(({ uri, ...rest }) => ({ ...rest, uri: uri?.slice(0, 60), length: uri?.length })),
      reached: origin.requests.map(({ method, url }) => `${method} ${url.slice(0, 60)}`),
    };
  }

  test.each(domains)('cannot get anything out of %s by an odd request', async (domain) => {
    const leaking: string[] = [];
    const queue = [...oddRequests];
    const lane = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const { text } = await exchange(edge.port(), next.bytes(domain), { idleMs: 300, firstMs: 500 });
        if (text.includes(PROTECTED)) leaking.push(next.name);
      }
    };
    await Promise.all(Array.from({ length: 6 }, lane));
    expect(leaking).toEqual([]);
    expect(await leaks()).toEqual({ allowed: [], reached: [] });
  });

  test.each(domains)('cannot get anything out of %s by leaving early and asking again', async (domain) => {
    const ask = `GET /secret HTTP/1.1\r\nHost: ${domain}\r\n`;
    for (let i = 0; i < 10; i++) {
      const socket = net.connect(edge.port(), 'localhost').on('error', () => {});
      socket.write(`${ask}\r\n${ask}\r\n`);
      await sleep(i);
      socket.resetAndDestroy();
    }
    const { text } = await exchange(edge.port(), `${ask}Connection: close\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 403 /);
    expect(await leaks()).toEqual({ allowed: [], reached: [] });
  });

  test('cannot get anything by sending the head slowly', async () => {
    const texts = await Promise.all(
      domains.map(async (domain) => {
        const socket = net.connect(edge.port(), 'localhost').on('error', () => {});
        let text = '';
        socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
        const closed = new Promise((resolve) => socket.once('close', resolve));
        for (const piece of `GET /secret HTTP/1.1\r\nHost: ${domain}\r\nConnection: close\r\n\r\n`.match(
          /[^]{1,4}/g,
        )!) {
          socket.write(piece);
          await sleep(30);
        }
        await closed;
        return text;
      }),
    );
    for (const text of texts) expect(text).toMatch(/^HTTP\/1\.1 403 [^]*403 Forbidden[^]*<\/html>\r\n$/);
    expect(await leaks()).toEqual({ allowed: [], reached: [] });
  });

  test.each(domains)('cannot get anything out of %s over HTTP/2', async (domain) => {
    const bodies = await sendOddHttp2(edge.port(8081), domain);
    expect(bodies.filter(({ body }) => body.includes(PROTECTED))).toEqual([]);
    expect(await leaks()).toEqual({ allowed: [], reached: [] });
  });
});
