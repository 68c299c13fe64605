/** Writes a set of files all or nothing: under temporary names first, then renamed. */

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Every file that a render writes begins so; only such files are ever removed. */
export const generatedMark = '# Made by edge-auth render';

/**
 * `files`: path below `folder` → content, renamed in the order given, so the file that includes the others comes last.
 * If one cannot be written, none is renamed. Generated files of an earlier render that are not among them are removed.
 */
export function writeFiles(folder: string, files: Map<string, string>): void {
  const pending: [string, string][] = [];
  try {
    for (const [path, content] of files) {
      const target = join(folder, path);
      const temporary = join(dirname(target), `.${process.pid}.${pending.length}.tmp`);
      mkdirSync(dirname(target), { recursive: true });
      pending.push([temporary, target]);
      writeFileSync(temporary, content, { flush: true });
    }
  } catch (error) {
    for (const [temporary] of pending) rmSync(temporary, { force: true });
    throw error;
  }
  for (const [temporary, target] of pending) renameSync(temporary, target);
  removeStale(folder, files);
}

function removeStale(folder: string, files: Map<string, string>): void {
  for (const below of new Set([...files.keys()].map(dirname))) {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = join(below, entry.name);
      if (!entry.isFile() || !entry.name.endsWith('.conf') || files.has(path)) continue;
      if (readFileSync(join(folder, path), 'utf8').startsWith(generatedMark)) rmSync(join(folder, path));
    }
  }
}
