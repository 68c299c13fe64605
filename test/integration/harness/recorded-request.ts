import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** A request exactly as a server of the test process received it. */
export interface RecordedRequest {
  method: string;
  url: string;
  httpVersion: string;
  /** The request line and the headers, byte for byte (latin1), up to and with the empty line. */
  rawHead: string;
  /** Header names and values as received: order, case and duplicates kept. */
  rawHeaders: [name: string, value: string][];
  /** Lower-case names; values of duplicates joined as Node does. */
  headers: Record<string, string | undefined>;
  body: Buffer;
  bodySha256: string;
  /** Which connection of the server it came over, from 1: two requests with the same number shared it. */
  connection: number;
  /** When its headers were complete, Date.now(). */
  at: number;
}

/** Keeps the bytes of each connection, so that the head of a request can be told as it was sent. */
export class HeadTap {
  private readonly taps = new WeakMap<Socket, { id: number; bytes: Buffer }>();
  private count = 0;
  private forgotten = 0;

  /** How many connections were made since the start or the last forgetConnections(). */
  get connections(): number {
    return this.count - this.forgotten;
  }

  watch(socket: Socket): void {
    const tap = { id: ++this.count, bytes: Buffer.alloc(0) };
    this.taps.set(socket, tap);
    // A data listener makes Node's parser read through the stream, where the bytes can be seen.
    socket.prependListener('data', (chunk: Buffer) => (tap.bytes = Buffer.concat([tap.bytes, chunk])));
  }

  forgetConnections(): void {
    this.forgotten = this.count;
  }

  /** To be called when the headers of a request are complete. */
  record(incoming: IncomingMessage): RecordedRequest {
    const tap = this.taps.get(incoming.socket);
    const bytes = tap?.bytes ?? Buffer.alloc(0);
    const end = bytes.indexOf('\r\n\r\n');
    const pairs = incoming.rawHeaders.flatMap((name, index, all): [string, string][] =>
      index % 2 === 0 ? [[name, all[index + 1] ?? '']] : [],
    );
    return {
      method: incoming.method ?? '',
      url: incoming.url ?? '',
      httpVersion: incoming.httpVersion,
      rawHead: bytes.subarray(0, end < 0 ? undefined : end + 4).toString('latin1'),
      rawHeaders: pairs,
      headers: Object.fromEntries(
        Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
      ),
      body: Buffer.alloc(0),
      bodySha256: sha256(Buffer.alloc(0)),
      connection: tap?.id ?? 0,
      at: Date.now(),
    };
  }

  /** To be called when the body has been read: the next head on this connection starts behind it. */
  async readBody(incoming: IncomingMessage, request: RecordedRequest): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    request.body = Buffer.concat(chunks);
    request.bodySha256 = sha256(request.body);
    const tap = this.taps.get(incoming.socket);
    if (tap) tap.bytes = Buffer.alloc(0);
  }
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
