// A pool of kept connections: thousands of requests with exact bytes, in seconds.
import net from 'node:net';

export interface Answer {
  /** 0: the connection was closed without an answer. */
  status: number;
  /** Lower-case names; one character a byte. */
  headers: Map<string, string>;
  body: Buffer;
}

/** Reads one answer off the front; undefined while it is not whole. `isHead`: it has no body whatever its length says. */
function readAnswer(bytes: Buffer, isHead: boolean): { answer: Answer; length: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)];
    }),
  );
  const length = end + 4 + (isHead ? 0 : Number(headers.get('content-length') ?? 0));
  if (bytes.length < length) return undefined;
  const body = bytes.subarray(end + 4, length);
  return { answer: { status: Number(statusLine.slice(9, 12)), headers, body }, length };
}

/** One request at a time; opens the connection again when nginx has closed it. */
class KeptConnection {
  private socket: net.Socket | undefined;

  constructor(private readonly port: number) {}

  ask(bytes: Buffer): Promise<Answer> {
    const socket = (this.socket ??= net.connect(this.port, 'localhost').setNoDelay());
    const isHead = bytes.toString('latin1', 0, 5) === 'HEAD ';
    let received = Buffer.alloc(0);
    return new Promise((resolve) => {
      const end = (answer: Answer, isOpen: boolean) => {
        socket.removeAllListeners();
        socket.on('error', () => {});
        if (!isOpen) {
          socket.destroy();
          this.socket = undefined;
        }
        resolve(answer);
      };
      const gone = () => end({ status: 0, headers: new Map(), body: received }, false);
      socket.on('data', (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
        const read = readAnswer(received, isHead);
        if (!read) return;
        end(read.answer, read.answer.headers.get('connection') !== 'close');
      });
      socket.on('error', gone);
      socket.on('close', gone);
      socket.write(bytes);
    });
  }

  close(): void {
    this.socket?.destroy();
  }
}

/** Asks for every one of `requests` over `count` connections. `judge` is called as the answers come. */
export async function askAll<T extends { bytes: Buffer }>(
  port: number,
  requests: T[],
  judge: (request: T, answer: Answer, sentAt: number) => void,
  count = 16,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: count }, async () => {
      const connection = new KeptConnection(port);
      for (let request = requests[next++]; request; request = requests[next++]) {
        const sentAt = Date.now();
        judge(request, await connection.ask(request.bytes), sentAt);
      }
      connection.close();
    }),
  );
}
