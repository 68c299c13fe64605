// What a broken auth server does on its socket once it has read a request.
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Takes over the connection. It ends when the peer has closed it, or when the behaviour is done. */
export type Misbehaviour = (socket: Socket) => void | Promise<void>;

const OK = 'HTTP/1.1 200 OK\r\n';

/** Accepts, reads, and never says a word. */
export function silent(): Misbehaviour {
  return () => {};
}

/** Answers with a TCP reset. */
export function reset(): Misbehaviour {
  return (socket) => void socket.resetAndDestroy();
}

/** Closes without a byte. */
export function closeEarly(): Misbehaviour {
  return (socket) => void socket.end();
}

/** Closes in the middle of a header line. */
export function closeMidHeader(): Misbehaviour {
  return (socket) => void socket.end(`${OK}Content-Type: te`);
}

/** Announces more body than it sends. */
export function closeMidBody(): Misbehaviour {
  return (socket) => void socket.end(`${OK}Content-Length: 1000\r\n\r\n{"half":`);
}

/** Sends bytes that are not HTTP, and closes. */
export function garbage(
  bytes: string | Buffer = Buffer.from([0, 255, 13, 10, 0, 254, 7, 13, 10, 13, 10]),
): Misbehaviour {
  return (socket) => void socket.end(bytes);
}

/** Sends exactly these bytes, and closes. */
export function rawBytes(bytes: string): Misbehaviour {
  return (socket) => void socket.end(Buffer.from(bytes, 'latin1'));
}

/** Sends header lines without end, as fast as they are taken. */
export function endlessHeader(): Misbehaviour {
  return async (socket) => {
    socket.write(OK);
    for (let line = 0; !socket.destroyed; line++) {
      if (!socket.write(`X-Line-${line}: ${'a'.repeat(1000)}\r\n`)) await drained(socket);
    }
  };
}

/** Sends an allowing answer at one byte a second (or `everyMs`): the header so, or the header at once and the body so. */
export function drip(part: 'header' | 'body', everyMs = 1000): Misbehaviour {
  const head = `${OK}Content-Length: 600\r\n\r\n`;
  const slow = part === 'header' ? head : 'a'.repeat(600);
  return async (socket) => {
    if (part === 'body') socket.write(head);
    for (const byte of slow) {
      if (socket.destroyed) return;
      socket.write(byte);
      await sleep(everyMs, undefined, { ref: false });
    }
  };
}

/** Allows, with a body of this many bytes. */
export function bigBody(bytes: number): Misbehaviour {
  return async (socket) => {
    socket.write(`${OK}Content-Type: application/octet-stream\r\nContent-Length: ${bytes}\r\n\r\n`);
    const piece = Buffer.alloc(65_536, 'b');
    for (let left = bytes; left > 0 && !socket.destroyed; left -= piece.length) {
      if (!socket.write(piece.subarray(0, Math.min(left, piece.length)))) await drained(socket);
    }
  };
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('drain', resolve);
    socket.once('close', resolve);
  });
}
