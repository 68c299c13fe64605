/** Reads the keys of a policy that names a key file. */

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Issue, Policy } from '../policy/policy';
import { parseKeyFile } from '../policy/signing-keys';

const POINTER = '/url_signing/key_file';

/** Two keys of 128 characters and their line ends; a longer file is none. */
const MAX_BYTES = 300;

/** Fills `urlSigning.keys` from the key file, if there is one. `file` is the policy's: the path counts from its folder. */
export function readKeys(policy: Policy, file: string): Issue[] {
  const { urlSigning } = policy;
  if (urlSigning?.keyFile === undefined) return [];
  const issues: Issue[] = [];
  const report = (pointer: string, expected: string, received: string) =>
    issues.push({ file, pointer, expected, received });
  try {
    const text = readStart(resolve(dirname(file), urlSigning.keyFile));
    urlSigning.keys = parseKeyFile(text, POINTER, report);
  } catch (error) {
    // The code only: a message of the system's repeats the path, and a key that was taken for a path is still a key.
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    report(POINTER, "a readable text file (a relative path counts from the policy's folder)", reason);
  }
  return issues;
}

/** At most one byte more than a key file may have; never waits, as opening a pipe would. */
function readStart(path: string): string {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!fstatSync(descriptor).isFile()) throw new Error('no regular file');
    const bytes = Buffer.alloc(MAX_BYTES + 1);
    const length = readSync(descriptor, bytes, 0, bytes.length, 0);
    if (length > MAX_BYTES) throw new Error(`more than ${MAX_BYTES} bytes`);
    return bytes.toString('utf8', 0, length);
  } finally {
    closeSync(descriptor);
  }
}
