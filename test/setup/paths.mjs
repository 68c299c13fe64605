import { mkdirSync, renameSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');
export const cache = path.join(root, '.cache');

mkdirSync(cache, { recursive: true });

/** The parsed content of .cache/`name`, or `otherwise` when the file is missing or is not JSON. */
export function readCache(name, otherwise) {
  try {
    return JSON.parse(readFileSync(path.join(cache, name), 'utf8'));
  } catch {
    return otherwise;
  }
}

/** Replaces .cache/`name` in one step, so that a test run that reads it never sees half a file. */
export function writeCache(name, value) {
  const target = path.join(cache, name);
  const draft = `${target}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(draft, target);
}
