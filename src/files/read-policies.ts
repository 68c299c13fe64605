/** Reads policies, with the keys that they keep in files of their own, and reports all problems at once. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PolicySet } from '../conf/render';
import { readKeys } from './key-file';
import { type Issue, type Policy, parsePolicy } from '../policy/policy';

export interface ReadPolicies extends PolicySet {
  issues: Issue[];
}

/** `read` reads one policy file. */
export function readPolicies(folder: string, read = readPolicy): ReadPolicies {
  let names: string[];
  try {
    names = readdirSync(folder)
      .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
      .sort();
  } catch (error) {
    return {
      policies: [],
      texts: new Map(),
      issues: [
        {
          file: folder,
          pointer: '',
          expected: 'a readable folder of policies',
          received: String((error as Error).message),
        },
      ],
    };
  }
  if (names.length === 0) {
    return {
      policies: [],
      texts: new Map(),
      issues: [{ file: folder, pointer: '', expected: 'at least one <domain>.json', received: 'none' }],
    };
  }
  const policies: Policy[] = [];
  const texts = new Map<string, string>();
  const issues: Issue[] = [];
  for (const name of names) {
    const file = join(folder, name);
    const found = read(file);
    if (found.policy) {
      policies.push(found.policy);
      texts.set(found.policy.domain, found.text);
    }
    issues.push(...found.issues);
  }
  return { policies, texts, issues: [...issues, ...repeatedDomains(policies, folder)] };
}

/** Reads one policy, with the keys of its key file. */
export function readPolicy(
  file: string,
): { policy: Policy; text: string; issues: [] } | { policy: undefined; issues: Issue[] } {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const received = String((error as Error).message);
    return { policy: undefined, issues: [{ file, pointer: '', expected: 'a readable file', received }] };
  }
  const parsed = parsePolicy(text, file);
  if (parsed.policy === undefined) return parsed;
  const issues = readKeys(parsed.policy, file);
  return issues.length > 0 ? { policy: undefined, issues } : { ...parsed, text };
}

/** File names that differ in case only name the same domain. */
function repeatedDomains(policies: Policy[], folder: string): Issue[] {
  const seen = new Set<string>();
  return policies
    .map(({ domain }) => domain)
    .filter((domain) => seen.size === seen.add(domain).size)
    .map((domain) => ({
      file: join(folder, `${domain}.json`),
      pointer: '',
      expected: 'one policy a domain',
      received: `several for ${domain}`,
    }));
}
