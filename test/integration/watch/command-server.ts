import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

type Run = () => Promise<{ exitCode: number; output: string }>;

/** Lets commands of this machine run in a container, without the container engine's own command line. */
export class CommandServer {
  private readonly server = http.createServer((request, response) => {
    const run = this.commands[(request.url ?? '').slice(1)];
    if (!run) return void response.writeHead(404).end('no such command');
    run().then(
      ({ exitCode, output }) => response.writeHead(200, { 'x-exit-code': exitCode }).end(output),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });

  constructor(private readonly commands: Record<string, Run>) {}

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  /** The shell command that stands for the command of this name. */
  commandFor(name: string): string {
    const { port } = this.server.address() as AddressInfo;
    return `'${process.execPath}' '${path.join(__dirname, 'command.mjs')}' http://127.0.0.1:${port}/${name}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
