/** `edge-auth verify`: what the edge says about a signed URL, for scripts. */

import type { Command } from 'commander';
import type { Judged } from '../core/explain/steps';
import { verifyUrl } from '../core/signing/verify';
import { isDigest } from '../sign/digest';
import { splitUrl } from '../sign/split-url';
import { currentSecond, parseMoment } from './moment';
import { readSigningPolicy, unmergedOption } from './signing-policy';

export function addVerify(program: Command): void {
  addJudging(
    program,
    'verify',
    'print what the edge says about a URL, as one line of JSON',
    ({ origin, verdict }) =>
      JSON.stringify({
        verdict: verdict.decision,
        reason: verdict.reason,
        clean_url: verdict.decision === 'allow' ? origin + verdict.cleanTarget : null,
      }),
  );
}

interface JudgingOptions {
  policy: string;
  at?: number;
  method: string;
  mergeSlashes: boolean;
}

/** A command that ends with 0 for a URL that the edge allows, 1 for one that it denies, 2 where that cannot be said. */
export function addJudging(
  program: Command,
  name: string,
  description: string,
  print: (judged: Judged) => string,
): void {
  program
    .command(name)
    .description(`${description}; ends with 0 for allow, 1 for deny, 2 for neither`)
    .argument('<url>', 'http(s) URL, or path and query, to the letter as the edge receives it')
    .requiredOption('--policy <file>', '<domain>.json')
    .option(
      '--at <time>',
      'the clock of the edge, unix seconds or ISO 8601 with zone (default: now)',
      parseMoment,
    )
    .option('--method <method>', 'request method', 'GET')
    .option(...unmergedOption)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .action((url: string, options: JudgingOptions) => {
      // Whatever goes wrong from here on is no verdict.
      process.exitCode = 2;
      const signing = readSigningPolicy(options.policy);
      const { origin, target } = splitUrl(url);
      const { policy: place, method, at = currentSecond() } = options;
      const isUnmerged = !options.mergeSlashes;
      const verdict = verifyUrl(signing, signing.keys, method, target, at, isDigest, isUnmerged);
      console.log(print({ place, signing, method, origin, target, at, isUnmerged, verdict }));
      process.exitCode = verdict.decision === 'allow' ? 0 : 1;
    });
}
