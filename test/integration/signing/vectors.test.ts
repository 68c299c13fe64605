import { denial } from '../harness/denial';
import { readEcho } from '../harness/origin';
import { runtimes } from '../harness/runtimes';
import vectors from '../../vectors/url-signing.json';
import { startSigningEdge, type SigningEdge } from './signing-edge';
import type { Site } from './site';

/** The vectors are old: 20 years keep them valid. */
const TIMEOUT = 630720000;
const targetOf = (url: string) => url.replace(/^https?:\/\/[^/]+/, '');

const rows = vectors.map((vector, index) => ({
  ...vector,
  name: `${vector.source}: type ${vector.type}, ${vector.hash}, ${vector.form} ${targetOf(vector.url)}`,
  domain: `vector${index}.test`,
}));

const signingOf = (row: (typeof rows)[number], key: Record<string, string>): Site => ({
  signing: {
    type: row.type,
    hash: row.hash,
    timestamp_format: row.timestamp_format,
    timeout: TIMEOUT,
    ...(row.sign_arg && { sign_arg: row.sign_arg }),
    ...(row.time_arg && { time_arg: row.time_arg }),
    ...key,
  },
  // As it was signed: proxy_pass without a URI would spell some of these paths another way.
  lines: 'location / { proxy_pass http://origin$edge_auth_clean_uri; }',
});

describe.each(runtimes)('the vectors of URL signing on $name', (runtime) => {
  let edge: SigningEdge;

  beforeAll(async () => {
    const sites = rows.flatMap((row) => [
      [row.domain, signingOf(row, { key1: row.key })],
      [`second-${row.domain}`, signingOf(row, { key1: 'another-key-of-the-site', key2: row.key })],
      [`other-${row.domain}`, signingOf(row, { key1: 'another-key-of-the-site' })],
    ]);
    edge = await startSigningEdge({ runtime, sites: Object.fromEntries(sites) as Record<string, Site> });
  });
  beforeEach(() => edge.origin.clear());
  afterAll(() => edge?.stop());

  test.each(rows)('$name opens with the key, and the origin receives the clean URL', async (row) => {
    for (const domain of [row.domain, `second-${row.domain}`]) {
      edge.origin.clear();
      const reply = await edge.ask(domain, targetOf(row.signed_url));
      expect(reply).toMatchObject({ status: 200, verdict: 'allow signed' });
      expect(readEcho(reply.body).url).toBe(targetOf(row.url));
      expect(edge.origin.requests).toHaveLength(1);
    }
  });

  test.each(rows)('$name opens nothing with another key, or another hash', async (row) => {
    const last = row.expected_hash.endsWith('0') ? '1' : '0';
    const changed = row.signed_url.replace(row.expected_hash, row.expected_hash.slice(0, -1) + last);
    expect(changed).not.toBe(row.signed_url);
    const replies = [
      await edge.ask(`other-${row.domain}`, targetOf(row.signed_url)),
      await edge.ask(row.domain, targetOf(changed)),
    ];
    for (const reply of replies) expect(reply).toMatchObject({ ...denial(), verdict: 'deny bad_signature' });
    expect(edge.origin.requests).toEqual([]);
  });

  test('the error log is clean, and holds no key of the vectors', async () => {
    await edge.expectCleanLogs();
    const log = await edge.edge.rawErrorLog();
    expect(rows.filter(({ key }) => log.includes(key))).toEqual([]);
  });
});
