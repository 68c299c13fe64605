import type { AuthServer } from '../../harness/auth-server';
import type { RecordedRequest } from '../../harness/recorded-request';
import { exchange } from '../../harness/raw-client';

let count = 0;

/** What became of one request. */
export interface Outcome {
  /** 0 when the edge closed without an answer. */
  status: number;
  /** The whole answer, header and body. */
  text: string;
  /** The bytes of the path that nginx served, as hexadecimal digits. */
  served: string | undefined;
  /** What the auth server was asked about it. */
  asked: RecordedRequest[];
}

/** Sends one request of exactly this target, and pairs it with what the auth server was asked. */
export async function probe(
  port: number,
  auth: AuthServer,
  target: string,
  { host = 'append.test', method = 'GET', head = '' } = {},
): Promise<Outcome> {
  const id = String(++count);
  const hostLine = host === '' ? '' : `Host: ${host}\r\n`;
  const { text } = await exchange(
    port,
    `${method} ${target} HTTP/1.1\r\n${hostLine}${head}X-Probe: ${id}\r\nConnection: close\r\n\r\n`,
    { idleMs: 5_000 },
  );
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0),
    text,
    served: /^(?:PROTECTED-BY-EDGE-AUTH|SECRET) ([0-9a-f]*)$/m.exec(text)?.[1],
    asked: auth.requests.filter(({ headers }) => headers['x-probe'] === id),
  };
}

/** The path of a request target, decoded once, as hexadecimal digits of its bytes. */
export function decodedPath(target: string): string {
  const bytes: number[] = [];
  const path = target.replace(/\?[^]*$/, '');
  for (let i = 0; i < path.length; i++) {
    const escape = /^%([0-9a-f]{2})/i.exec(path.slice(i, i + 3))?.[1];
    bytes.push(escape === undefined ? path.charCodeAt(i) : parseInt(escape, 16));
    if (escape !== undefined) i += 2;
  }
  return Buffer.from(bytes).toString('hex');
}

/** Denies every path that is /private or below, however it is written. */
export function denyPrivate(told: string): { status: number } {
  return { status: decodedPath(told).startsWith(decodedPath('/private')) ? 403 : 200 };
}
