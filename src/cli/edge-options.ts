/** The options of `render` that say which nginx and njs the edge has, and what is known without them. */

import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { describeFound, mayBe } from '../conf/edge-facts';
import type { NjsSource } from '../conf/head';
import { parseRelease } from '../conf/njs-releases';
import type { EdgeFacts, Release } from '../conf/options';
import { findEdge } from './find-edge';

export interface EdgeOptions {
  out: string;
  prefix?: string;
  njsVersion?: Release;
  /** False: nobody is to be asked. Undefined: `nginx`, where the edge is this machine. */
  nginx?: string | false;
}

export interface KnownEdge {
  njsVersion: Release | undefined;
  edge: EdgeFacts;
  source: NjsSource;
}

function parseNjsVersion(value: string): Release {
  const release = parseRelease(value);
  if ('expected' in release) throw new InvalidArgumentError(release.expected);
  return release;
}

export function addEdgeOptions(command: Command): Command {
  return command
    .option(
      '--njs-version <version>',
      'njs release of the edge, if its nginx cannot be asked; where nobody knows the conf suits 0.7.9 and later, at some cost',
      parseNjsVersion,
    )
    .option(
      '--nginx <command>',
      'how to run the nginx of the edge, which is asked by -V and -t, never started; "none": not at all (default: nginx, if --out is where the edge finds the files)',
    )
    .option('--no-nginx', 'the same as --nginx none');
}

/** Why the default nginx is not asked, or what asking it came to; the same words each time, they stand in the conf. */
const reasons = {
  none: 'no nginx asked',
  elsewhere: 'the edge is elsewhere',
  absent: 'no nginx here',
  silent: 'nginx did not tell',
};

/** Throws where an nginx that the operator names cannot be asked. Warns where what is given is not what is found. */
export async function knowEdge(options: EdgeOptions, templates: string): Promise<KnownEdge> {
  const { njsVersion, nginx, out, prefix } = options;
  const unknown = (reason: string, edge: EdgeFacts = {}): KnownEdge => ({
    njsVersion,
    edge,
    source: njsVersion ? 'given' : { assumed: reason },
  });
  if (nginx === false || nginx === 'none') return unknown(reasons.none);
  // What is copied to another machine is not for the nginx of this one.
  if (nginx === undefined && prefix !== undefined && resolve(out) !== prefix)
    return unknown(reasons.elsewhere);
  const { facts, problem } = await findEdge(nginx ?? 'nginx', templates);
  if (problem) {
    if (nginx !== undefined && !njsVersion)
      throw new Error(`expected an nginx with njs behind --nginx, received: ${problem.text}`);
    if (problem.isThere || nginx !== undefined)
      console.error(`edge-auth: which njs nginx has is not known: ${problem.text}`);
    return unknown(problem.isThere ? reasons.silent : reasons.absent, facts);
  }
  const found = facts.njsVersion;
  if (njsVersion && found && !mayBe(njsVersion, found))
    console.error(
      `edge-auth: --njs-version ${njsVersion.join('.')} is not what nginx has, which is ${describeFound(found)}: the conf may not load, or cost more than it has to`,
    );
  return njsVersion ? unknown('', facts) : { njsVersion: found, edge: facts, source: 'found' };
}
