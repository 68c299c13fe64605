import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcess } from './background.mjs';
import { DemoProblem } from './report.mjs';
import { listRecords, readRecord, removeRecord, writeRecord } from './record.mjs';

/** Stops what the record names, or all records, last started first. Returns how many records there were. */
export async function stopRecorded(name) {
  let count = 0;
  for (const each of name ? [name] : listRecords()) {
    const record = readRecord(each);
    if (!record) continue;
    count++;
    // Read anew each time: after an interruption something may still be starting.
    for (let last; (last = readRecord(each)?.started.at(-1));) await stopEntry(each, last);
    removeRecord(each);
    // Its folder is not below .demo, so the next demo would not find and remove it.
    if (!name && record.folder.startsWith(join(tmpdir(), 'edge-auth-demo-'))) {
      rmSync(record.folder, { recursive: true, force: true });
    }
  }
  return count;
}

/** Stops one process or container and takes it out of the record. */
export async function stopEntry(name, entry) {
  if (entry.container) await removeContainer(entry.container);
  else await endProcess(entry);
  const record = readRecord(name);
  if (!record) return;
  const isOther = (one) => one.pid !== entry.pid || one.container !== entry.container;
  writeRecord(name, { ...record, started: record.started.filter(isOther) });
}

async function removeContainer(id) {
  const { findEngine } = await import('./container-engine.mjs');
  const { engine, reason } = await findEngine();
  if (!engine)
    throw new DemoProblem(`container ${id}: expected the engine that runs it, received: ${reason}`);
  await engine
    .getContainer(id)
    .remove({ force: true, v: true })
    .catch((error) => {
      // 404: it is gone; 409: its removal goes on.
      if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
    });
}
