import { setTimeout as sleep } from 'node:timers/promises';

const TRIES = 6;
const TAKEN = /address already in use|port is already allocated/;

/**
 * Starts a container, which takes ports of this machine: the engine tries some in a row, and connections of the tests that run beside it may
 * hold all of them. It goes on behind them when it is asked again.
 */
export async function withFreePorts<Started>(start: () => Promise<Started>): Promise<Started> {
  for (let tries = 1; ; tries++) {
    try {
      return await start();
    } catch (error) {
      if (tries === TRIES || !TAKEN.test(String(error))) throw error;
      await sleep(100 * tries);
    }
  }
}
