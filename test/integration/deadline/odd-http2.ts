import http2, { type OutgoingHttpHeaders } from 'node:http2';

const fill = (bytes: number) => 'a'.repeat(bytes);

const oddHeads: Record<string, OutgoingHttpHeaders> = {
  plain: {},
  'a path of 20 KB': { ':path': `/${fill(20_000)}` },
  'a query of 40 KB': { ':path': `/?${fill(40_000)}` },
  'a query of 16,400 bytes': { ':path': `/?${fill(16_400)}` },
  'a path with a space': { ':path': '/se cret' },
  'a path without a slash': { ':path': 'secret' },
  'an asterisk': { ':method': 'OPTIONS', ':path': '*' },
  'raw bytes in the path': { ':path': '/\xff\xfe?\xe9' },
  'an unknown method': { ':method': 'BREW' },
  'a lower-case method': { ':method': 'get' },
  'CONNECT-like PUT without a body': { ':method': 'PUT', 'content-length': '0' },
  'an unknown scheme': { ':scheme': 'gopher' },
  'TE: trailers': { te: 'trailers' },
  'a range': { range: 'bytes=0-0' },
  'an expectation': { expect: '100-continue' },
  'a header of 30 KB': { 'x-big': fill(30_000) },
  'verdict headers': { 'x-edge-auth-decision': 'allow', 'x-edge-auth-status': '200' },
  'many cookies': { cookie: Array.from({ length: 300 }, (_, index) => `a${index}=${index}`) },
};

/** Sends each odd head as a stream of one connection (again over a new one where the server ends it), and tells all that came. */
export async function sendOddHttp2(port: number, domain: string): Promise<{ name: string; body: string }[]> {
  const all: { name: string; body: string }[] = [];
  for (const [name, head] of Object.entries(oddHeads)) {
    const session = http2.connect(`http://localhost:${port}`);
    session.on('error', () => {});
    const once = (extra: OutgoingHttpHeaders) =>
      new Promise<string>((resolve) => {
        let body = '';
        const done = () => resolve(body);
        try {
          const stream = session.request({
            ':method': 'GET',
            ':path': '/secret',
            ':authority': domain,
            ...extra,
          });
          stream.setTimeout(2_000, () => stream.close());
          stream.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
          stream.on('error', done).on('close', done);
          stream.end();
        } catch {
          done(); // Node itself would not send it.
        }
      });
    // Side by side with an ordinary question, and with one that is cancelled at once.
    const cancelled = session.request({ ':path': '/secret', ':authority': domain });
    cancelled.on('error', () => {});
    cancelled.close(http2.constants.NGHTTP2_CANCEL);
    for (const body of await Promise.all([once(head), once({})])) all.push({ name, body });
    session.destroy();
  }
  return all;
}
