/** Runs the signing commands on policies of a folder of their own. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ended, runCli } from '../cli/run-cli';

export const KEY1 = 'theFirstKey2024';
export const KEY2 = 'anotherOne-2025';

export interface PolicyFolder {
  /** Path of a file in the folder. */
  put: (name: string, content: unknown) => string;
  /** Runs a command on a policy with these fields beside key1 and key2; `AT` in 2023 is the clock unless `--at` is there. */
  run: (command: string, signing: object, ...args: string[]) => Promise<Ended>;
  remove: () => void;
}

/** 2023-11-14T22:13:20Z */
export const AT = 1700000000;

export function openPolicyFolder(start: (...args: string[]) => Promise<Ended> = runCli): PolicyFolder {
  const folder = mkdtempSync(join(tmpdir(), 'edge-auth-signing-'));
  let count = 0;
  const put = (name: string, content: unknown): string => {
    const file = join(folder, name);
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  };
  return {
    put,
    run: async (command, signing, ...args) => {
      const keys = 'key_file' in signing ? {} : { key1: KEY1, key2: KEY2 };
      const file = put(`p${count++}.example.com.json`, { url_signing: { ...keys, ...signing } });
      const at = args.includes('--at') ? [] : ['--at', String(AT)];
      const ended = await start(command, '--policy', file, ...at, ...args);
      expectNoKey(ended);
      return ended;
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** No command prints a key, whatever it is asked. */
export function expectNoKey({ stdout, stderr }: Ended): void {
  for (const key of [KEY1, KEY2]) expect(stdout + stderr).not.toContain(key);
}
