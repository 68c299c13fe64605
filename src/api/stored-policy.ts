/** A policy as it lies in the folder, and as it is to lie there. */

import { type Issue, parsePolicy, type Policy } from '../policy/policy';
import { parseKeyFile } from '../policy/signing-keys';
import type { Problem } from './answer';
import { etagOf } from './precondition';
import { readKeyText, readPolicyText } from './store';

export interface StoredPolicy {
  text: string;
  etag: string;
  /** The file's JSON, as written; undefined where the file has a fault. */
  value: unknown;
  policy: Policy | undefined;
  issues: Issue[];
}

/** Undefined where there is no file. Keys in a file of their own are not read yet. */
export function readPolicy(folder: string, domain: string): StoredPolicy | undefined {
  const text = readPolicyText(folder, domain);
  return text === undefined ? undefined : judgeText(text, domain);
}

export function judgeText(text: string, domain: string): StoredPolicy {
  const parsed = parsePolicy(text, domain + '.json');
  return {
    text: text,
    etag: etagOf(text),
    value: parsed.policy === undefined ? undefined : JSON.parse(text),
    policy: parsed.policy,
    issues: parsed.issues,
  };
}

/** The text of a policy file. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, null, 2) + '\n';
}

/** Fills the keys from the policy's key file, if it has one; gives the problem that is in the way. */
export function fillKeys(folder: string, policy: Policy): Problem | undefined {
  const signing = policy.urlSigning;
  if (signing === undefined || signing.keyFile === undefined) return undefined;
  const problems: Problem[] = [];
  const report = function (pointer: string, expected: string, received: string): void {
    problems.push({ pointer: pointer, expected: expected, received: received });
  };
  const pointer = '/url_signing/key_file';
  try {
    signing.keys = parseKeyFile(readKeyText(folder, signing.keyFile), pointer, report);
  } catch (e) {
    // The code only: the message repeats the path, and a key that was taken for a path is still a key.
    report(pointer, 'a short text file that nginx may read', (e as { code?: string }).code || 'another one');
  }
  return problems[0];
}
