import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEdge } from '../harness/edge';
import { EDGE_PREFIX } from '../harness/render';
import { repositoryRoot, type Runtime } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import { CommandServer } from './command-server';

/** `edge-auth watch` on this machine, writing the folder that nginx reads in its container. */
export class WatchedEdge {
  private readonly work = mkdtempSync(path.join(os.tmpdir(), 'edge-auth-watch-'));
  private readonly policies = path.join(this.work, 'policies');
  private child: ChildProcess | undefined;
  private server: CommandServer | undefined;
  output = '';
  edge!: Edge;
  /** What `nginx -t` waits for. */
  beforeTest: () => Promise<unknown> = () => Promise.resolve();

  constructor(private readonly runtime: Runtime) {
    mkdirSync(this.policies);
    mkdirSync(this.out);
  }

  get out(): string {
    return path.join(this.work, 'out');
  }

  put(domain: string, policy: object): void {
    writeFileSync(path.join(this.policies, `${domain}.json`), JSON.stringify(policy));
  }

  remove(domain: string): void {
    rmSync(path.join(this.policies, `${domain}.json`));
  }

  /** Renders what is there, starts nginx on it, then watches. */
  async start(servers: string): Promise<void> {
    this.spawn('--once', '--test', 'true', '--reload', 'true');
    await this.ended();
    this.edge = await startEdge({
      runtime: this.runtime,
      conf: path.join(__dirname, 'nginx.conf'),
      vars: { SERVERS: servers },
      binds: [{ source: this.out, target: EDGE_PREFIX }],
    });
    this.server = await new CommandServer({
      test: async () => {
        await this.beforeTest();
        return this.edge.exec('nginx -t 2>&1');
      },
      reload: () => this.edge.exec('nginx -s reload 2>&1'),
    }).start();
    await this.watch();
  }

  async watch(): Promise<void> {
    const { server } = this;
    if (!server) throw new Error('expected start() first');
    this.spawn('--test', server.commandFor('test'), '--reload', server.commandFor('reload'));
    await this.says(/Z start: /);
  }

  async says(pattern: RegExp): Promise<void> {
    const end = Date.now() + 15_000;
    while (!pattern.test(this.output)) {
      if (Date.now() > end) throw new Error(`expected watch to say ${pattern}, received:\n${this.output}`);
      await sleep(20);
    }
  }

  async kill(signal: NodeJS.Signals): Promise<number | null> {
    this.child?.kill(signal);
    return this.ended();
  }

  async stop(): Promise<void> {
    await this.kill('SIGKILL');
    this.server?.stop();
    await this.edge?.stop();
    rmSync(this.work, { recursive: true, force: true });
  }

  private spawn(...more: string[]): void {
    this.output = '';
    const folders = ['--policies', this.policies, '--out', this.out, '--prefix', EDGE_PREFIX];
    const cli = path.join(repositoryRoot, 'dist/cli.js');
    const args = [cli, 'watch', ...folders, '--njs-version', this.runtime.njsVersion, ...more];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    this.child = child;
  }

  private async ended(): Promise<number | null> {
    const { child } = this;
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child?.exitCode ?? null;
  }
}
