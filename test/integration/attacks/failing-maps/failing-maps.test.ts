// A map whose pattern ends in PCRE's error takes its default: that one denies, or asks. Finding A5.
import path from 'node:path';
import { startEdge } from '../../harness/edge';
import { sendRaw } from '../../harness/raw-client';
import { runtimes } from '../../harness/runtimes';
import type { Edge } from '../../harness/started-edge';

/** 301 types of three letters, mp4 the last: each of the path's dots is tried with all of them. */
const file_types = [
  ...Array.from(
    { length: 300 },
    (_, i) => `${String.fromCharCode(97 + (i % 26))}${String(i).padStart(3, '0')}`,
  ),
  'mp4',
];
const scope = { file_types };
const remote_auth = { auth_server: 'http://127.0.0.1:8091/auth', keep_args: 'all' };
const keys = { key1: 'primary-key-4f1d08' };
const policies = {
  'remote.test': { remote_auth: { ...remote_auth, scope } },
  'signed-a.test': { url_signing: { ...keys, type: 'A', scope } },
  'signed-c.test': { url_signing: { ...keys, type: 'C', scope, white_list: ['/open/*'] } },
};
/** 414, and so 500: the decider takes no such line. */
const denials = [400, 403, 414, 500];
const domains = Object.keys(policies);
const servers = domains
  .map(
    (domain) => `
    server {
        listen 8080;
        server_name ${domain};
        include edge-auth/servers/${domain}.conf;
        location / { return 200 "PROTECTED"; }
        location /x.mp4/ { root /srv/none; error_page 404 = @opened; }
        location @opened { auth_request off; return 200 "PROTECTED"; }
    }`,
  )
  .join('');

describe.each(runtimes)('maps whose pattern fails on $name', (runtime) => {
  let edge: Edge;
  beforeAll(async () => {
    edge = await startEdge({
      runtime,
      conf: path.join(__dirname, 'nginx.conf'),
      policies,
      vars: { SERVERS: servers },
    });
  });
  afterAll(() => edge?.stop());

  const ask = (host: string, target: string) =>
    sendRaw(edge.port(), `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`, {
      timeoutMs: 30_000,
    });

  describe.each(domains)('%s', (domain) => {
    test.each([10, 7_000, 30_000, 60_000, 120_000, 240_000])(
      'a path in scope of %i bytes is denied',
      async (length) => {
        const reply = await ask(domain, `/x.mp4/${'!.'.repeat(length / 2)}z!`);
        expect(reply.body).not.toContain('PROTECTED');
        expect(denials).toContain(reply.status);
      },
    );

    test.each([
      ['segments that go up and down', `/x.mp4/${'a/../'.repeat(40_000)}y`],
      ['percent signs', `/x.mp4/${'%2e%41'.repeat(40_000)}`],
      ['arguments', `/x.mp4/y?${'auth_key=1&'.repeat(20_000)}`],
      ['arguments with percent signs', `/x.mp4/y?${'%61uth_key&'.repeat(20_000)}`],
    ])('%s: denied', async (_name, target) => {
      const reply = await ask(domain, target);
      expect(reply.body).not.toContain('PROTECTED');
      expect(denials).toContain(reply.status);
    });

    test('what is out of scope is served', async () => {
      const reply = await ask(domain, '/page.html');
      expect(reply).toMatchObject({ status: 200, body: 'PROTECTED' });
    });
  });

  test('a pattern did fail, and nginx complained of nothing else', async () => {
    const errors = await edge.errors();
    expect(errors.filter((line) => /pcre2?_(?:match|exec)\(\) failed/.test(line))).not.toEqual([]);
    const known =
      /pcre2?_(?:match|exec)\(\) failed|open\(\) ".*failed|File name too long|unexpected status: 414|upstream timed out/;
    expect(errors.filter((line) => !known.test(line)).map((line) => line.slice(0, 300))).toEqual([]);
  });
});
