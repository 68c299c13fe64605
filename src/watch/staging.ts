/** Tests a conf before it is where nginx looks for it. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CommandEnd, runProgram, runShell } from './command';

/** No directive of nginx: a test that reads the staged conf stumbles over it. */
const PROBE = 'edge_auth_watch_probe';

/** In a mount namespace of its own, $1 lies over $2; nobody but the command sees it. */
const SCRIPT = 'mount --bind "$1" "$2" && exec /bin/sh -c "$3"';

export class Staging {
  private possible: boolean | undefined;

  constructor(
    private readonly command: string,
    private readonly timeoutMs: number,
    private readonly stop: AbortSignal,
  ) {}

  /** The test, with nginx's files as they are. */
  test(): Promise<CommandEnd> {
    return runShell(this.command, this.timeoutMs, this.stop);
  }

  /** The test, with the folder `next` in the place of the folder `current`. */
  testStaged(next: string, current: string): Promise<CommandEnd> {
    const unshare = ['unshare', '--mount', '--propagation', 'private', '--'];
    const script = ['/bin/sh', '-c', SCRIPT, 'sh', next, current, this.command];
    return runProgram([...unshare, ...script], this.timeoutMs, this.stop);
  }

  /**
   * Whether the test sees a staged conf. It does not without the right to mount (containers), nor where the command goes elsewhere to
   * test (`docker exec`), so it is tried once, with a conf that must fail.
   */
  async isPossible(current: string): Promise<boolean> {
    if (this.possible !== undefined) return this.possible;
    const probe = join(dirname(current), 'probe');
    mkdirSync(probe, { recursive: true });
    writeFileSync(join(probe, 'http.conf'), `${PROBE};\n`);
    const { ok, output } = await this.testStaged(probe, current);
    const possible = !ok && output.includes(PROBE);
    if (!this.stop.aborted) this.possible = possible;
    return possible;
  }
}
