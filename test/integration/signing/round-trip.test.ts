import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { denial } from '../harness/denial';
import { repositoryRoot, runtimes } from '../harness/runtimes';
import { roundTrips } from './round-trip.cases';
import { startSigningEdge, type SigningEdge } from './signing-edge';
import { KEY1, type Site } from './site';

const FILE = '/srv/www/video/movie.txt';

describe.each(runtimes)('signed URLs of every kind on $name', (runtime) => {
  let edge: SigningEdge;
  const refused: string[] = [];

  beforeAll(async () => {
    const sites = roundTrips.map(({ domain, signing }) => [domain, { signing, lines: 'root /srv/www;' }]);
    edge = await startSigningEdge({
      runtime,
      sites: Object.fromEntries(sites) as Record<string, Site>,
      files: { [FILE]: 'the movie\n' },
    });
  });
  afterAll(() => edge?.stop());

  test.each(roundTrips)('$name opens the file', async ({ domain, signer }) => {
    const reply = await edge.ask(domain, edge.sign('/video/movie.txt', signer));
    expect(reply).toMatchObject({ status: 200, body: 'the movie\n', verdict: 'allow signed' });
  });

  test.each(roundTrips)('$name opens the file whatever the query says', async ({ domain, signer }) => {
    const reply = await edge.ask(domain, edge.sign('/video/movie.txt?a=1&b=%2F', signer));
    expect(reply).toMatchObject({ status: 200, body: 'the movie\n', verdict: 'allow signed' });
  });

  test.each(roundTrips)('$name opens no other file', async ({ domain, signer }) => {
    const target = edge.sign('/video/movie2.txt', signer).replace('movie2', 'movie');
    const reply = await edge.ask(domain, target);
    expect(reply).toMatchObject({ ...denial(), verdict: 'deny bad_signature' });
    refused.push(JSON.stringify(reply.rawHeaders) + reply.body);
  });

  test.each(roundTrips)('$name with another key opens nothing', async ({ domain, signer }) => {
    const reply = await edge.ask(
      domain,
      edge.sign('/video/movie.txt', { ...signer, key: 'no-key-of-this-site' }),
    );
    expect(reply).toMatchObject({ ...denial(), verdict: 'deny bad_signature' });
    refused.push(JSON.stringify(reply.rawHeaders) + reply.body);
  });

  test('the URLs that edge-auth sign prints open the file', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'edge-auth-sign-'));
    const domains = ['a-dec-md5', 'b-yyyymmddhhmm-sha256', 'c-hex-md5', 'd-dec-sha256', 'f-hex-md5'];
    const chosen = roundTrips.filter(
      ({ domain, signer }) =>
        domains.includes(domain.replace('.test', '')) && signer.key === KEY1 && signer.form !== 'args',
    );
    expect(chosen).toHaveLength(domains.length);
    const cli = path.join(repositoryRoot, 'dist/cli.js');
    for (const { name, domain, signing } of chosen) {
      const file = path.join(folder, `${domain}.json`);
      await writeFile(file, JSON.stringify({ url_signing: { key1: KEY1, ...signing } }));
      const args = ['sign', '--policy', file, `http://${domain}/video/movie.txt?a=1`];
      const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args]);
      const reply = await edge.ask(domain, stdout.trim().replace(`http://${domain}`, ''));
      expect([name, reply.status, reply.body]).toEqual([name, 200, 'the movie\n']);
    }
    await rm(folder, { recursive: true });
  });

  test('the error log is clean, and neither it nor a refusal holds a key or a good signature', () =>
    edge.expectCleanLogs([], refused));
});
