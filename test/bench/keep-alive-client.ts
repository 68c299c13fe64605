/**
 * An HTTP/1.1 client for load, one request at a time over one connection. It looks at nothing but the status and the length, because the
 * edge has to share the machine with it.
 */
import net from 'node:net';

export interface Reply {
  status: number;
  body: string;
}

export interface KeepAliveClient {
  /** Resolves when the whole answer is there. */
  ask(request: Buffer): Promise<Reply>;
  /** The same, and throws when the answer has another status. */
  expect(request: Buffer, status: number): Promise<Reply>;
  close(): void;
}

export function requestOf(
  host: string,
  target: string,
  { method = 'GET', headers = {}, body = '' }: { method?: string; headers?: object; body?: string } = {},
): Buffer {
  const lines = Object.entries({ Host: host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  if (body !== '') lines.push(`Content-Length: ${Buffer.byteLength(body)}\r\n`);
  return Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}

export function openKeepAliveClient(host: string, port: number): KeepAliveClient {
  const socket = net.connect({ host, port, noDelay: true });
  let text = '';
  let settle: { resolve: (reply: Reply) => void; reject: (error: Error) => void } | undefined;

  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/\r\nContent-Length: (\d+)\r\n/i.exec(text)?.[1] ?? NaN);
    if (Number.isNaN(length)) {
      settle?.reject(new Error(`expected an answer with a length, received ${text.slice(0, end)}`));
      return;
    }
    if (text.length < end + 4 + length) return;
    const reply = { status: Number(text.slice(9, 12)), body: text.slice(end + 4) };
    text = '';
    settle?.resolve(reply);
  });
  socket.on('error', (error) => settle?.reject(new Error(`port ${port} of the edge: ${error.message}`)));
  socket.on('close', () => settle?.reject(new Error(`port ${port} of the edge: the connection was closed`)));

  const ask = (request: Buffer): Promise<Reply> =>
    new Promise((resolve, reject) => {
      settle = { resolve, reject };
      socket.write(request);
    });
  return {
    ask,
    expect: async (request, status) => {
      const reply = await ask(request);
      if (reply.status === status) return reply;
      throw new Error(
        `expected ${status}, received ${reply.status} ${reply.body} for\n${request.toString()}`,
      );
    },
    close: () => socket.destroy(),
  };
}
