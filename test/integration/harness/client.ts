// Ordinary HTTP/1.1 requests, and HTTP/2 ones. For exact bytes see raw-client.ts.
import http2 from 'node:http2';
import { Client } from 'undici';

/** An answer as the client got it. */
export interface ClientReply {
  status: number;
  /** Lower-case names. A header sent several times is an array. */
  headers: Record<string, string | string[] | undefined>;
  body: string;
  bytes: Buffer;
  /** From sending to the last byte. */
  ms: number;
}

export interface ClientRequest {
  port: number;
  host?: string;
  method?: string;
  /** Path and query as they go on the wire. Default: / */
  path?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer | AsyncIterable<Buffer>;
}

/** Sends one HTTP/1.1 request on a connection of its own. An iterable body goes out chunked. */
export async function send(request: ClientRequest): Promise<ClientReply> {
  const client = new Client(`http://${request.host ?? 'localhost'}:${request.port}`);
  const start = performance.now();
  try {
    const { statusCode, headers, body } = await client.request({
      method: request.method ?? 'GET',
      path: request.path ?? '/',
      headers: request.headers ?? {},
      body: toBody(request.body),
    });
    const bytes = Buffer.from(await body.arrayBuffer());
    return { status: statusCode, headers, body: bytes.toString(), bytes, ms: performance.now() - start };
  } finally {
    await client.close();
  }
}

type UndiciBody = NonNullable<Parameters<Client['request']>[0]['body']>;

// undici takes any async iterable; its types name only the streams.
function toBody(body: ClientRequest['body']): UndiciBody | null {
  return (body as UndiciBody | undefined) ?? null;
}

export interface Http2Options {
  /** TLS, with any certificate accepted. Default: h2c with prior knowledge. */
  tls?: boolean;
}

/** Sends one HTTP/2 request on a connection of its own. A `host` header becomes :authority. */
export async function sendHttp2(
  request: ClientRequest,
  { tls = false }: Http2Options = {},
): Promise<ClientReply> {
  const { host: authority, ...headers } = request.headers ?? {};
  const origin = `${tls ? 'https' : 'http'}://${request.host ?? 'localhost'}:${request.port}`;
  const session = http2.connect(origin, { rejectUnauthorized: false });
  const start = performance.now();
  try {
    return await new Promise<ClientReply>((resolve, reject) => {
      session.on('error', reject);
      const stream = session.request({
        ':method': request.method ?? 'GET',
        ':path': request.path ?? '/',
        ...(authority !== undefined && { ':authority': String(authority) }),
        ...headers,
      });
      const chunks: Buffer[] = [];
      let received: http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader = {};
      stream.on('response', (all) => (received = all));
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', reject);
      stream.on('end', () => {
        const { ':status': status = 0, ...rest } = received;
        const bytes = Buffer.concat(chunks);
        resolve({ status, headers: rest, body: bytes.toString(), bytes, ms: performance.now() - start });
      });
      void writeBody(stream, request.body).catch(reject);
    });
  } finally {
    session.destroy();
  }
}

async function writeBody(stream: http2.ClientHttp2Stream, body: ClientRequest['body']): Promise<void> {
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) {
    stream.end(body);
    return;
  }
  for await (const chunk of body) stream.write(chunk);
  stream.end();
}
