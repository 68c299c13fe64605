/** Says that something may have changed: what the kernel tells about folders. A poll has to find what it does not tell. */

import { type FSWatcher, statSync, watch } from 'node:fs';

/** More folders than these are left to the poll: the kernel's watches are counted. */
const MAX_FOLDERS = 100;

export class Hints {
  private readonly watchers = new Map<string, FSWatcher>();
  private hinted = false;
  private wake: () => void = () => undefined;

  constructor(private readonly stop: AbortSignal) {
    stop.addEventListener('abort', () => this.wake());
  }

  /** Watches these folders and no others. A folder that another has taken the place of is watched anew. */
  watch(folders: string[]): void {
    const wanted = new Map(folders.slice(0, MAX_FOLDERS).map((folder) => [identity(folder), folder]));
    for (const [id, watcher] of this.watchers) if (!wanted.has(id)) this.drop(id, watcher);
    for (const [id, folder] of wanted) {
      if (id === undefined || this.watchers.has(id)) continue;
      try {
        const watcher = watch(folder, { persistent: false }, () => this.hint());
        this.watchers.set(
          id,
          watcher.on('error', () => this.drop(id, watcher)),
        );
      } catch {
        // No watches left, or a file system without them: the poll sees it.
      }
    }
  }

  /** Waits for a hint, for `ms` or for the end. True for a hint. */
  async wait(ms: number): Promise<boolean> {
    if (!this.hinted && !this.stop.aborted) await this.sleep(ms);
    const { hinted } = this;
    this.hinted = false;
    return hinted;
  }

  /** Waits for `ms`, hints or not. */
  async pause(ms: number): Promise<void> {
    const end = Date.now() + ms;
    while (!this.stop.aborted && Date.now() < end) await this.sleep(end - Date.now());
    this.hinted = false;
  }

  close(): void {
    for (const [id, watcher] of this.watchers) this.drop(id, watcher);
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private hint(): void {
    this.hinted = true;
    this.wake();
  }

  private drop(id: string, watcher: FSWatcher): void {
    watcher.close();
    this.watchers.delete(id);
  }
}

function identity(folder: string): string | undefined {
  const stat = statSync(folder, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
}
