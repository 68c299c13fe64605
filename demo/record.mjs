// `.demo/<name>.json` remembers what a demo started, so that it can be stopped later.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { DemoProblem } from './report.mjs';

const folder = fileURLToPath(new URL('../.demo', import.meta.url));
const fileOf = (name) => join(folder, `${name}.json`);

export function listRecords() {
  try {
    return readdirSync(folder).flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -5)] : []));
  } catch {
    return [];
  }
}

/** `{ folder, started }`, or undefined if there is none. */
export function readRecord(name) {
  try {
    return JSON.parse(readFileSync(fileOf(name), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw new DemoProblem(
      `${fileOf(name)}: expected the record of a demo, received ${error.message}; remove the file`,
    );
  }
}

export function writeRecord(name, record) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${fileOf(name)}.tmp`, JSON.stringify(record, null, 2));
  renameSync(`${fileOf(name)}.tmp`, fileOf(name));
}

/** Nothing may start once the demo was told to stop: nobody would remember it. */
export function refuseIfStopped(name) {
  if (!readRecord(name)) throw new DemoProblem('stopped');
}

/** Adds one started process or container. */
export function addToRecord(name, entry) {
  const record = readRecord(name);
  writeRecord(name, { ...record, started: [...record.started, entry] });
}

export function removeRecord(name) {
  rmSync(fileOf(name), { force: true });
}
