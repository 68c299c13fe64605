import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { LogReader } from './log-reader';

/** The folder of nginx's logs in the container. */
export const LOGS = '/var/log/nginx';

const EXIT_CODE = 'exit-code';
const SAID = 'said';

/**
 * nginx is not the first process: a test may kill and start it again. The container says so once nginx serves or has ended.
 */
export const START_SCRIPT = `
  mkdir -p /run /var/lib/nginx
  (until test -s /run/nginx.pid || test -s ${LOGS}/${EXIT_CODE}; do sleep 0.02; done; echo started) &
  nginx -g 'daemon off;' > ${LOGS}/${SAID} 2>&1
  echo $? > ${LOGS}/${EXIT_CODE}
  exec sleep infinity`;

/** A folder of this machine in the place of the container's: reading a log costs no process in the container. */
export class LogFolder {
  private constructor(readonly path: string) {}

  static async create(): Promise<LogFolder> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'edge-auth-logs-'));
    // Where the engine maps users, the container's root is another one than ours.
    await chmod(folder, 0o777);
    return new LogFolder(folder);
  }

  reader(file: string): LogReader {
    return new LogReader(path.join(this.path, path.basename(file)));
  }

  /** What nginx said and with which code it ended, or undefined while it runs. */
  async howItEnded(): Promise<{ code: string; said: string } | undefined> {
    const said = await readFile(path.join(this.path, SAID), 'utf8').catch((error: Error) => {
      throw new Error(
        `expected the container's ${LOGS} in ${this.path}, received ${error.message}: the tests need a container engine ` +
          'that mounts folders of this machine',
      );
    });
    const code = await new LogReader(path.join(this.path, EXIT_CODE)).readAll();
    return code ? { code: code.trim(), said } : undefined;
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}
