import http, { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { failTest, listen } from './listening';
import type { Misbehaviour } from './misbehaviour';
import { HeadTap, type RecordedRequest } from './recorded-request';
import { TEST_HOST } from './test-host';

/** A proper answer. Default: 200, no headers, no body, at once. */
export interface Reply {
  status?: number;
  /** An array sends the header once per value. */
  headers?: OutgoingHttpHeaders;
  body?: string | Buffer;
  afterMs?: number;
}

export type Answer = Reply | Misbehaviour;

export interface TlsOptions {
  key: string | Buffer;
  cert: string | Buffer;
  /** Asks for a client certificate that this authority signed; connections without one are refused. */
  clientCa?: string | Buffer;
}

/** Answers after `ms`. */
export function slow(ms: number, reply: Reply = {}): Reply {
  return { ...reply, afterMs: ms };
}

/** A programmable auth server in the test process. Until told otherwise it allows everything. */
export class AuthServer {
  /** Every request since the start or the last clear(), oldest first. */
  readonly requests: RecordedRequest[] = [];
  /** Connections whose bytes were no HTTP request, as Node's parser put it. */
  readonly malformed: string[] = [];
  private readonly tap = new HeadTap();
  private choose: (request: RecordedRequest) => Answer | Promise<Answer> = () => ({});
  private server!: http.Server;
  private boundPort = 0;

  constructor(private readonly tls?: TlsOptions) {}

  get port(): number {
    return this.boundPort;
  }

  /** The address as the edge's container sees it. */
  get url(): string {
    return `${this.tls ? 'https' : 'http'}://${TEST_HOST}:${this.boundPort}`;
  }

  /** Connections made since the start or the last clear() (with TLS: those whose handshake succeeded). */
  get connections(): number {
    return this.tap.connections;
  }

  /** Sets what every later request gets. A function answers request by request. */
  answer(answer: Reply | ((request: RecordedRequest) => Answer | Promise<Answer>)): this {
    this.choose = typeof answer === 'function' ? answer : () => answer;
    return this;
  }

  /** Sets a broken behaviour for every later request: `misbehave(silent())`. */
  misbehave(how: Misbehaviour): this {
    return this.answer(() => how);
  }

  /** Forgets the requests and connections. Answers stay as they were set. */
  clear(): void {
    this.requests.length = 0;
    this.malformed.length = 0;
    this.tap.forgetConnections();
  }

  async start(): Promise<this> {
    this.server = this.createServer();
    // Longer than any test: the edge decides when a kept connection closes.
    this.server.keepAliveTimeout = 120_000;
    this.server.on(this.tls ? 'secureConnection' : 'connection', (socket: Socket | TLSSocket) => {
      this.tap.watch(socket);
      socket.on('error', () => {}); // The edge may hang up at any time: that is what the tests are about.
    });
    this.server.on('clientError', (error: Error, socket) => {
      this.malformed.push(error.message);
      socket.destroy();
    });
    this.boundPort = await listen(this.server, this.boundPort);
    return this;
  }

  /** Closes the port and all connections: from now on the edge is refused. */
  async stop(): Promise<void> {
    if (!this.server.listening) return;
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  /** Listens again, on the same port. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  private createServer(): http.Server {
    const handle = (incoming: IncomingMessage, response: ServerResponse) =>
      void this.handle(incoming, response).catch((error: unknown) => {
        if (!incoming.socket.destroyed) failTest(error);
      });
    if (!this.tls) return http.createServer(handle);
    const { key, cert, clientCa } = this.tls;
    return https.createServer({ key, cert, ...(clientCa && { ca: clientCa, requestCert: true }) }, handle);
  }

  private async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = this.tap.record(incoming);
    this.requests.push(request);
    await this.tap.readBody(incoming, request);
    const answer = await this.choose(request);
    if (typeof answer === 'function') return answer(incoming.socket);
    if (answer.afterMs) await sleep(answer.afterMs, undefined, { ref: false });
    response.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
  }
}

/** Starts an auth server on a free port of this machine. */
export function startAuthServer(tls?: TlsOptions): Promise<AuthServer> {
  return new AuthServer(tls).start();
}
