import http, { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { failTest, listen } from './listening';
import { OBJECT, serveObject } from './origin-object';
import { HeadTap, type RecordedRequest } from './recorded-request';
import { TEST_HOST } from './test-host';

/** Starts the body of every answer of the origin: a denied client must not have received it. */
export const PROTECTED = 'PROTECTED-BY-EDGE-AUTH';

export interface OriginReply {
  status?: number;
  headers?: OutgoingHttpHeaders;
  /** Sent behind the marker. Default: what the origin received, as JSON. */
  body?: string;
}

/** What the origin tells about the request that it received. */
export interface Echo {
  method: string;
  url: string;
  headers: Record<string, string | undefined>;
  rawHeaders: [string, string][];
  bodyLength: number;
  bodySha256: string;
}

/** A sample origin. /object is 1 MB with ranges and validators; every other path answers with the marker and an Echo. */
export class Origin {
  /** Every request since the start or the last clear(), oldest first. */
  readonly requests: RecordedRequest[] = [];
  /** Chosen answers, by path without the query. */
  readonly replies = new Map<string, OriginReply>();
  private readonly tap = new HeadTap();
  private readonly server = http.createServer((incoming, response) => {
    this.handle(incoming, response).catch((error: unknown) => {
      if (!incoming.socket.destroyed) failTest(error);
    });
  });
  private boundPort = 0;

  get port(): number {
    return this.boundPort;
  }

  /** The address as the edge's container sees it. */
  get url(): string {
    return `http://${TEST_HOST}:${this.boundPort}`;
  }

  clear(): void {
    this.requests.length = 0;
    this.replies.clear();
  }

  async start(): Promise<this> {
    this.server.keepAliveTimeout = 120_000;
    this.server.on('connection', (socket) => {
      this.tap.watch(socket);
      socket.on('error', () => {});
    });
    this.boundPort = await listen(this.server);
    return this;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = this.tap.record(incoming);
    this.requests.push(request);
    await this.tap.readBody(incoming, request);
    const path = request.url.split('?')[0] ?? '';
    const reply = this.replies.get(path);
    if (!reply && path === OBJECT.path) return serveObject(request, response);
    const body = `${PROTECTED}\n${reply?.body ?? JSON.stringify(describe(request))}`;
    response.writeHead(reply?.status ?? 200, { 'Content-Type': 'text/plain', ...reply?.headers }).end(body);
  }
}

function describe({ method, url, headers, rawHeaders, body, bodySha256 }: RecordedRequest): Echo {
  return { method, url, headers, rawHeaders, bodyLength: body.length, bodySha256 };
}

/** Reads the Echo out of an answer of the origin. Throws when the answer is not one. */
export function readEcho(body: string): Echo {
  if (!body.startsWith(`${PROTECTED}\n`)) {
    throw new Error(
      `expected the origin's answer, which starts with ${PROTECTED}, received: ${body.slice(0, 200)}`,
    );
  }
  return JSON.parse(body.slice(PROTECTED.length + 1)) as Echo;
}

/** Starts an origin on a free port of this machine. */
export function startOrigin(): Promise<Origin> {
  return new Origin().start();
}
