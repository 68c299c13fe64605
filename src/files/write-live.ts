/** Writes the compiled copies of policies, which nginx reads while it runs. */

import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { livePolicy } from '../policy/live-policy';
import { markUnchanged, removeLinks, removeStaleLinks } from './unchanged';
import { readPolicy, type ReadPolicies } from './read-policies';

/**
 * Compiles what is not compiled yet, and removes the copies of policies that are gone. `folder`: that of the policies, to whose owner the
 * copies belong. Returns the domains that were compiled.
 */
export function writeLive(folder: string, read: Pick<ReadPolicies, 'policies' | 'texts'>): string[] {
  return asOwnerOf(folder, (here) => compileAll(here, read));
}

/**
 * (!) Root goes by the rights of the folder's owner, which are those of nginx's workers: whoever has them may put links into the folder, and
 * root would write, hand over and remove what they lead to. The folder by its relative name: its owner may not know the way there.
 */
export function asOwnerOf<T>(folder: string, run: (folder: string) => T): T {
  const { uid, gid } = statSync(folder);
  if (uid === 0 || process.geteuid?.() !== 0) return run(folder);
  const [cwd, group, groups] = [process.cwd(), process.getegid!(), process.getgroups!()];
  process.chdir(folder);
  try {
    process.setgroups!([gid]);
    process.setegid!(gid);
    process.seteuid!(uid);
    return run('.');
  } finally {
    process.seteuid!(0);
    process.setegid!(group);
    process.setgroups!(groups);
    process.chdir(cwd);
  }
}

function compileAll(folder: string, { policies, texts }: Pick<ReadPolicies, 'policies' | 'texts'>): string[] {
  const live = join(folder, '.live');
  mkdirSync(live, { recursive: true, mode: 0o700 });
  ownAs(folder, live);
  const written = policies.filter((policy) => {
    let [text, current] = [texts.get(policy.domain) ?? '', policy];
    // Not by the policy's digest alone: its keys may stand in a file of their own.
    if (isWritten(join(live, policy.domain), livePolicy(policy, text))) return false;
    removeLinks(folder, policy.domain);
    for (;;) {
      writeEntry(folder, policy.domain, livePolicy(current, text));
      // The API may have changed the policy meanwhile, and its copy stood here.
      const file = join(folder, `${policy.domain}.json`);
      const again = readPolicy(file);
      if (!again.policy || again.text === text) return true;
      [text, current] = [again.text, again.policy];
    }
  });
  for (const policy of policies) markUnchanged(folder, policy, texts.get(policy.domain) ?? '');
  removeStaleLinks(folder);
  removeStale(folder, live);
  return written.map(({ domain }) => domain);
}

/** What has no policy file any more, and what a writer that was killed left: its names begin with a dot. */
function removeStale(folder: string, live: string): void {
  for (const name of readdirSync(live)) {
    const path = join(live, name);
    const isStale = name.startsWith('.')
      ? Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) > 60_000
      : !existsSync(join(folder, `${name}.json`));
    if (isStale) rmSync(path, { force: true });
  }
}

function isWritten(path: string, entry: string): boolean {
  try {
    return readFileSync(path, 'utf8') === entry;
  } catch {
    return false;
  }
}

function writeEntry(folder: string, domain: string, entry: string): void {
  const temporary = join(folder, '.live', `.${process.pid}.tmp`);
  writeFileSync(temporary, entry, { flush: true, mode: 0o600 });
  ownAs(folder, temporary);
  renameSync(temporary, join(folder, '.live', domain));
}

/** nginx's workers own the folder of policies, and so what stands in it. */
function ownAs(folder: string, path: string): void {
  const { uid, gid } = statSync(folder);
  const own = statSync(path);
  if (own.uid !== uid || own.gid !== gid) chownSync(path, uid, gid);
  chmodSync(path, own.isDirectory() ? 0o700 : 0o600);
}
