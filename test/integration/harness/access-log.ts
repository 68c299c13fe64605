import { setTimeout as sleep } from 'node:timers/promises';
import { send } from './client';
import type { LogReader } from './log-reader';

/** A line of the access log, as the conf's JSON log format writes it. */
export type AccessLine = Record<string, string>;

const DEADLINE_MS = 10_000;

/** The access log of an edge, whose lines fillConf had numbered. */
export class AccessLog {
  private marked = 0;

  constructor(
    private readonly file: LogReader,
    private readonly numbers: () => { host: string; port: number },
  ) {}

  /** From here on, read() tells only requests of connections that are made from now on. */
  async mark(): Promise<void> {
    this.marked = await this.nextNumber();
    // Lines may come later all the same, of requests whose answers the client has.
    await this.file.mark();
  }

  /** Lets nginx come back to its loop after what it has answered: most of what it logs of that stands there then. */
  async settle(): Promise<void> {
    await this.askNumber().catch(() => {});
  }

  async read(atLeast: number): Promise<AccessLine[]> {
    if ((await this.nextNumber()) <= this.marked)
      throw new Error('nginx was started anew since the mark, and numbers from 1 on again: call mark() then');
    const end = Date.now() + DEADLINE_MS;
    for (;;) {
      const lines = await this.readNow();
      if (lines.length >= atLeast || Date.now() > end) return lines;
      await sleep(10);
    }
  }

  private async readNow(): Promise<AccessLine[]> {
    const text = await this.file.readSinceMark();
    // nginx may be in the middle of the last line.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    return whole
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as AccessLine)
      .map(({ connection, request, ...line }) => ({
        at: [Number(connection), Number(request)] as const,
        line,
      }))
      .filter(({ at: [connection] }) => connection > this.marked)
      .sort((a, b) => a.at[0] - b.at[0] || a.at[1] - b.at[1])
      .map(({ line }) => line);
  }

  /** The number of a connection that is made now. One that nginx has no room for is made again. */
  private async nextNumber(): Promise<number> {
    const end = Date.now() + DEADLINE_MS;
    for (;;) {
      try {
        return await this.askNumber();
      } catch (error) {
        if (Date.now() > end) throw error;
        await sleep(50);
      }
    }
  }

  private async askNumber(): Promise<number> {
    const { host, port } = this.numbers();
    return Number((await send({ host, port })).body);
  }
}
