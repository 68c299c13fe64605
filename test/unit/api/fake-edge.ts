// The API without nginx: its handlers, a folder of policies, and requests made by hand.
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import api from '../../../src/api/edge_auth_api';

export const WRITE = 'write-token-of-the-tests';
export const READ = 'read-token-of-the-tests';
const EPOCH = 'e1';

export interface FakeAnswer {
  status: number;
  headers: Record<string, string>;
  /** The body's JSON; undefined where it is empty. */
  value: unknown;
  text: string;
}

export interface FakeRequest {
  method?: string;
  target: string;
  /** Default: JSON of `value`. */
  body?: string | Buffer;
  value?: unknown;
  token?: string;
  /** Beside Host, Authorization and Content-Type, or in their place. */
  headers?: [string, string][];
}

/** A dictionary of njs, of which nothing expires. */
export class FakeZone {
  readonly entries = new Map<string, string>();
  add = (key: string, value: string): boolean => !this.entries.has(key) && !!this.entries.set(key, value);
  set = (key: string, value: string): void => void this.entries.set(key, value);
  get = (key: string): string | undefined => this.entries.get(key);
  delete = (key: string): boolean => this.entries.delete(key);
  keys = (): string[] => [...this.entries.keys()];
}

export class FakeEdge {
  readonly root = mkdtempSync(path.join(os.tmpdir(), 'edge-auth-api-'));
  readonly folder = path.join(this.root, 'policies');
  readonly live = new FakeZone();
  readonly locks = new FakeZone();
  /** The confs whose workers have read a policy lately. */
  readonly epochs = new FakeZone();
  readonly changes: string[] = [];
  readonly errors: string[] = [];
  allowed = '';

  constructor(policies: Record<string, unknown> = {}) {
    mkdirSync(this.folder);
    for (const [domain, policy] of Object.entries(policies)) this.write(domain, policy);
    this.render('');
  }

  write(domain: string, policy: unknown): void {
    const text = typeof policy === 'string' ? policy : JSON.stringify(policy);
    writeFileSync(path.join(this.folder, `${domain}.json`), text);
  }

  /** What the loaded conf was rendered from: a line `<domain> <shape>` each. */
  render(lines: string): void {
    writeFileSync(path.join(this.root, 'rendered.txt'), lines);
  }

  liveText(domain: string): string | undefined {
    return this.live.get(`${EPOCH}:${domain}`);
  }

  ask(request: FakeRequest): FakeAnswer {
    const { shared } = globalThis as unknown as { shared?: unknown };
    const { live, locks, epochs } = this;
    const zones = { edge_auth_live: live, edge_auth_lock: locks, edge_auth_epochs: epochs };
    Object.assign(globalThis, { ngx: { shared: zones } });
    try {
      return this.handle(request);
    } finally {
      Object.assign(globalThis, { ngx: shared });
    }
  }

  private handle({
    method = 'GET',
    target,
    body,
    value,
    token = WRITE,
    headers = [],
  }: FakeRequest): FakeAnswer {
    const given = headers.map(([name]) => name.toLowerCase());
    const usual: [string, string][] = [
      ['Host', '127.0.0.1:9181'],
      ['Authorization', `Bearer ${token}`],
      ['Content-Type', 'application/json'],
    ];
    const bytes = body ?? (value === undefined ? undefined : JSON.stringify(value));
    const variables: Record<string, string> = {
      request_uri: target,
      host: '127.0.0.1',
      edge_auth_epoch: EPOCH,
      edge_auth_api_hosts: '127.0.0.1:9181 localhost:9181',
      edge_auth_api_tokens: `read:${digest(READ)} write:${digest(WRITE)}`,
      edge_auth_api_policies: this.folder,
      edge_auth_api_rendered: path.join(this.root, 'rendered.txt'),
      edge_auth_api_allowed: this.allowed,
      edge_auth_api_request_id: '00000000-0000-0000-0000-000000000001',
      edge_auth_api_change: '',
    };
    const answer: FakeAnswer = { status: 0, headers: {}, value: undefined, text: '' };
    const r = {
      method,
      variables,
      remoteAddress: '127.0.0.1',
      rawHeadersIn: [...usual.filter(([name]) => !given.includes(name.toLowerCase())), ...headers],
      requestBuffer: bytes === undefined ? undefined : Buffer.from(bytes as string),
      headersOut: answer.headers,
      error: (line: string) => this.errors.push(line),
      status: 0,
      return(status: number, text: string) {
        this.status = status;
        answer.text = text;
      },
    };
    api.handle(r);
    api.restoreStatus(r);
    if (variables['edge_auth_api_change']) this.changes.push(variables['edge_auth_api_change']);
    const parsed: unknown = answer.text === '' ? undefined : JSON.parse(answer.text);
    return { ...answer, status: r.status, value: parsed };
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
