import { createServer } from 'node:net';

/** `wanted` if nothing listens on it on any address, else a free one that is not among `used`. */
export async function chooseFreePort(wanted, used = []) {
  for (let port = wanted; ; port = 0) {
    const free = await listenOnce(port);
    if (free && !used.includes(free)) return free;
  }
}

/** The port, or undefined if it is taken. Without a host Node listens on every address, so any listener is in the way. */
function listenOnce(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, () => {
      const { port: free } = server.address();
      server.close(() => resolve(free));
    });
  });
}
