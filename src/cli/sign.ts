/** `edge-auth sign`: a URL in, the signed URL out. */

import { type Command, Option } from 'commander';
import type { SignaturePlace } from '../core/signing/sign';
import { isoOf } from '../core/explain/moment';
import { servedBytes, verifyUrl } from '../core/signing/verify';
import { needOf } from '../core/signing/need';
import type { UrlSigning } from '../policy/policy';
import { buildSigned } from '../sign/build-signed';
import { isDigest } from '../sign/digest';
import { currentSecond, parseMoment } from './moment';
import { readSigningPolicy, unmergedOption, warn } from './signing-policy';

interface SignOptions {
  policy: string;
  at?: number;
  rand?: string;
  uid?: string;
  form?: SignaturePlace;
  key: '1' | '2';
  mergeSlashes: boolean;
}

export function addSign(program: Command): void {
  program
    .command('sign')
    .description('print the URL, signed')
    .argument('<url>', 'http(s) URL, or path and query')
    .requiredOption('--policy <file>', '<domain>.json')
    .option('--at <time>', 'time of signing, unix seconds or ISO 8601 with zone (default: now)', parseMoment)
    .option('--rand <text>', 'type A: makes each URL another one (default: a random UUID without hyphens)')
    .option('--uid <text>', 'type A: user id (default: "0")')
    .addOption(
      new Option('--form <form>', 'type C: in front of the path, or arguments').choices(['path', 'args']),
    )
    .addOption(new Option('--key <number>', "which of the policy's keys").choices(['1', '2']).default('1'))
    .option(...unmergedOption)
    .action((url: string, options: SignOptions) => {
      console.log(signed(readSigningPolicy(options.policy), url, options));
    });
}

function signed(signing: UrlSigning, url: string, options: SignOptions): string {
  const key = signing.keys[Number(options.key) - 1];
  if (key === undefined)
    throw new Error('expected key1 and key2 in the policy for --key 2, received key1 alone');
  const at = options.at ?? currentSecond();
  const { origin, target } = buildSigned(url, {
    form: signing,
    timeZone: signing.timeZone,
    key,
    at,
    rand: options.rand,
    uid: options.uid,
    place: options.form ?? signing.signedForm,
    isUnmerged: !options.mergeSlashes,
  });
  checkOpens(signing, target, at, !options.mergeSlashes);
  return origin + target;
}

/** What the edge would say at the time of signing, where a signature is needed; a warning where none is. */
function checkOpens(signing: UrlSigning, target: string, at: number, isUnmerged: boolean): void {
  const method = signing.methods.includes('GET') ? 'GET' : (signing.methods[0] ?? 'GET');
  const everywhere = { ...signing, whiteList: [], scope: undefined };
  const verdict = verifyUrl(everywhere, signing.keys, method, target, at, isDigest, isUnmerged);
  const { reason, cleanTarget } = verdict;
  if (reason === 'expired') {
    throw new Error(
      `expected a timeout that outlasts the minute, which is all that the timestamp tells, received timeout ${signing.timeout} at ${isoOf(at)}: set timeout to 60 or more`,
    );
  }
  if (reason !== 'signed') throw new Error(`expected a URL that the edge opens, received ${reason} from it`);
  const need = needOf(signing, method, servedBytes(cleanTarget, isUnmerged));
  if (need !== 'checked') {
    const why = need === 'white_list' ? 'its path is in white_list' : 'it is out of scope';
    warn(`${method} needs no signature here: ${why}`);
  }
}
