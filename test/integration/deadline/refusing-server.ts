// Auth servers that deny every ordinary request, and answer odd ones as real servers do.
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '../harness/listening';
import { TEST_HOST } from '../harness/test-host';

export interface RefusingServer {
  url: string;
  stop(): void;
}

type Denial = (request: IncomingMessage, response: ServerResponse) => void;

/** The codes by which servers tell that a request was odd (Node itself answers 400 and 431). */
function strictStatus({ method = '', url = '', headers }: IncomingMessage): number {
  if (url.length > 4_096) return 414;
  if (!['GET', 'HEAD', 'POST'].includes(method))
    return ['PUT', 'DELETE', 'OPTIONS'].includes(method) ? 405 : 501;
  if (headers.range) return 416;
  if (headers['if-match'] ?? headers['if-unmodified-since']) return 412;
  if (headers.expect) return 417;
  if (/%(?![0-9a-f]{2})/i.test(url)) return 400;
  if (headers['accept']?.startsWith('nothing')) return 406;
  if (headers['content-type']?.includes(';;')) return 415;
  if (headers['content-encoding']) return 415;
  if (headers.upgrade) return 426;
  return 403;
}

/** Each is a server that a client meets with something odd. `maxHeaderSize` in bytes, where Node's own limit is not meant. */
export const denials: Record<string, { deny: Denial; maxHeaderSize?: number }> = {
  strict: { deny: (request, response) => void response.writeHead(strictStatus(request)).end('refused') },
  'strict-large': {
    deny: (request, response) => void response.writeHead(strictStatus(request)).end('refused'),
    maxHeaderSize: 200_000,
  },
  'reflects-header': {
    deny: ({ url = '' }, response) =>
      void response.writeHead(403, { 'X-Url': encodeURI(url).slice(0, 32_768) }).end(),
    maxHeaderSize: 200_000,
  },
  'reflects-cookies': {
    deny: ({ headers }, response) =>
      void response
        .writeHead(403, { 'Set-Cookie': ['a=1', `b=${encodeURI(JSON.stringify(headers)).slice(0, 32_768)}`] })
        .end(),
    maxHeaderSize: 200_000,
  },
  'reflects-body': {
    deny: ({ url = '', headers }, response) =>
      void response.writeHead(403).end((url + JSON.stringify(headers)).slice(0, 32_768)),
    maxHeaderSize: 200_000,
  },
};

/** Starts one on Node's HTTP server, whose own way with broken requests (400, 431, then close) is kept. */
export async function startRefusingServer(name: string): Promise<RefusingServer> {
  const { deny, maxHeaderSize } = denials[name]!;
  const server = http.createServer({ ...(maxHeaderSize && { maxHeaderSize }) }, deny);
  server.keepAliveTimeout = 120_000;
  const port = await listen(server);
  return {
    url: `http://${TEST_HOST}:${port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
