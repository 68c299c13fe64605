import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cache } from './paths.mjs';
import { isAlive } from './processes.mjs';
import { say } from './report.mjs';

/** Runs `work` while no other process of this tree does. A lock whose process has ended is taken over. */
export async function holdLock(name, work) {
  const file = path.join(cache, name);
  let told = false;
  while (!tryLock(file)) {
    const owner = readOwner(file);
    if (owner && !isAlive(owner)) {
      rmSync(file, { force: true });
      continue;
    }
    if (!told) say(`waiting for process ${owner}, which prepares the runtimes already`);
    told = true;
    await sleep(500);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryLock(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function readOwner(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
}
