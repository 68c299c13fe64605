/**
 * An HTTP/1.1 client for load, one request at a time over one connection. It looks at nothing but the status and the length, because the
 * edge has to share the machine with it.
 */
import net from 'node:net';
import type { Case } from './cases';

export interface KeepAliveClient {
  /** Resolves when the whole answer is there. Throws when its status is another one than the case expects. */
  ask(): Promise<void>;
  close(): void;
}

export function openKeepAliveClient(host: string, port: number, one: Case): KeepAliveClient {
  const { target, status = 200 } = one;
  const request = Buffer.from(`GET ${target} HTTP/1.1\r\nHost: ${one.host}\r\n\r\n`);
  const socket = net.connect({ host, port, noDelay: true });
  let text = '';
  let settle: { resolve: () => void; reject: (error: Error) => void } | undefined;

  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/\r\nContent-Length: (\d+)\r\n/i.exec(text)?.[1] ?? NaN);
    if (!text.startsWith(`HTTP/1.1 ${status} `) || Number.isNaN(length)) {
      const received = text.slice(0, end);
      settle?.reject(
        new Error(`expected ${status} with a length for ${one.host}${target}, received ${received}`),
      );
      return;
    }
    if (text.length < end + 4 + length) return;
    text = '';
    settle?.resolve();
  });
  socket.on('error', (error) => settle?.reject(error));
  socket.on('close', () => settle?.reject(new Error(`${one.host}${target}: the connection was closed`)));

  return {
    ask: () =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}
