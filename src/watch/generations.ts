/**
 * The rendered folder of `edge-auth watch`. What nginx reads there changes all at once, and back:
 *
 *     OUT/http.conf, OUT/servers, …  links to .watch/current/http.conf, …
 *     OUT/.watch/current             link to gen/<n>: what nginx reads; one rename changes all of it
 *     OUT/.watch/tested              link to the generation that passed the test
 *     OUT/.watch/loaded              digest of what nginx was last told to load
 */

import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { renderedFolders } from '../files/rendered-folders';
import { copyTree, type Rendered, type Tree, treeOf, writeTree } from './tree';

/** What a render may fill, where OUT was not made by watch. */
const KNOWN = [...renderedFolders, 'http.conf'].concat([
  'edge_auth.js',
  'edge_auth_live.js',
  'edge_auth_api.js',
]);

export class Generations {
  private readonly state: string;
  private number = 0;
  tree: Tree = new Map();

  constructor(private readonly out: string) {
    this.state = join(out, '.watch');
    mkdirSync(join(this.state, 'gen'), { recursive: true });
  }

  folder(number = this.number): string {
    return join(this.state, 'gen', String(number));
  }

  /** Puts back what passed the test if a watch was killed before it had an answer. True if so. */
  recover(): boolean {
    const tested = linkOf(join(this.state, 'tested'));
    if (tested === undefined || !existsSync(join(this.state, tested))) return false;
    const isUntested = linkOf(join(this.state, 'current')) !== tested;
    if (isUntested) this.point('current', tested);
    this.number = Number(/\d+$/.exec(tested)?.[0]);
    this.linkMissing(readdirSync(this.folder()));
    this.tree = treeOf(this.folder());
    return isUntested;
  }

  /** Takes over what somebody else rendered into OUT, because nginx has it: at the first start, or after `edge-auth render`. */
  async adopt(): Promise<void> {
    const tops = KNOWN.filter((top) => existsSync(join(this.out, top)));
    const others = tops.filter((top) => linkOf(join(this.out, top)) !== `.watch/current/${top}`);
    if (this.number > 0 && others.length === 0) return;
    const number = await this.begin();
    await copyTree(this.out, tops, this.folder(number));
    const tree = treeOf(this.folder(number));
    this.use(number);
    await this.keep(number, tree);
    for (const top of others) this.replaceByLink(top);
    await this.sweep();
  }

  /** Writes a generation that nginx does not read yet. */
  async build(files: Rendered): Promise<{ number: number; tree: Tree }> {
    const number = await this.begin();
    const tree = await writeTree({ folder: this.folder(), tree: this.tree }, files, this.folder(number));
    this.linkMissing([...files.keys()].map((path) => path.split('/')[0]!));
    return { number, tree };
  }

  /** From here on nginx reads this generation. */
  use(number = this.number): void {
    this.point('current', `gen/${number}`);
  }

  /** This generation passed the test; the others are of no use any more. */
  async keep(number: number, tree: Tree): Promise<void> {
    this.point('tested', `gen/${number}`);
    this.number = number;
    this.tree = tree;
    // Where it was tested aside. A watch that is killed right here does this at its next start.
    this.use();
    await this.sweep();
  }

  /** Removes all but the generation that is kept. */
  async sweep(): Promise<void> {
    const old = readdirSync(this.state).filter((name) => /^old-|\.tmp$/.test(name));
    const generations = readdirSync(join(this.state, 'gen')).filter((name) => name !== String(this.number));
    const gone = [...old, ...generations.map((name) => join('gen', name))];
    for (const name of gone) {
      // What a network file system holds on to goes the next time.
      await rm(join(this.state, name), { recursive: true, force: true }).catch(() => undefined);
    }
  }

  get loaded(): string | undefined {
    const file = join(this.state, 'loaded');
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  }

  set loaded(digest: string) {
    const temporary = join(this.state, 'loaded.tmp');
    writeFileSync(temporary, digest, { flush: true });
    renameSync(temporary, join(this.state, 'loaded'));
  }

  private async begin(): Promise<number> {
    const number = this.number + 1;
    await rm(this.folder(number), { recursive: true, force: true });
    mkdirSync(this.folder(number));
    return number;
  }

  private point(name: string, target: string): void {
    const temporary = join(this.state, `${name}.tmp`);
    rmSync(temporary, { force: true });
    symlinkSync(target, temporary);
    renameSync(temporary, join(this.state, name));
  }

  private linkMissing(tops: string[]): void {
    for (const top of new Set(tops)) {
      const isThere = lstatSync(join(this.out, top), { throwIfNoEntry: false }) !== undefined;
      if (!isThere) symlinkSync(`.watch/current/${top}`, join(this.out, top));
    }
  }

  /** (!) No system call exchanges a folder and a link from here: between the two renames the folder is missing. Once in a folder's life. */
  private replaceByLink(top: string): void {
    const path = join(this.out, top);
    const temporary = join(this.state, `${top}.tmp`);
    rmSync(temporary, { force: true });
    symlinkSync(`.watch/current/${top}`, temporary);
    if (lstatSync(path).isDirectory()) renameSync(path, join(this.state, `old-${top}`));
    renameSync(temporary, path);
  }
}

function linkOf(path: string): string | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isSymbolicLink() ? readlinkSync(path) : undefined;
}
