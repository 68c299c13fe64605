/**
 * Asks the edge's nginx what it is, with `nginx -V`, `nginx -t` and, for a `secure_link` of the operator's, `nginx -T`: starts nothing, and
 * needs no root: who may not read the conf does not learn of a `secure_link` in it.
 */

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  loadLines,
  needsNotice,
  readNotice,
  readRelease,
  readVersions,
  usesSecureLink,
} from '../conf/edge-facts';
import type { EdgeFacts, Release } from '../conf/options';
import { openTemplates } from '../conf/template';
import { type CommandEnd, runProgram } from '../watch/command';

/** How long nginx may take for each answer, in milliseconds. */
const ANSWER_MS = 10_000;

export interface FoundEdge {
  facts: EdgeFacts;
  /** Why `facts` lack the njs release. `isThere`: it is nginx that has been asked. */
  problem?: { text: string; isThere: boolean };
}

/** `command`: how nginx is run, through the shell. `templates`: the folder of templates. */
export async function findEdge(command: string, templates: string, answerMs = ANSWER_MS): Promise<FoundEdge> {
  const run = (...args: string[]): Promise<CommandEnd> =>
    // Where Debian keeps nginx, users other than root do not look.
    runProgram(
      ['/bin/sh', '-c', `PATH=$PATH:/usr/local/sbin:/usr/sbin; ${command} "$@"`, 'sh', ...args],
      answerMs,
    );
  const versions = await run('-V');
  const facts = readVersions(versions.output);
  if (!facts) {
    const said = versions.output.trim().split('\n').pop() ?? '';
    const text = `${command} -V ${versions.text}${said === '' ? '' : `: ${said}`}`;
    return { facts: {}, problem: { text, isThere: false } };
  }
  // (!) In TMPDIR, so that an nginx that sees other files (`docker exec`) can be shown a folder that both see.
  const folder = mkdtempSync(join(tmpdir(), 'edge-auth-nginx-'));
  try {
    const found = await findRelease(run, folder, versions.output, templates);
    if ('problem' in found) return { facts, problem: { text: found.problem, isThere: true } };
    const whole = await run('-T', '-e', 'stderr');
    return { facts: { ...facts, njsVersion: found.atLeast, usesSecureLink: usesSecureLink(whole.output) } };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function findRelease(
  run: (...args: string[]) => Promise<CommandEnd>,
  folder: string,
  versions: string,
  templates: string,
): Promise<{ atLeast: Release } | { problem: string }> {
  const fill = openTemplates(templates);
  const test = async (name: string, line: string): Promise<CommandEnd> => {
    const conf = join(folder, 'nginx.conf');
    writeFor(conf, fill(`probe/${name}.conf`, { EDGE_AUTH_LOAD_MODULE: line }));
    return run('-t', '-e', 'stderr', '-p', folder, '-c', conf);
  };
  chmodSync(folder, 0o755);
  writeFor(join(folder, 'edge_auth.js'), 'export default {};\n');
  let problem: string | undefined;
  for (const line of loadLines(versions)) {
    const { output, text } = await test('releases', line);
    const told = readRelease(output);
    if ('atLeast' in told) {
      if (!needsNotice(told.atLeast)) return told;
      return { atLeast: readNotice((await test('notice', line)).output) };
    }
    if (told.isLoaded) return { problem: output === '' ? `nginx -t ${text}` : told.problem };
    // The first line is what nginx was configured with: what it says is what helps.
    problem ??= told.problem;
  }
  return { problem: problem ?? 'njs is not loaded' };
}

/** Whatever the umask: nginx may be run as another user. */
function writeFor(file: string, content: string): void {
  writeFileSync(file, content);
  chmodSync(file, 0o644);
}
