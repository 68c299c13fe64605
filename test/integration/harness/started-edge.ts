import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecResult, StartedTestContainer } from 'testcontainers';
import { AccessLog, type AccessLine } from './access-log';
import { ACCESS_LOG, ERROR_LOG, NUMBERS_PORT } from './conf';
import type { LogFolder } from './log-folder';
import type { LogReader } from './log-reader';
import { EDGE_PREFIX, type Policies, type RenderedFile } from './render';
import type { Runtime } from './runtimes';

const RELOAD_DEADLINE_MS = 30_000;
const CRASH = /exited on signal \d+|signal 11/;
// A worker that is shutting down has a longer title.
const LIST_WORKERS = "grep -lz '^nginx: worker process$' /proc/[0-9]*/cmdline 2>/dev/null || true";

export type { AccessLine };

/** A running edge. */
export class Edge {
  private readonly errorLog: LogReader;
  private readonly accessLines: AccessLog;
  private stopped = false;

  constructor(
    private readonly container: StartedTestContainer,
    private readonly logs: LogFolder,
    readonly runtime: Runtime,
    private readonly render: (policies: Policies) => Promise<RenderedFile[]>,
    private policies: Policies | undefined,
  ) {
    this.errorLog = logs.reader(ERROR_LOG);
    this.accessLines = new AccessLog(logs.reader(ACCESS_LOG), () => ({
      host: this.host,
      port: this.port(NUMBERS_PORT),
    }));
  }

  get host(): string {
    return this.container.getHost();
  }

  /** The port of this machine that leads to a port of the conf. */
  port(inside = 8080): number {
    return this.container.getMappedPort(inside);
  }

  /** From here on, errors() and accessLog() tell only what is new. To be called again when nginx was started anew. */
  async mark(): Promise<void> {
    await Promise.all([this.errorLog.mark(), this.accessLines.mark()]);
  }

  /** The whole error log, of every level that the conf writes. */
  rawErrorLog(): Promise<string> {
    return this.errorLog.readAll();
  }

  /** The error log's lines of level warn and above, since the start or the mark. */
  async errors(): Promise<string[]> {
    await this.accessLines.settle();
    const text = await this.errorLog.readSinceMark();
    return text.split('\n').filter((line) => /\[(warn|error|crit|alert|emerg)\]/.test(line));
  }

  /**
   * The access log's lines of requests whose connection was made after the start or the mark, in the order in which the
   * connections were made. Waits up to 10 s for `atLeast` of them: nginx logs after it answers.
   */
  accessLog(atLeast = 0): Promise<AccessLine[]> {
    return this.accessLines.read(atLeast);
  }

  /** Runs a command in the container. A string goes through its shell. */
  exec(command: string | string[]): Promise<ExecResult> {
    return this.container.exec(typeof command === 'string' ? ['sh', '-c', command] : command);
  }

  /** Puts a file into the container, in the place of one that is there. */
  async putFile(target: string, content: string | Buffer): Promise<void> {
    await this.container.copyContentToContainer([{ target, content, mode: 0o644 }]);
  }

  /** The pids (in the container) of the workers that take requests: those that are shutting down are left out. */
  async workerPids(): Promise<number[]> {
    const { stdout } = await this.exec(LIST_WORKERS);
    return [...stdout.matchAll(/^\/proc\/(\d+)\//gm)].map(([, pid]) => Number(pid));
  }

  /** Renders the policies (the same again by default), replaces the old files and waits for the new workers. */
  async reload(policies: Policies | undefined = this.policies): Promise<void> {
    if (policies) await this.replaceRendered(await this.render(policies));
    this.policies = policies;
    await this.reloadAsItIs();
  }

  /** Lets nginx read the files that are there, and waits for the new workers. */
  async reloadAsItIs(): Promise<void> {
    const before = await this.workerPids();
    const { exitCode, output } = await this.exec(['nginx', '-s', 'reload']);
    if (exitCode !== 0) throw new Error(`nginx -s reload ended with ${exitCode}:\n${output}`);
    const end = Date.now() + RELOAD_DEADLINE_MS;
    for (;;) {
      const now = await this.workerPids();
      if (now.length > 0 && !now.some((pid) => before.includes(pid))) return;
      if (Date.now() > end) {
        throw new Error(
          `expected new workers within ${RELOAD_DEADLINE_MS} ms of the reload, still have ${now.join(', ')}. ` +
            `The error log ends:\n${(await this.rawErrorLog()).slice(-2000)}`,
        );
      }
      await sleep(20);
    }
  }

  /** Ends nginx and removes the container. Throws when a process of nginx crashed at any time, the end included. */
  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    try {
      await this.exec(
        'nginx -s stop; for i in $(seq 250); do test -e /run/nginx.pid || break; sleep 0.02; done',
      );
      const crashes = (await this.rawErrorLog()).split('\n').filter((line) => CRASH.test(line));
      if (crashes.length > 0) {
        throw new Error(
          `expected no crash of nginx on ${this.runtime.name}, the error log says:\n${crashes.join('\n')}`,
        );
      }
    } finally {
      await this.container.stop();
      await this.logs.remove();
    }
  }

  /** Files are replaced first and leftovers removed then, so that nothing is missing while nginx serves. */
  private async replaceRendered(files: RenderedFile[]): Promise<void> {
    await this.container.copyContentToContainer(files.map((file) => ({ ...file, mode: 0o644 })));
    const { stdout } = await this.exec(['find', EDGE_PREFIX, '-type', 'f']);
    const leftovers = stdout
      .split('\n')
      .filter((name) => name && !files.some((file) => file.target === name));
    if (leftovers.length > 0) await this.exec(['rm', '--', ...leftovers]);
  }
}
