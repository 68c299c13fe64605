// One keep-alive connection at a time, requests pipelined on it.
import net, { type Socket } from 'node:net';
import type { HostileRequest } from './requests';

export interface Reply {
  status: number;
  /** Lower-case names; of a repeated one the last. */
  headers: Record<string, string>;
  headerCount: number;
  body: string;
}

const PATIENCE_MS = 30_000;

export class Lane {
  private socket: Socket | undefined;
  private received: Buffer = Buffer.alloc(0);
  private isEnded = false;
  private wake: () => void = () => {};

  constructor(private readonly port: number) {}

  /** Sends all at once; the last may be one that ends the connection. Gives the answers that came, in order: fewer where nginx closed. */
  async exchange(batch: HostileRequest[]): Promise<Reply[]> {
    const isLast = batch.at(-1)?.isLast ?? false;
    const socket = await this.connected();
    socket.write(Buffer.concat(batch.map(({ bytes }) => bytes)));
    if (isLast) socket.end();
    const replies: Reply[] = [];
    // Behind the last request nginx may find the rest of its body, and answer that as well.
    while (isLast || replies.length < batch.length) {
      const reply = await this.next(batch[replies.length]?.method ?? 'GET', batch);
      if (reply === undefined) break;
      replies.push(reply);
    }
    if (isLast || this.isEnded || replies.length < batch.length) this.close();
    return replies;
  }

  close(): void {
    this.socket?.destroy();
    this.socket = undefined;
  }

  private async connected(): Promise<Socket> {
    if (this.socket !== undefined && !this.isEnded) return this.socket;
    this.close();
    this.received = Buffer.alloc(0);
    this.isEnded = false;
    const socket = net.connect(this.port, '127.0.0.1');
    socket.setNoDelay(true);
    const isMine = (): boolean => this.socket === socket;
    socket.on('data', (chunk: Buffer) => {
      if (isMine()) this.received = this.received.length ? Buffer.concat([this.received, chunk]) : chunk;
      this.wake();
    });
    const ended = (): void => {
      if (isMine()) this.isEnded = true;
      this.wake();
    };
    socket.on('end', ended).on('close', ended).on('error', ended);
    this.socket = socket;
    return new Promise((resolve) =>
      socket.once('connect', () => resolve(socket)).once('error', () => resolve(socket)),
    );
  }

  /** Undefined where the connection ends before an answer. */
  private async next(method: string, batch: HostileRequest[]): Promise<Reply | undefined> {
    for (;;) {
      const parsed = parse(this.received, method);
      if (parsed !== undefined) {
        this.received = this.received.subarray(parsed.end);
        return parsed.reply;
      }
      if (this.isEnded) {
        // What nginx takes for HTTP/0.9 gets a body without a head.
        if (/^\{"code":.*"requestId":"[0-9a-f-]{36}"\}$/.test(this.received.toString())) return undefined;
        // What announced a body that never came.
        if (/^(?:HTTP\/1\.1 100 Continue\r\n\r\n)+$/.test(this.received.toString('latin1'))) return undefined;
        if (this.received.length > 0)
          throw new Error(`a broken answer: ${this.received.toString('latin1').slice(0, 500)}`);
        return undefined;
      }
      await this.more(batch);
    }
  }

  private more(batch: HostileRequest[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const heads = batch.map(({ bytes }) => bytes.toString('latin1').slice(0, 1500)).join('\n----\n');
        reject(new Error(`expected an answer within ${PATIENCE_MS} ms, received none to one of:\n${heads}`));
      }, PATIENCE_MS);
      this.wake = () => {
        clearTimeout(timer);
        this.wake = () => {};
        resolve();
      };
    });
  }
}

/** The first answer, once it is whole; 1xx are skipped. */
function parse(bytes: Buffer, method: string): { reply: Reply; end: number } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const status = Number(/^HTTP\/1\.1 ([1-5][0-9]{2}) /.exec(first)?.[1]);
  if (!status) throw new Error(`expected a status line, received ${first.slice(0, 300)}`);
  const start = headEnd + 4;
  if (status < 200) {
    const rest = parse(bytes.subarray(start), method);
    return rest && { reply: rest.reply, end: rest.end + start };
  }
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const length = method === 'HEAD' || status === 304 ? 0 : Number(headers['content-length']);
  if (Number.isNaN(length))
    throw new Error(`expected Content-Length, received ${bytes.toString('latin1', 0, headEnd)}`);
  if (bytes.length < start + length) return undefined;
  const body = bytes.toString('utf8', start, start + length);
  return { reply: { status, headers, headerCount: lines.length, body }, end: start + length };
}
