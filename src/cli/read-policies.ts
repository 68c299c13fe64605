/** Reads every policy of a folder and reports all problems at once. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Issue, type Policy, parsePolicy } from '../policy/policy';

export interface ReadPolicies {
  policies: Policy[];
  issues: Issue[];
}

export function readPolicies(folder: string): ReadPolicies {
  let names: string[];
  try {
    names = readdirSync(folder)
      .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
      .sort();
  } catch (error) {
    return {
      policies: [],
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
      issues: [{ file: folder, pointer: '', expected: 'at least one <domain>.json', received: 'none' }],
    };
  }
  const policies: Policy[] = [];
  const issues: Issue[] = [];
  for (const name of names) {
    const file = join(folder, name);
    try {
      const parsed = parsePolicy(readFileSync(file, 'utf8'), file);
      if (parsed.policy) policies.push(parsed.policy);
      issues.push(...parsed.issues);
    } catch (error) {
      issues.push({
        file,
        pointer: '',
        expected: 'a readable file',
        received: String((error as Error).message),
      });
    }
  }
  return { policies, issues: [...issues, ...repeatedDomains(policies, folder)] };
}

/** File names that differ in case only name the same domain. */
function repeatedDomains(policies: Policy[], folder: string): Issue[] {
  const domains = policies.map((policy) => policy.domain);
  return domains
    .filter((domain, index) => domains.indexOf(domain) !== index)
    .map((domain) => ({
      file: join(folder, `${domain}.json`),
      pointer: '',
      expected: 'one policy a domain',
      received: `several for ${domain}`,
    }));
}
