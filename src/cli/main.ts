/** The command line. */

import { isIPv4 } from 'node:net';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { formatIssue } from '../policy/policy';
import { addApiOptions, type ApiOptions, apiSettings } from './api-options';
import { apiAbsent } from '../conf/api';
import { madeOf } from '../conf/head';
import { isLive, type Wiring } from '../conf/options';
import { addEdgeOptions, type EdgeOptions, knowEdge, type KnownEdge } from './edge-options';
import { addExplain } from './explain';
import { probe } from './probe';
import { readPolicies, type ReadPolicies } from '../files/read-policies';
import { addPurge } from './purge';
import { renderFiles } from '../conf/render';
import { addSign } from './sign';
import { addVerify } from './verify';
import { addWatchOptions, watch, type WatchOptions } from '../watch/watch';
import { writeFiles } from '../files/write-files';
import { writeLive } from '../files/write-live';

/** Of this package; the build puts it in. */
declare const EDGE_AUTH_VERSION: string;
const version = EDGE_AUTH_VERSION;

const templates = fileURLToPath(new URL('./nginx/', import.meta.url));

function parseDecider(value: string): string {
  const [, host = '', port] = /^(127\.\d+\.\d+\.\d+|\[::1\]):([1-9]\d{0,4})$/.exec(value) ?? [];
  const isSocket = /^unix:\/[A-Za-z0-9._/-]+$/.test(value) && value.length <= 'unix:'.length + 107;
  if (!isSocket && !((host === '[::1]' || isIPv4(host)) && Number(port) <= 65535)) {
    throw new InvalidArgumentError(
      'expected unix:/path of at most 107 characters or a loopback address with a port, such as 127.0.0.1:9080',
    );
  }
  return value;
}

function parsePrefix(value: string): string {
  if (!/^\/[A-Za-z0-9._/-]*[A-Za-z0-9._-]\/*$/.test(value)) {
    throw new InvalidArgumentError(
      `expected an absolute path of letters, digits, ".", "_", "-" and "/" for --prefix (by default --out), received ${JSON.stringify(value)}`,
    );
  }
  return value.replace(/\/+$/, '');
}

function parseCachePath(value: string): string {
  if (!/^(?:\/[A-Za-z0-9._-]+){2,}$/.test(value)) {
    throw new InvalidArgumentError(
      'expected an absolute path of letters, digits, ".", "_", "-" and "/" below a folder that exists, such as /run/edge-auth-cache',
    );
  }
  return value;
}

function parseSize(value: string): string {
  if (!/^[1-9]\d{0,5}[kmg]$/.test(value))
    throw new InvalidArgumentError('expected a number and k, m or g, such as 64m');
  return value;
}

/** Prints every problem and sets the exit code; true if there was one. */
function reportIssues({ issues }: ReadPolicies): boolean {
  for (const issue of issues) console.error(formatIssue(issue));
  if (issues.length > 0) process.exitCode = 1;
  return issues.length > 0;
}

function counted(policies: unknown[]): string {
  return `${policies.length} ${policies.length === 1 ? 'policy' : 'policies'}`;
}

const program = new Command('edge-auth')
  .description('Remote authentication and URL signing for your own nginx edge.')
  .showHelpAfterError();

interface RenderCommandOptions extends ApiOptions, EdgeOptions {
  policies: string;
  decider: string;
  wiring: Wiring;
  cachePath: string;
  cacheSize: string;
  engine?: 'njs';
  native: boolean;
}

function addRenderOptions(command: Command): Command {
  const asked = addApiOptions(command)
    .requiredOption('--policies <dir>', 'folder of <domain>.json')
    .requiredOption('--out <dir>', 'folder to write')
    .option(
      '--prefix <dir>',
      'where the edge finds the written folder (default: the absolute path of --out)',
      parsePrefix,
    )
    .option('--decider <address>', 'where the decider listens', parseDecider, 'unix:/run/edge-auth.sock');
  return addEdgeOptions(asked)
    .addOption(
      new Option('--wiring <wiring>', 'hop: ask through the decider; inline: ask from the edge itself')
        .choices(['hop', 'inline'])
        .default('hop'),
    )
    .option(
      '--cache-path <dir>',
      'folder of decisions that are kept, on the edge; the files hold credentials, so a file system in memory is the place',
      parseCachePath,
      '/run/edge-auth-cache',
    )
    .option('--cache-size <size>', 'what these files may take, such as 64m', parseSize, '64m')
    .addOption(
      new Option(
        '--engine <engine>',
        'njs: protected servers use the njs engine whatever js_engine http {} chose, at a tenth of the memory for each download; needs --njs-version 0.8.6 or later',
      ).choices(['njs']),
    )
    .option(
      '--no-native',
      'JavaScript judges every signature and every answer: for an nginx without secure_link, or a location with a secure_link of its own beside signed URLs',
    );
}

let isAbsenceTold = false;

/** Path below --out → content. What nginx reads of the policies while it runs is written where it belongs. */
function renderPolicies(
  read: ReadPolicies,
  options: RenderCommandOptions,
  { njsVersion, edge, source }: KnownEdge,
): Map<string, string> {
  const prefix = options.prefix ?? parsePrefix(resolve(options.out));
  const { decider, wiring, engine, native, cachePath, cacheSize } = options;
  const api = apiSettings(options, options.policies);
  const cache = { path: cachePath, size: cacheSize };
  const settings = { wiring, decider, prefix, njsVersion, edge, engine, native, cache, api };
  const made = madeOf(version, settings, source);
  const files = renderFiles(read, { ...settings, made }, templates);
  // nginx reads a policy's compiled copy whatever conf it has.
  if (isLive(settings)) writeLive(options.policies, read);
  else if (api && !isAbsenceTold) console.error(`edge-auth: ${apiAbsent.slice(2)}`);
  isAbsenceTold = true;
  return files;
}

addRenderOptions(
  program.command('render').description('turn the policies into nginx conf, all or nothing'),
).action(async (options: RenderCommandOptions) => {
  const read = readPolicies(options.policies);
  if (reportIssues(read)) {
    console.error(`edge-auth: nothing written, ${options.out} is as it was`);
    return;
  }
  writeFiles(options.out, renderPolicies(read, options, await knowEdge(options, templates)));
  console.log(`edge-auth: ${counted(read.policies)} rendered to ${options.out}`);
});

addWatchOptions(
  addRenderOptions(
    program.command('watch').description('render, test and reload whenever the policies change'),
  ),
).action(async (options: RenderCommandOptions & WatchOptions) => {
  const edge = await knowEdge(options, templates);
  const isDone = await watch(options, (readOne) => {
    const read = readPolicies(options.policies, readOne);
    return read.issues.length > 0 ? read : { files: renderPolicies(read, options, edge) };
  });
  if (!isDone) process.exitCode = 1;
});

program
  .command('check')
  .description('report every problem of the policies')
  .requiredOption('--policies <dir>', 'folder of <domain>.json')
  .option('--probe', 'ask each auth server once and say what came back and how fast')
  .action(async (options: { policies: string; probe?: boolean }) => {
    const read = readPolicies(options.policies);
    if (reportIssues(read)) return;
    console.log(`edge-auth: ${counted(read.policies)} checked, no problem`);
    if (!options.probe) return;
    for (const result of await probe(read.policies)) {
      console.log(`${result.domain}: ${result.address} ${result.text}`);
      if (!result.answered) process.exitCode = 1;
    }
  });

addSign(program);
addVerify(program);
addExplain(program);
addPurge(program);

try {
  await program.parseAsync();
} catch (error) {
  console.error(`edge-auth: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode ||= 1;
}
