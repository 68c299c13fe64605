import type { AddressInfo } from 'node:net';
import net from 'node:net';

/** Listens on every address (containers come in over the bridge), on a free port or the given one. */
export async function listen(server: net.Server, port = 0): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '0.0.0.0', resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** A port on which nobody listens: connections to it are refused. */
export async function refusingPort(): Promise<number> {
  const server = net.createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A failure in a server's own handler must fail the test, not vanish. */
export function failTest(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}
