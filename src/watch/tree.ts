/** The files of one generation of the rendered folder; what did not change is linked, not written. */

import { createHash } from 'node:crypto';
import {
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { generatedMark } from '../conf/text';
import { isSecret, keptLists } from '../files/write-files';

/** Of `http.conf` with live policies. It changes with every policy, and what it renames in memory is read anew within seconds anyway. */
const EPOCH = /^(map "" \$edge_auth_epoch +\{ default )[0-9a-f]+;/m;

/** Path → what is there. `digest`: of what has to be loaded for a change to be in force. `isGenerated`: it goes where it is not rendered any more; all else is the operator's. */
export type Tree = Map<string, { digest: string; isGenerated: boolean }>;

/** Path → content, with its digest. */
export type Rendered = Map<string, { content: string; digest: string }>;

/** Writing waits for the disk: more at once share the wait. */
const AT_ONCE = 32;

/** Signals are heard between so many files. */
const BATCH = 500;

export function digestOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('base64');
}

export function digestFiles(files: Map<string, string>): Rendered {
  return new Map(
    [...files].map(([path, content]) => [path, { content, digest: digestOfFile(path, content) }]),
  );
}

function digestOfFile(path: string, content: string | Buffer): string {
  return digestOf(path === 'http.conf' ? content.toString().replace(EPOCH, '$1;') : content);
}

export function treeOf(folder: string): Tree {
  const tree: Tree = new Map();
  for (const { path, target } of walk(folder)) {
    const content = target === undefined ? readFileSync(join(folder, path)) : Buffer.from(target);
    const isGenerated =
      target === undefined &&
      path.endsWith('.conf') &&
      content.subarray(0, generatedMark.length).toString() === generatedMark;
    // (!) One that an earlier release left readable is not what has to be there.
    const isOpen = isGenerated && isSecret(path) && (statSync(join(folder, path)).mode & 0o077) !== 0;
    tree.set(path, { digest: isOpen ? 'readable by others' : digestOfFile(path, content), isGenerated });
  }
  return tree;
}

/** How many files differ from what is to be there. */
export function countChanges(tree: Tree, files: Rendered): number {
  let changes = 0;
  for (const [path, { digest }] of files) if (tree.get(path)?.digest !== digest) changes++;
  for (const [path, { isGenerated }] of tree) if (isGenerated && !files.has(path)) changes++;
  return changes;
}

/** Fills `to` with `files` and with what the operator has among the old ones. Returns what it then holds. */
export async function writeTree(
  old: { folder: string; tree: Tree },
  files: Rendered,
  to: string,
): Promise<Tree> {
  const tree: Tree = new Map();
  const makeFolder = folderMaker();
  const outdated = outdatedLists(old.folder, [...old.tree.keys()]);
  for (const [path, entry] of old.tree) {
    if (files.has(path) || entry.isGenerated || outdated.has(path)) continue;
    makeFolder(join(to, path));
    link(join(old.folder, path), join(to, path));
    tree.set(path, entry);
  }
  const changed: [path: string, content: string][] = [];
  for (const [path, { content, digest }] of files) {
    if (tree.size % BATCH === 0) await yieldToEvents();
    makeFolder(join(to, path));
    if (old.tree.get(path)?.digest === digest) link(join(old.folder, path), join(to, path));
    else changed.push([path, content]);
    tree.set(path, { digest, isGenerated: path.endsWith('.conf') });
  }
  while (changed.length > 0) {
    const writing = changed.splice(-AT_ONCE).map(([path, content]) =>
      // On the disk before anything leads to it: after a power cut nginx must not find an empty file.
      writeFile(join(to, path), content, { flush: true, mode: isSecret(path) ? 0o600 : 0o666 }),
    );
    await Promise.all(writing);
  }
  return tree;
}

/** A conf that is still loaded names the list of its own render; those of the oldest are not missed. */
function outdatedLists(folder: string, paths: string[]): Set<string> {
  const lists = paths
    .filter((path) => /^rendered\/[^/]+\.txt$/.test(path))
    .map((path) => ({ path, changed: statSync(join(folder, path)).mtimeMs }))
    .sort((a, b) => b.changed - a.changed);
  return new Set(lists.slice(keptLists).map(({ path }) => path));
}

/** Takes over the files and folders `tops` of `from`. */
export async function copyTree(from: string, tops: string[], to: string): Promise<void> {
  let count = 0;
  const makeFolder = folderMaker();
  for (const top of tops) {
    const real = realpathSync(join(from, top));
    for (const { path, target } of statSync(real).isDirectory() ? walk(real) : [{ path: '' }]) {
      if (++count % BATCH === 0) await yieldToEvents();
      const copy = join(to, top, path);
      makeFolder(copy);
      if (target === undefined) link(join(real, path), copy);
      // (!) A relative target would be another file from there.
      else symlinkSync(resolve(dirname(join(real, path)), target), copy);
    }
  }
}

/** Files and links below a folder, a link with its target. */
function walk(folder: string, below = ''): { path: string; target?: string }[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name);
    if (entry.isDirectory()) return walk(folder, path);
    if (entry.isSymbolicLink()) return [{ path, target: readlinkSync(join(folder, path)) }];
    // What a render that was killed left behind is nobody's.
    return entry.isFile() && !/^\.\d+\.\d+\.tmp$/.test(entry.name) ? [{ path }] : [];
  });
}

/** Makes the folder of a file, once. */
function folderMaker(): (file: string) => void {
  const made = new Set<string>();
  return (file) => {
    const folder = dirname(file);
    if (!made.has(folder)) mkdirSync(folder, { recursive: true });
    made.add(folder);
  };
}

function link(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // A file system without links, or a file of somebody else's.
    copyFileSync(from, to, constants.COPYFILE_EXCL);
  }
}
