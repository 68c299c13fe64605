import path from 'node:path';
import type { AuthServer } from '../harness/auth-server';
import { startEdge } from '../harness/edge';
import { startOrigin, type Origin } from '../harness/origin';
import { sendRaw, type RawReply } from '../harness/raw-client';
import type { Runtime } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import { sign } from './signer';
import { KEY1, KEY2, policyOf, serverOf, type Site } from './site';

export interface SigningEdgeOptions {
  runtime: Runtime;
  sites: Record<string, Site>;
  /** More lines of http {}, above our include. */
  httpLines?: string;
  files?: Record<string, string | Buffer>;
  auth?: AuthServer;
  wiring?: 'hop' | 'inline';
  renderArgs?: string[];
}

export interface Ask {
  method?: string;
  /** Lines behind the Host line. */
  headers?: string[];
  body?: string;
  port?: number;
}

/** An answer, and what the edge decided: `allow signed`. The test's server lines send it, nothing of ours does. */
export interface SignedReply extends RawReply {
  verdict: string;
}

/** An edge with signed sites, and its origin. */
export class SigningEdge {
  /** Every hash that was made to be accepted. */
  private readonly hashes = new Set<string>();

  constructor(
    readonly edge: Edge,
    readonly origin: Origin,
    private readonly policies: (sites: Record<string, Site>) => Record<string, object>,
  ) {}

  /** As the signer's `sign`; the hash is remembered for expectCleanLogs. */
  sign(...args: Parameters<typeof sign>): string {
    const signed = sign(...args);
    for (const [hash] of signed.matchAll(/[0-9a-f]{64}|[0-9a-f]{32}/g)) this.hashes.add(hash);
    return signed;
  }

  /** Sends the target as these bytes, one character a byte. */
  async ask(
    domain: string,
    target: string,
    { method = 'GET', headers = [], body = '', port = 8080 }: Ask = {},
  ) {
    const lines = [`${method} ${target} HTTP/1.1`, `Host: ${domain}`, ...headers];
    if (body !== '') lines.push(`Content-Length: ${body.length}`);
    const reply = await sendRaw(this.edge.port(port), [...lines, '', body].join('\r\n'));
    return { ...reply, verdict: String(reply.headers['x-test-verdict'] ?? '') } satisfies SignedReply;
  }

  /** Renders these sites' policies (their server{} blocks stay) and reloads. */
  rotate(sites: Record<string, Site>): Promise<void> {
    return this.edge.reload(this.policies(sites));
  }

  /**
   * The error log holds nothing above notice but `expected`; neither it nor `replies` a key or a good signature. nginx itself quotes
   * the request line in what it logs of a request: that is left out.
   */
  async expectCleanLogs(expected: RegExp[] = [], replies: string[] = []): Promise<void> {
    const unexpected = (await this.edge.errors()).filter((line) => !expected.some((one) => one.test(line)));
    expect(unexpected).toEqual([]);
    const log = (await this.edge.rawErrorLog()).split('\n');
    const own = log.map((line) => line.replace(/, request: ".*?(?: HTTP\/[\d.]+)?"/, ''));
    const holds = (secrets: Iterable<string>) => (text: string) =>
      [...secrets].some((secret) => text.includes(secret));
    expect([...log, ...replies].filter(holds([KEY1, KEY2]))).toEqual([]);
    expect([...own, ...replies].filter(holds(this.hashes))).toEqual([]);
  }

  async stop(): Promise<void> {
    await this.edge.stop();
    await this.origin.stop();
  }
}

export async function startSigningEdge(options: SigningEdgeOptions): Promise<SigningEdge> {
  const { runtime, sites, httpLines = '', files = {}, auth, wiring = 'hop', renderArgs = [] } = options;
  const origin = await startOrigin();
  const policies = (all: Record<string, Site>) =>
    Object.fromEntries(Object.entries(all).map(([domain, site]) => [domain, policyOf(site, auth)]));
  const vars = {
    ORIGIN: new URL(origin.url).host,
    HTTP_LINES: httpLines,
    SERVERS: Object.entries(sites).map(serverOf).join('\n'),
  };
  const conf = path.join(__dirname, 'nginx.conf');
  try {
    const edge = await startEdge({
      runtime,
      wiring,
      conf,
      vars,
      files,
      policies: policies(sites),
      ports: [8080, 8082, ...(Object.values(sites).some(({ isUnmerged }) => isUnmerged) ? [8083] : [])],
      renderArgs,
    });
    return new SigningEdge(edge, origin, policies);
  } catch (error) {
    await origin.stop();
    throw error;
  }
}
