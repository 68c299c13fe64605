/** A client that takes all that an edge has to give: heads that never end, of which one is finished when the edge is full. */
import { once } from 'node:events';
import net, { type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Edge } from '../harness/started-edge';

/** What nginx logs when it has none left for one more client. */
export const FULL = /\d+ worker_connections are not enough|accept4?\(\) failed \(24: Too many open files\)/g;
const LEFT = /client prematurely closed connection/g;
const DEADLINE_MS = 10_000;

export class SlowHeads {
  private readonly sockets: { socket: Socket; isClosed: boolean }[] = [];

  private constructor(
    private readonly edge: Edge,
    private readonly head: (index: number) => string,
  ) {}

  /** Opens heads, one after the other, until nginx has room for none. `head`: begins the request, without a line's end. */
  static async fill(edge: Edge, head: (index: number) => string): Promise<SlowHeads> {
    const heads = new SlowHeads(edge, head);
    const before = await heads.count(FULL);
    while ((await heads.count(FULL)) === before) {
      if (heads.sockets.length > 1000) throw new Error('expected a full edge after 1000 connections');
      await heads.open();
    }
    // The last one found no room.
    await heads.remove(heads.sockets.length - 1);
    return heads;
  }

  /** Closes this many, and waits until nginx has seen it. */
  async free(count: number): Promise<void> {
    const before = await this.count(LEFT);
    for (let i = 0; i < count; i++) await this.remove(1);
    const end = Date.now() + DEADLINE_MS;
    while ((await this.count(LEFT)) < before + count) {
      if (Date.now() > end) throw new Error(`expected nginx to see ${count} clients leave`);
      await sleep(5);
    }
  }

  /** Ends the head of the first one; all that nginx sends then. */
  async finish(): Promise<string> {
    const { socket } = this.sockets[0]!;
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    const ended = once(socket, 'close');
    socket.write('1\r\nConnection: close\r\n\r\n');
    await ended;
    return text;
  }

  async leave(): Promise<void> {
    while (this.sockets.length > 0) await this.remove(0);
  }

  private async open(): Promise<void> {
    const socket = net.connect(this.edge.port(), 'localhost').setNoDelay();
    const entry = { socket, isClosed: false };
    socket.on('error', () => {}).on('close', () => (entry.isClosed = true));
    await once(socket, 'connect');
    socket.write(this.head(this.sockets.length));
    this.sockets.push(entry);
    await sleep(2);
  }

  private async remove(index: number): Promise<void> {
    const [entry] = this.sockets.splice(index, 1);
    if (!entry || entry.isClosed) return;
    const closed = once(entry.socket, 'close');
    entry.socket.destroy();
    await closed;
  }

  private async count(what: RegExp): Promise<number> {
    return (await this.edge.rawErrorLog()).match(what)?.length ?? 0;
  }
}
