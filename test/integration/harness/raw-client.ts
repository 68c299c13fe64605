// Sends exact bytes. Node's own parser reads the answer.
import http from 'node:http';
import net, { type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { ClientReply } from './client';

export interface RawReply extends ClientReply {
  /** Header names and values as received: order, case and duplicates kept. */
  rawHeaders: [name: string, value: string][];
  /** Did the server close the connection (or say that it will)? */
  closed: boolean;
}

export interface RawOptions {
  host?: string;
  /** Give up after this long. Default: 10 s. */
  timeoutMs?: number;
  /** Set it when the bytes are a HEAD request: its answer has no body. */
  method?: string;
}

/** Reads the socket for Node's HTTP client and drops what that client writes. */
class ReadingSide extends Duplex {
  constructor(private readonly socket: Socket) {
    super();
    socket.on('data', (chunk: Buffer) => this.push(chunk));
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
  }
  override _read(): void {}
  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.socket.destroy();
    done(error);
  }
}

/** Sends these bytes (a string as latin1) on a connection of their own, and parses the first answer. */
export function sendRaw(port: number, bytes: string | Buffer, options: RawOptions = {}): Promise<RawReply> {
  const { host = 'localhost', timeoutMs = 10_000, method } = options;
  const start = performance.now();
  const socket = net.connect(port, host);
  socket.write(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes, 'latin1'));
  const sent = bytes.toString('latin1').split(' ', 1)[0] ?? '';
  return new Promise((resolve, reject) => {
    const request = http.request({
      method: method ?? (sent === 'HEAD' ? 'HEAD' : 'GET'),
      createConnection: () => new ReadingSide(socket),
      headers: { Connection: 'keep-alive' },
    });
    const timer = setTimeout(() => {
      request.destroy(
        new Error(`expected a whole answer on port ${port} within ${timeoutMs} ms, received none`),
      );
    }, timeoutMs);
    request.on('error', (error) => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        clearTimeout(timer);
        const body = Buffer.concat(chunks);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          rawHeaders: response.rawHeaders.flatMap((name, index, all): [string, string][] =>
            index % 2 === 0 ? [[name, all[index + 1] ?? '']] : [],
          ),
          body: body.toString(),
          bytes: body,
          ms: performance.now() - start,
          closed: response.headers.connection === 'close' || socket.readableEnded,
        });
        socket.destroy();
      });
    });
    request.end();
  });
}

/**
 * Everything that the server sends until it closes, or until nothing more comes for `idleMs`: pipelining, broken answers. For the first byte
 * it waits `firstMs`: a busy machine may be late.
 */
export async function exchange(
  port: number,
  bytes: string | Buffer,
  { host = 'localhost', idleMs = 1_000, firstMs = 10_000 } = {},
): Promise<{ text: string; closed: boolean; ms: number }> {
  const start = performance.now();
  const socket = net.connect(port, host);
  const chunks: Buffer[] = [];
  socket.setTimeout(firstMs);
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    socket.setTimeout(idleMs);
  });
  socket.write(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes, 'latin1'));
  const closed = await new Promise<boolean>((resolve) => {
    socket.once('timeout', () => resolve(false));
    socket.once('close', () => resolve(true));
    socket.on('error', () => resolve(true));
  });
  socket.destroy();
  return { text: Buffer.concat(chunks).toString('latin1'), closed, ms: performance.now() - start };
}
