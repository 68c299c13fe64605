// The drop-in folder: values of an environment file, filled in as the official image does, on a real nginx.
import path from 'node:path';
import { denial } from '../harness/denial';
import { startAuthServer, type AuthServer } from '../harness/auth-server';
import { send, type ClientReply } from '../harness/client';
import { startEdge } from '../harness/edge';
import { silent } from '../harness/misbehaviour';
import { PROTECTED, startOrigin, type Origin } from '../harness/origin';
import { runtimes } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import { bundle, compose, docker, type Environment, filledTemplates, sampleEnvironment } from './environment';
import { wrongValues } from './wrong-values';

const conf = path.join(__dirname, 'nginx.conf');
const sampleHost = 'www.example.com';

test('docker and docker compose read the sample environment file alike', () => {
  const values = sampleEnvironment(compose);
  expect(values).toEqual(sampleEnvironment(docker));
  expect(Object.values(values).join('')).toMatch(/^[\w./:-]+$/);
});

test('no placeholder is the name of a variable of the conf, which nginx would read in the place of a missing value', () => {
  const names = Object.keys(sampleEnvironment(docker)).filter((name) => name.startsWith('EDGE_AUTH_'));
  const text = Object.values(filledTemplates({})).join('\n');
  const used = new Set([...text.matchAll(/\$\{(EDGE_AUTH_\w+)\}/g)].map(([, name]) => name));
  expect([...used].sort()).toEqual([...names].sort());
  const variables = [...text.matchAll(/\$\{?(edge_auth_\w+)/g)].map(([, name]) => name);
  expect(names.filter((name) => variables.includes(name.toLowerCase()))).toEqual([]);
});

describe.each(runtimes)('the drop-in templates on $name', (runtime) => {
  let auth: AuthServer;
  let origin: Origin;
  let edge: Edge;
  let written: Record<string, string>;
  const filesOf = (changed: Environment): Record<string, string> => {
    const server = { EDGE_AUTH_SERVER: new URL(auth.url).host };
    const filled = filledTemplates({ ...sampleEnvironment(compose), ...server, ...changed });
    const sample = '/etc/nginx/conf.d/example.conf';
    filled[sample] = (filled[sample] ?? '').replace('http://origin:8080', origin.url);
    return { ...filled, '/etc/nginx/edge_auth.js': bundle() };
  };
  /** Fills the templates anew and puts those in place that differ. */
  async function fill(changed: Environment): Promise<void> {
    const files = filesOf(changed);
    for (const [target, content] of Object.entries(files))
      if (written[target] !== content) await edge.putFile(target, content);
    written = files;
  }
  async function startWith(changed: Environment): Promise<void> {
    await fill(changed);
    await edge.reloadAsItIs();
    await edge.mark();
  }
  const get = (target = '/file?token=1', host = sampleHost): Promise<ClientReply> =>
    send({ port: edge.port(80), path: target, headers: { host } });
  const seen = ({ status, body }: ClientReply) => ({ status, served: body.includes(PROTECTED) });
  const log = async () => (await edge.accessLog(1)).map(({ decision, reason }) => `${decision} ${reason}`);

  beforeAll(async () => {
    [auth, origin] = await Promise.all([startAuthServer(), startOrigin()]);
    written = filesOf({});
    edge = await startEdge({ runtime, conf, ports: [80], files: written });
  });
  beforeEach(async () => {
    auth.answer({ status: 200 }).clear();
    origin.clear();
    await edge.mark();
  });
  afterAll(async () => {
    await edge?.stop();
    await Promise.all([auth.stop(), origin.stop()]);
  });

  describe('with the values of the sample', () => {
    beforeAll(() => startWith({}));

    test('serve what the auth server allows', async () => {
      expect(seen(await get())).toEqual({ status: 200, served: true });
      expect(auth.requests.at(-1)).toMatchObject({
        url: '/auth?token=1',
        headers: { host: new URL(auth.url).host },
      });
      expect(await log()).toEqual(['allow success_status']);
      expect(await edge.errors()).toEqual([]);
    });

    test.each([
      [401, 'failure_status'],
      [403, 'failure_status'],
      [404, 'other_status'],
      [500, 'other_status'],
    ])('deny what it answers with %d', async (status, reason) => {
      auth.answer({ status });
      expect(await get()).toMatchObject(denial(403));
      expect(await log()).toEqual([`deny ${reason}`]);
      expect(origin.requests).toEqual([]);
      expect(await edge.errors()).toEqual([]);
    });
  });

  describe('with one value changed', () => {
    test('EDGE_AUTH_DOMAIN: the server of that name is protected, and no other is there', async () => {
      await startWith({ EDGE_AUTH_DOMAIN: 'files.example.net' });
      expect(seen(await get('/', 'files.example.net'))).toEqual({ status: 200, served: true });
      expect(seen(await get('/', sampleHost))).toEqual({ status: 421, served: false });
      auth.answer({ status: 403 });
      expect(await get('/', 'files.example.net')).toMatchObject(denial(403));
    });

    test('EDGE_AUTH_SERVER: another auth server decides', async () => {
      const other = await startAuthServer();
      try {
        const host = new URL(other.url).host;
        await startWith({ EDGE_AUTH_SERVER: host });
        other.answer({ status: 403 });
        expect(await get()).toMatchObject(denial(403));
        expect(other.requests).toMatchObject([{ url: '/auth?token=1', headers: { host } }]);
        expect(auth.requests).toEqual([]);
      } finally {
        await other.stop();
      }
    });

    test.each(['/', '/v2/check_it/~me.php', '/auth/'])('EDGE_AUTH_PATH: %s is asked for', async (asked) => {
      await startWith({ EDGE_AUTH_PATH: asked });
      expect(seen(await get())).toEqual({ status: 200, served: true });
      expect(auth.requests.map(({ url }) => url)).toEqual([`${asked}?token=1`]);
      auth.answer({ status: 403 });
      expect(await get()).toMatchObject(denial(403));
    });

    test.each([
      [300, 900],
      [1500, 2100],
    ])('EDGE_AUTH_TIMEOUT_MS: after %d ms nobody is waited for', async (timeout, atMost) => {
      await startWith({ EDGE_AUTH_TIMEOUT_MS: String(timeout) });
      auth.answer(() => silent());
      const reply = await get();
      expect(reply).toMatchObject(denial(403));
      expect(reply.ms).toBeGreaterThan(timeout - 5);
      expect(reply.ms).toBeLessThan(atMost);
      expect(await log()).toEqual(['deny timeout']);
    });

    test('EDGE_AUTH_TIMEOUT_ACTION: allow serves without an answer, and nothing else', async () => {
      await startWith({ EDGE_AUTH_TIMEOUT_ACTION: 'allow', EDGE_AUTH_TIMEOUT_MS: '300' });
      auth.answer(() => silent());
      expect(seen(await get())).toEqual({ status: 200, served: true });
      expect(await log()).toEqual(['allow timeout']);
      for (const status of [401, 403, 404, 500]) {
        auth.answer({ status });
        expect(await get()).toMatchObject(denial(403));
      }
    });

    test('EDGE_AUTH_OTHER_STATUS: allow serves on an unknown status, and on nothing else', async () => {
      await startWith({ EDGE_AUTH_OTHER_STATUS: 'allow', EDGE_AUTH_TIMEOUT_MS: '300' });
      for (const status of [404, 500, 302]) {
        auth.answer({ status });
        expect(seen(await get())).toEqual({ status: 200, served: true });
      }
      for (const status of [401, 403, 400, 429]) {
        auth.answer({ status });
        expect(await get()).toMatchObject(denial(403));
      }
      auth.answer(() => silent());
      expect(await get()).toMatchObject(denial(403));
    });

    test.each([400, 404, 451, 503])(
      'EDGE_AUTH_DENY_STATUS: %d is what a denied request gets',
      async (code) => {
        await startWith({ EDGE_AUTH_DENY_STATUS: String(code) });
        for (const status of [401, 403, 500]) {
          auth.answer({ status });
          expect(await get()).toMatchObject(denial(code));
        }
        auth.answer({ status: 200 });
        expect(seen(await get())).toEqual({ status: 200, served: true });
      },
    );
  });

  test.each(wrongValues)('a wrong value keeps nginx from starting, or denies: $name', async (wrong) => {
    // All else says yes.
    const open = { EDGE_AUTH_OTHER_STATUS: 'allow', EDGE_AUTH_TIMEOUT_ACTION: 'allow' };
    await fill({ ...open, [wrong.variable]: wrong.value });
    const { exitCode, output } = await edge.exec('nginx -t');
    expect({ output, starts: exitCode === 0 }).toMatchObject({ starts: wrong.refusal === undefined });
    if (wrong.refusal) {
      expect(output).toMatch(wrong.refusal);
      return;
    }
    await edge.reloadAsItIs();
    for (const answer of [{ status: 200 }, { status: 500 }, silent()]) {
      auth.answer(() => answer);
      expect(await get()).toMatchObject(denial(wrong.status));
    }
    expect(auth.requests).toEqual([]);
    expect(origin.requests).toEqual([]);
  });
});
