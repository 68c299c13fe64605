/** `edge-auth purge`: no decision about a domain is met any more. */

import { chmodSync, chownSync, existsSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import { applyEdits, modify } from 'jsonc-parser';
import { formatIssue, parsePolicy } from '../policy/policy';
import { nextVersion } from '../policy/purge';
import { readPolicy } from '../files/read-policies';
import { asOwnerOf, writeLive } from '../files/write-live';

const place = ['remote_auth', 'cache', 'version'];

export function addPurge(program: Command): void {
  program
    .command('purge <domain>')
    .description(
      'forget the decisions about a domain that are kept: counts remote_auth.cache.version up in its policy',
    )
    .requiredOption('--policies <dir>', 'folder of <domain>.json')
    .action((domain: string, { policies }: { policies: string }) => {
      const version = asOwnerOf(policies, (folder) => purge(folder, domain));
      if (version === undefined) {
        process.exitCode = 1;
        return;
      }
      const isLive = existsSync(join(policies, '.live'));
      const next = isLive
        ? 'nginx goes by it within 5 seconds'
        : 'in force once the policies are rendered and nginx is reloaded, as edge-auth watch does';
      console.log(`edge-auth: ${domain}: remote_auth.cache.version is ${version} now; ${next}`);
    });
}

/** The new version; undefined where the policy has a fault, which is reported. */
function purge(folder: string, domain: string): number | undefined {
  const { policy: named, issues: unnamed } = parsePolicy('{"url_signing":false}', `${domain}.json`);
  if (named && named.domain !== domain.toLowerCase())
    throw new Error(`expected a domain, received ${JSON.stringify(domain)}`);
  if (!named) throw new Error(unnamed.map(formatIssue).join('\n'));
  // The file's name may be in another case than the domain is asked for.
  const name = `${domain}.json`;
  const found = readdirSync(folder).find((other) => other.toLowerCase() === name.toLowerCase());
  const file = join(folder, found ?? name);
  const before = readPolicy(file);
  if (!before.policy) {
    for (const issue of before.issues) console.error(formatIssue(issue));
    return undefined;
  }
  const version = nextVersion(JSON.parse(before.text));
  if (version === undefined)
    throw new Error(
      `${file}: expected remote_auth.cache, received a policy without it: no decision of ${domain} is kept`,
    );
  const formattingOptions = { insertSpaces: true, tabSize: 2 };
  const text = applyEdits(before.text, modify(before.text, place, version, { formattingOptions }));
  const after = parsePolicy(text, file);
  if (!after.policy) throw new Error(after.issues.map(formatIssue).join('\n'));
  replace(file, text);
  if (existsSync(join(folder, '.live'))) compile(folder, file);
  return version;
}

/** Whole or not at all, with the rights that it had. */
function replace(file: string, text: string): void {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
  const { mode, uid, gid } = statSync(file);
  writeFileSync(temporary, text, { flush: true, flag: 'wx', mode: 0o600 });
  if (process.geteuid?.() === 0) chownSync(temporary, uid, gid);
  chmodSync(temporary, mode & 0o777);
  renameSync(temporary, file);
}

function compile(folder: string, file: string): void {
  const read = readPolicy(file);
  if (!read.policy) return;
  writeLive(folder, { policies: [read.policy], texts: new Map([[read.policy.domain, read.text]]) });
}
