// Connections that stay open, on every worker: a change that one worker made is looked at by all of them.
import { Client } from 'undici';

export interface Reply {
  status: number;
  pid: string;
  reason: string;
  body: string;
}

class Connection {
  private readonly client: Client;
  pid = '';

  constructor(port: number) {
    this.client = new Client(`http://localhost:${port}`, { keepAliveTimeout: 60_000 });
  }

  async ask(domain: string, path: string, method = 'GET'): Promise<Reply> {
    const { statusCode, headers, body } = await this.client.request({
      method,
      path,
      headers: { host: domain },
    });
    const text = await body.text();
    const pid = String(headers['x-pid'] ?? '');
    if (pid !== '') this.pid = pid;
    return { status: statusCode, pid, reason: String(headers['x-reason'] ?? ''), body: text };
  }

  close(): Promise<void> {
    return this.client.destroy();
  }
}

export class Connections {
  readonly all: Connection[] = [];

  /** Opens `perWorker` connections or more to each of `workers` workers. */
  static async open(port: number, domain: string, workers: number, perWorker: number): Promise<Connections> {
    const kept = new Connections();
    const counts = new Map<string, number>();
    const isEnough = () => counts.size >= workers && [...counts.values()].every((n) => n >= perWorker);
    for (let i = 0; i < 500 && !isEnough(); i++) {
      const connection = new Connection(port);
      const { pid } = await connection.ask(domain, '/');
      if ((counts.get(pid) ?? 0) >= perWorker) await connection.close();
      else {
        counts.set(pid, (counts.get(pid) ?? 0) + 1);
        kept.all.push(connection);
      }
    }
    if (!isEnough())
      throw new Error(
        `expected ${perWorker} connections to each of ${workers} workers, received ${JSON.stringify([...counts])}`,
      );
    return kept;
  }

  /** One request on each connection. */
  ask(domain: string, path: string): Promise<Reply[]> {
    return Promise.all(this.all.map((connection) => connection.ask(domain, path)));
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((connection) => connection.close()));
  }
}
