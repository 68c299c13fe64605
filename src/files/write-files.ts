/** Writes a set of files all or nothing: under temporary names first, then renamed. */

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { generatedMark } from '../conf/text';
import { renderedFolders } from './rendered-folders';

/** A conf that is loaded names the list of its own render: older ones stay for it. */
export const keptLists = 16;

/** Keys, and what a policy adds to an auth request: for nginx's master process alone. */
export const isSecret = (path: string): boolean => path.startsWith('keys/') || path.startsWith('ask/');

/**
 * `files`: path below `folder` → content, renamed in the order given, so the file that includes the others comes last.
 * If one cannot be written or renamed, all are as they were. Generated files of an earlier render that are not among them are removed.
 */
export function writeFiles(folder: string, files: Map<string, string>): void {
  const pending: { temporary: string; target: string; previous: Buffer | undefined }[] = [];
  let renamed = 0;
  try {
    for (const [path, content] of files) {
      const target = join(folder, path);
      const temporary = join(dirname(target), `.${process.pid}.${pending.length}.tmp`);
      mkdirSync(dirname(target), { recursive: true });
      pending.push({ temporary, target, previous: existsSync(target) ? readFileSync(target) : undefined });
      writeFileSync(temporary, content, { flush: true, mode: isSecret(path) ? 0o600 : 0o666 });
    }
    for (; renamed < pending.length; renamed++) {
      const { temporary, target } = pending[renamed]!;
      renameSync(temporary, target);
    }
  } catch (error) {
    for (const { temporary } of pending) rmSync(temporary, { force: true });
    for (const { target, previous } of pending.slice(0, renamed)) {
      if (previous === undefined) rmSync(target);
      else writeFileSync(target, previous);
    }
    throw error;
  }
  removeStale(folder, files);
  removeOldLists(join(folder, 'rendered'));
}

function removeOldLists(folder: string): void {
  if (!existsSync(folder)) return;
  const lists = readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .map((name) => ({ path: join(folder, name), changed: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.changed - a.changed);
  for (const { path } of lists.slice(keptLists)) rmSync(path);
}

function removeStale(folder: string, files: Map<string, string>): void {
  for (const below of ['.', ...renderedFolders].filter((name) => existsSync(join(folder, name)))) {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = join(below, entry.name);
      // What a killed render left; a younger file may be another render's that is still at work.
      if (
        /^\.\d+\.\d+\.tmp$/.test(entry.name) &&
        Date.now() - statSync(join(folder, path)).mtimeMs > 60_000
      ) {
        rmSync(join(folder, path), { force: true });
      }
      if (!entry.isFile() || !entry.name.endsWith('.conf') || files.has(path)) continue;
      if (readFileSync(join(folder, path), 'utf8').startsWith(generatedMark)) rmSync(join(folder, path));
    }
  }
}
