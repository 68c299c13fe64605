/** The links that say which policies are still those that a conf was rendered from; `unchangedFolder` of live-policy.ts says what they mean. */

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { livePolicy, unchangedFolder, unchangedName } from '../policy/live-policy';
import type { Policy } from '../policy/policy';

/** (!) Before a compiled copy changes. */
export function removeLinks(folder: string, domain: string): void {
  for (const name of namesIn(join(folder, unchangedFolder, domain)))
    rmSync(join(folder, unchangedFolder, domain, name), { force: true });
}

/**
 * Says that the policy in force is this one, if it is. A change that comes in between leaves no link: it takes away the one that waits
 * here, or is seen by its waiting copy, its policy file or its compiled copy.
 */
export function markUnchanged(folder: string, policy: Policy, text: string): void {
  const { domain } = policy;
  const entry = livePolicy(policy, text);
  const links = join(folder, unchangedFolder, domain);
  const link = join(links, unchangedName(entry));
  const names = namesIn(links);
  if (names.length === 1 && names[0] === unchangedName(entry) && existsSync(link)) return;
  removeLinks(folder, domain);
  mkdirSync(links, { recursive: true, mode: 0o700 });
  const waiting = join(links, `.${process.pid}.tmp`);
  symlinkSync(join('..', '..', `${domain}.json`), waiting);
  const isInForce =
    !existsSync(join(folder, '.live', `.${domain}.next`)) &&
    readText(join(folder, `${domain}.json`)) === text &&
    readText(join(folder, '.live', domain)) === entry;
  try {
    if (isInForce) renameSync(waiting, link);
    else rmSync(waiting, { force: true });
  } catch (error) {
    // A change has taken it away.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Of policies that are gone. */
export function removeStaleLinks(folder: string): void {
  for (const domain of namesIn(join(folder, unchangedFolder)))
    if (!existsSync(join(folder, `${domain}.json`)))
      rmSync(join(folder, unchangedFolder, domain), { recursive: true, force: true });
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function readText(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
