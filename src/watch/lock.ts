/** One `edge-auth watch` a folder. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Takes the lock and returns what gives it back. Throws while another process holds it; what a killed one left is no lock. */
export function lock(file: string): () => void {
  mkdirSync(dirname(file), { recursive: true });
  const own = `${process.pid} ${startOf(process.pid) ?? ''}\n`;
  for (;;) {
    try {
      writeFileSync(file, own, { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const [, pid, start] = /^(\d+) (\d*)\n$/.exec(readFileSync(file, 'utf8')) ?? [];
    if (pid !== undefined && Number(pid) !== process.pid && startOf(Number(pid)) === start) {
      throw new Error(`expected no other edge-auth watch on this --out, received process ${pid} (${file})`);
    }
    rmSync(file, { force: true });
  }
}

/** When a process was started, in the kernel's clock ticks: a number that is given again has another one. */
function startOf(pid: number): string | undefined {
  try {
    // The name of the program, in brackets, may hold anything.
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')[19];
  } catch {
    return undefined;
  }
}
