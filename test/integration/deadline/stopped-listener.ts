import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net, { type Socket } from 'node:net';

/**
 * A process that listens and is stopped (SIGSTOP): the kernel takes connections up to the backlog, and nobody answers.
 * With a backlog that is full, the kernel drops what comes: connecting hangs.
 */
export interface StoppedListener {
  port: number;
  /** Lets it accept again. It stays silent. */
  resume(): void;
  stop(): void;
}

const listener = `
  const server = require('node:net').createServer((socket) => socket.on('error', () => {}).resume());
  server.listen({ port: 0, host: '0.0.0.0', backlog: Number(process.argv[1]) }, () => console.log(server.address().port));
`;

export async function startStoppedListener({ isFull }: { isFull: boolean }): Promise<StoppedListener> {
  const child = spawn(process.execPath, ['-e', listener, isFull ? '0' : '511'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(line.toString());
  child.kill('SIGSTOP');
  const fillers: Socket[] = [];
  if (isFull) {
    // One more than the backlog is taken; the last of these hangs, as the edge's connections will.
    for (let i = 0; i < 3; i++) fillers.push(net.connect(port, '127.0.0.1').on('error', () => {}));
    await Promise.race(fillers.map((socket) => once(socket, 'connect')));
  }
  return {
    port,
    resume() {
      for (const socket of fillers) socket.destroy();
      child.kill('SIGCONT');
    },
    stop() {
      for (const socket of fillers) socket.destroy();
      child.kill('SIGKILL');
    },
  };
}
