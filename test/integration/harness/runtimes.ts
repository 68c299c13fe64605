import { readFileSync } from 'node:fs';
import path from 'node:path';

/** One nginx with one JS engine. The set-up step asked it for its versions. */
export interface Runtime {
  name: string;
  image: string;
  nginxVersion: string;
  njsVersion: string;
  engine: 'njs' | 'qjs';
}

interface Prepared extends Runtime {
  /** The name that EDGE_AUTH_RUNTIMES may use whatever the source of the image is. */
  slot: string;
}

export const repositoryRoot = path.resolve(__dirname, '../../..');

const list = path.join(repositoryRoot, '.cache/runtimes.json');

function readRuntimes(): Runtime[] {
  const prepared = JSON.parse(readFileSync(list, 'utf8')) as Prepared[];
  const wanted = (process.env['EDGE_AUTH_RUNTIMES'] ?? '').split(',').map((name) => name.trim());
  const isWanted = ({ slot, name }: Prepared) => wanted.includes(slot) || wanted.includes(name);
  const chosen = wanted.some(Boolean) ? prepared.filter(isWanted) : prepared;
  if (chosen.length === 0) {
    throw new Error(
      `${list} holds none of the runtimes ${wanted.join(', ')}: run node test/setup/prepare.mjs`,
    );
  }
  return chosen;
}

/** Every runtime that is ready here and that EDGE_AUTH_RUNTIMES leaves. */
export const runtimes: Runtime[] = readRuntimes();

/** Is `version` (dotted numbers) at least `least`? */
export function isAtLeast(version: string, least: string): boolean {
  return version.localeCompare(least, 'en', { numeric: true }) >= 0;
}
