// The logs of the edge and of the origin, and what must be in them.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LOG_DEADLINE_MS = 3_000;

/** nginx writes a line after it has answered. */
export async function readLog(place, name, count, isRequest) {
  const file = join(place.folder, 'logs', name);
  for (const deadline = Date.now() + LOG_DEADLINE_MS; ; await sleep(50)) {
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(isRequest) : [];
    if (lines.length >= count || Date.now() > deadline) return lines;
  }
}

/** The origin must have got the clean requests that were allowed, in order, and no other. */
export function compareOriginLog(wanted, seen) {
  if (seen.length !== wanted.length) return [`expected ${wanted.length} requests, received ${seen.length}`];
  return wanted.flatMap((line, index) =>
    line === seen[index] ? [] : [`request ${index + 1}: expected "${line}", received "${seen[index]}"`],
  );
}

/** The lines that the access log has, each when its answer has ended. The API's are in a log of its own. */
export function inLogOrder(lines) {
  const logged = lines.filter(({ log }) => log);
  return [...logged.filter(({ file }) => !file), ...logged.filter(({ file }) => file)];
}

/** The access log must have one line a request, in order, with the decision of each. */
export function compareLog(lines, log) {
  if (log.length !== lines.length) return [`expected ${lines.length} lines, received ${log.length}`];
  return lines.flatMap((line, index) =>
    log[index].includes(` ${line.log} `) ? [] : [`line ${index + 1}: expected "${line.log}"`],
  );
}

/** The log of changes must have one line for each PUT, and no key. */
export function compareChanges(wanted, seen) {
  if (seen.length !== wanted.length) return [`expected ${wanted.length} lines, received ${seen.length}`];
  const keys = wanted.flatMap(({ body }) => body.match(/[0-9a-f]{32}/g) ?? []);
  return seen.flatMap((text, index) => {
    const { name, path } = wanted[index];
    const parts = ['"who":"write ', `"path":"${path.split('?')[0]}"`, '"changes":[{'];
    const missing = parts.filter((part) => !text.includes(part));
    return [
      ...missing.map((part) => `line ${index + 1} ("${name}"): expected ${part}`),
      ...(keys.some((key) => text.includes(key)) ? [`line ${index + 1} ("${name}"): expected no key`] : []),
    ];
  });
}
