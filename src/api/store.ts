/**
 * The folder of policies, and the only place of the API that touches files. `<domain>.json` is the truth; `.live/<domain>` is what the
 * data plane reads of it. `domain` has passed `readDomain`, so it begins with no dot and has no slash.
 */

import fs from 'fs';
import { digestOfEntry } from '../core/live-entry';
import { sha256, unchangedFolder } from '../policy/live-policy';

/** Two keys of 128 characters and their line ends. */
const maxKeyFile = 300;

function isMissing(error: unknown): boolean {
  return (error as { code?: string }).code === 'ENOENT';
}

function readText(path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch (e) {
    if (isMissing(e)) return undefined;
    throw e;
  }
}

function remove(path: string): void {
  try {
    fs.unlinkSync(path);
  } catch (e) {
    if (!isMissing(e)) throw e;
  }
}

export function readPolicyText(folder: string, domain: string): string | undefined {
  return readText(folder + '/' + domain + '.json');
}

export function hasPolicy(folder: string, domain: string): boolean {
  return fs.statSync(folder + '/' + domain + '.json', { throwIfNoEntry: false }) !== undefined;
}

/** The names of all files of policies, without `.json`, in no order. */
export function listPolicies(folder: string): string[] {
  return fs
    .readdirSync(folder)
    .filter(function (name) {
      return name.charAt(0) !== '.' && name.slice(-5) === '.json';
    })
    .map(function (name) {
      return name.slice(0, -5);
    });
}

/** `path` as a policy names it. Throws what is no short regular file: opening a pipe would wait. */
export function readKeyText(folder: string, path: string): string {
  const file = path.charAt(0) === '/' ? path : folder + '/' + path;
  const stats = fs.statSync(file);
  if (!stats.isFile() || stats.size > maxKeyFile) throw new Error('no regular file of at most 300 bytes');
  return fs.readFileSync(file, 'utf8');
}

/** The shape of remote authentication that the loaded conf was rendered from; undefined where it does not know the domain. */
export function readRenderedShape(file: string, domain: string): string | undefined {
  // One line for each of many domains: nothing of it is copied but the shape.
  const text = readText(file) || '';
  const wanted = domain + ' ';
  const isFirst = text.slice(0, wanted.length) === wanted;
  const before = isFirst ? -1 : text.indexOf('\n' + wanted);
  if (before < 0 && !isFirst) return undefined;
  const start = before + 1 + wanted.length;
  const end = text.indexOf('\n', start);
  return end < 0 ? text.slice(start) : text.slice(start, end);
}

/** Whole or not at all, also when the process is killed: under another name first. What an earlier one left under it goes. */
function write(path: string, temporary: string, text: string): void {
  remove(temporary);
  try {
    fs.writeFileSync(temporary, text, { mode: 0o600, flag: 'wx' });
    fs.renameSync(temporary, path);
  } catch (e) {
    remove(temporary);
    throw e;
  }
}

/**
 * Puts a policy in the place of the one that is there. Until the policy file itself is renamed nothing has changed; from then on the change
 * is made, whatever happens: the data plane finds the compiled copy under `.<domain>.next` until it has its name. Throws if nothing was changed; a
 * step after that which fails is handed to `warn`.
 */
export function writePolicy(
  folder: string,
  domain: string,
  text: string,
  live: string,
  warn: (error: unknown) => void,
): void {
  const compiled = folder + '/.live/' + domain;
  const next = nextOf(folder, domain);
  if (fs.statSync(folder + '/.live', { throwIfNoEntry: false }) === undefined) makeLiveFolder(folder);
  finishEarlier(folder, domain);
  write(next, folder + '/.live/.' + domain + '.tmp', live);
  try {
    removeUnchanged(folder, domain);
    write(folder + '/' + domain + '.json', folder + '/.' + domain + '.tmp', text);
  } catch (e) {
    remove(next);
    throw e;
  }
  try {
    fs.renameSync(next, compiled);
  } catch (e) {
    warn(e);
  }
}

/**
 * From here on JavaScript judges by the policy, as it is and as it will be. (!) After the waiting copy was written: `writeLive`, which
 * makes such links, lets be while there is one.
 */
function removeUnchanged(folder: string, domain: string): void {
  const links = folder + '/' + unchangedFolder + '/' + domain;
  let names: string[] = [];
  try {
    names = fs.readdirSync(links) as string[];
  } catch (e) {
    if (!isMissing(e)) throw e;
  }
  names.forEach(function (name) {
    remove(links + '/' + name);
  });
}

/** Where a change's compiled copy waits; no domain begins with a dot. */
function nextOf(folder: string, domain: string): string {
  return folder + '/.live/.' + domain + '.next';
}

/**
 * Gives the compiled copy its name that a killed worker could not give it: it fits the policy file, and is about to make room.
 * (!) Else a change that does not come to its end either would bring back the policy before both.
 */
function finishEarlier(folder: string, domain: string): void {
  const next = nextOf(folder, domain);
  const live = readText(next);
  const policy = live === undefined ? undefined : readPolicyText(folder, domain);
  if (live !== undefined && policy !== undefined && digestOfEntry(live) === sha256(policy))
    fs.renameSync(next, folder + '/.live/' + domain);
}

/** Another worker may be first. */
function makeLiveFolder(folder: string): void {
  try {
    fs.mkdirSync(folder + '/.live', { mode: 0o700 });
  } catch (e) {
    if ((e as { code?: string }).code !== 'EEXIST') throw e;
  }
}

/** The policy file first: without it the domain is closed, whatever else is there. Throws if it is still there. */
export function removePolicy(folder: string, domain: string, warn: (error: unknown) => void): void {
  removeUnchanged(folder, domain);
  fs.unlinkSync(folder + '/' + domain + '.json');
  try {
    remove(folder + '/.live/' + domain);
    remove(nextOf(folder, domain));
  } catch (e) {
    warn(e);
  }
}
