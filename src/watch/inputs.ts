/** What a render reads: the policy files and the files that they name. Tells what changed, whoever wrote it, however. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { readPolicy } from '../files/read-policies';

/** A time stamp may be as coarse as this: a file that changed just now may change again without showing it. */
const SETTLED_MS = 2_000;

/** Of larger files the times and size have to do, and of those that say they are empty, as some of /proc that never end do. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Fields that name a file; nginx reads all of them but the first when it loads its conf. */
const NAMED = /"(key_file|ca_file|client_certificate|client_key)"\s*:\s*("(?:[^"\\\n]|\\.)*")/g;

interface Seen {
  /** Identity, size and times. */
  stat: string;
  /** Of the content, or why there is none. */
  digest: string;
  firstSeen: number;
  settled: boolean;
  keyFiles: string[];
  tlsFiles: string[];
  /** What the file's policy was read as, while neither it nor its key file has changed. */
  read?: ReturnType<typeof readPolicy>;
}

export class Inputs {
  private policies = new Map<string, Seen>();
  private named = new Map<string, Seen>();
  private folderProblem = '';

  /** `folder`: that of the policies. `others`: what a render reads besides. */
  constructor(
    private readonly folder: string,
    private readonly others: string[],
  ) {}

  /** What changed since the last look, as `www.example.com.json changed`. Costs a system call a file where nothing did. */
  look(): string[] {
    const changes: string[] = [];
    this.policies = this.compare(this.policies, this.policyFiles(changes), changes, (file) => basename(file));
    const named = [...this.policies.values()].flatMap((seen) => [...seen.keyFiles, ...seen.tlsFiles]);
    const names = new Set([...this.others, ...named]);
    const before = this.named;
    this.named = this.compare(before, [...names], changes, (file) => file, true);
    for (const seen of this.policies.values()) {
      if (seen.keyFiles.some((file) => this.named.get(file)?.digest !== before.get(file)?.digest))
        delete seen.read;
    }
    return changes;
  }

  /** As readPolicy does, without reading again what did not change since. */
  readPolicy(file: string): ReturnType<typeof readPolicy> {
    const seen = this.policies.get(file);
    if (seen === undefined) return readPolicy(file);
    if (seen.read) return seen.read;
    const read = readPolicy(file);
    const moved =
      seen.stat !== statOf(file).text ||
      seen.keyFiles.some((key) => this.named.get(key)?.stat !== statOf(key).text);
    // Written between the look and now: what was read may be gone again at the next look, which has to say so.
    if (moved) Object.assign(seen, { stat: '', digest: '', settled: false });
    else seen.read = read;
    return read;
  }

  /** The folders in which something may change. */
  folders(): string[] {
    return [...new Set([this.folder, ...[...this.named.keys()].map((file) => dirname(file))])];
  }

  /** Stands for the certificates and keys that nginx reads beside its conf. */
  tlsDigest(): string {
    const files = [...new Set([...this.policies.values()].flatMap(({ tlsFiles }) => tlsFiles))].sort();
    return digestOf(files.map((file) => `${file}\0${this.named.get(file)?.digest}\n`).join(''));
  }

  private policyFiles(changes: string[]): string[] {
    let problem = '';
    let names: string[] = [];
    try {
      names = readdirSync(this.folder).filter((name) => name.endsWith('.json') && !name.startsWith('.'));
    } catch (error) {
      problem = (error as Error).message;
    }
    if (problem !== this.folderProblem) changes.push(`${this.folder} changed`);
    this.folderProblem = problem;
    return names.sort().map((name) => join(this.folder, name));
  }

  private compare(
    before: Map<string, Seen>,
    files: string[],
    changes: string[],
    nameOf: (file: string) => string,
    isNamed = false,
  ): Map<string, Seen> {
    const after = new Map<string, Seen>();
    for (const file of files) {
      const old = before.get(file);
      const seen = glance(file, old, !isNamed);
      after.set(file, seen);
      // A file that is named for the first time is no change beside that of the policy that names it.
      if (old ? old.digest !== seen.digest : !isNamed)
        changes.push(`${nameOf(file)} ${old ? 'changed' : 'new'}`);
    }
    if (!isNamed)
      for (const file of before.keys()) if (!after.has(file)) changes.push(`${nameOf(file)} gone`);
    return after;
  }
}

function glance(file: string, old: Seen | undefined, isPolicy: boolean): Seen {
  const stat = statOf(file);
  if (old?.settled && old.stat === stat.text) return old;
  const now = Date.now();
  const firstSeen = old?.stat === stat.text ? old.firstSeen : now;
  const content = stat.isRead ? contentOf(file) : stat.text;
  const digest = digestOf(content);
  const settled = now - firstSeen >= SETTLED_MS;
  if (old?.digest === digest) return Object.assign(old, { stat: stat.text, firstSeen, settled });
  return {
    stat: stat.text,
    digest,
    firstSeen,
    settled,
    ...(isPolicy ? namedIn(content, file) : { keyFiles: [], tlsFiles: [] }),
  };
}

function statOf(file: string): { text: string; isRead: boolean } {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs, mode } = statSync(file, { bigint: true });
    const isFile = (Number(mode) & 0o170000) === 0o100000;
    const isRead = isFile && size > 0 && size <= MAX_BYTES;
    return { text: [dev, ino, size, mtimeNs, ctimeNs].join(' '), isRead };
  } catch (error) {
    return { text: String((error as NodeJS.ErrnoException).code), isRead: false };
  }
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

/** Found in the text, so that a policy that is broken in another place still tells what to wait for. */
function namedIn(text: string, file: string): Pick<Seen, 'keyFiles' | 'tlsFiles'> {
  const found: Pick<Seen, 'keyFiles' | 'tlsFiles'> = { keyFiles: [], tlsFiles: [] };
  for (const [, field, quoted] of Buffer.from(text, 'latin1').toString('utf8').matchAll(NAMED)) {
    try {
      const path = resolve(dirname(file), JSON.parse(quoted!) as string);
      (field === 'key_file' ? found.keyFiles : found.tlsFiles).push(path);
    } catch {
      // No string of JSON's: the policy is refused.
    }
  }
  return found;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text, 'latin1').digest('base64');
}
