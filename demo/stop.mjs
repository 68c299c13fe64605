import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcess } from './background.mjs';
import { listRecords, readRecord, removeRecord, writeRecord } from './record.mjs';

/** Stops what the record names, or all records, last started first. Returns how many records there were. */
export async function stopRecorded(name) {
  let count = 0;
  for (const each of name ? [name] : listRecords()) {
    const record = readRecord(each);
    if (!record) continue;
    count++;
    for (const entry of [...record.started].reverse()) await end(entry);
    removeRecord(each);
    // Only running demos without a folder of their own below .demo live there; their logs go with them.
    if (!name && record.folder.startsWith(join(tmpdir(), 'edge-auth-demo-'))) {
      rmSync(record.folder, { recursive: true, force: true });
    }
  }
  return count;
}

/** Stops one edge and takes it out of the record. */
export async function stopEdge({ name }, entry) {
  await end(entry);
  const record = readRecord(name);
  const isOther = (one) => one.pid !== entry.pid || one.container !== entry.container;
  writeRecord(name, { ...record, started: record.started.filter(isOther) });
}

async function end(entry) {
  if (entry.container) await removeContainer(entry.container);
  else await endProcess(entry);
}

async function removeContainer(id) {
  const { findEngine } = await import('./container-engine.mjs');
  const { engine, reason } = await findEngine();
  if (!engine) throw new Error(`container ${id}: expected the engine that runs it, received: ${reason}`);
  await engine
    .getContainer(id)
    .remove({ force: true, v: true })
    .catch((error) => {
      if (error.statusCode !== 404) throw error;
    });
}
