/** `edge-auth watch`: renders, tests and reloads when the policies change. */

import { mkdirSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { readPolicy } from '../files/read-policies';
import { type Attempt, attempt, type Outcome, type PassResult } from './attempt';
import { runShell } from './command';
import { Generations } from './generations';
import { Hints } from './hints';
import { Inputs } from './inputs';
import { lock } from './lock';
import { Report } from './report';
import { Staging } from './staging';

export interface WatchOptions {
  policies: string;
  out: string;
  reload: string;
  test: string;
  debounce: number;
  poll: number;
  commandTimeout: number;
  once?: boolean;
  apiTokens?: string;
}

/** Reads the policies with `read`, which reads again only what changed, and renders. Writes nothing below `out`. */
export type Pass = (read: typeof readPolicy) => PassResult;

const RETRY_MS = { first: 5_000, most: 300_000 };

/** How many times as long as a look took nothing is looked at then: where nothing seems to happen, and where something does. */
const REST = { idle: 19, busy: 4 };

/** How long a reload may still take when watch is told to end. */
const STOP_MS = 2_000;

const MAX_NAMES = 5;

/** The options beside those of `render`. */
export function addWatchOptions(command: Command): Command {
  return command
    .requiredOption('--reload <command>', "what makes nginx load its conf, such as 'nginx -s reload'")
    .option('--test <command>', 'what tests the conf; ends with 0 if it is good', 'nginx -t')
    .option('--debounce <ms>', 'how long the files have to be quiet', parseMs, 200)
    .option(
      '--poll <ms>',
      'how often to look at the files where the system tells of no change',
      parseMs,
      2_000,
    )
    .option('--command-timeout <ms>', 'when a command is killed', parseMs, 60_000)
    .option('--once', 'one pass, then end: with 0 if the conf is loaded, else with 1');
}

function parseMs(value: string): number {
  if (!/^[1-9]\d{0,6}$/.test(value)) throw new InvalidArgumentError('expected milliseconds, 1-9999999');
  return Number(value);
}

/** Runs until SIGTERM or SIGINT. True unless `once` is set and the pass failed. */
export async function watch(options: WatchOptions, pass: Pass): Promise<boolean> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.on('SIGTERM', stop).on('SIGINT', stop);
  mkdirSync(options.out, { recursive: true });
  const unlock = lock(join(options.out, '.watch/lock'));
  const hints = new Hints(stopping.signal);
  try {
    const outcome = await run(options, pass, hints, stopping.signal);
    return outcome === 'done' || !options.once;
  } finally {
    hints.close();
    unlock();
    process.off('SIGTERM', stop).off('SIGINT', stop);
  }
}

async function run(options: WatchOptions, pass: Pass, hints: Hints, stop: AbortSignal): Promise<Outcome> {
  const report = new Report();
  const inputs = new Inputs(
    options.policies,
    options.apiTokens === undefined ? [] : [resolve(options.apiTokens)],
  );
  const generations = new Generations(realpathSync(options.out));
  if (generations.recover()) report.event('a conf was left behind untested: the one before it is back');
  const context: Attempt = {
    render: () => pass((file) => inputs.readPolicy(file)),
    tlsDigest: () => inputs.tlsDigest(),
    generations,
    staging: new Staging(options.test, options.commandTimeout, stop),
    commands: { test: options.test, reload: options.reload },
    reload: () => runShell(options.reload, options.commandTimeout, lateSignal(stop)),
    report,
    stop,
  };
  hints.watch([options.policies]);
  inputs.look();
  let cause = 'start';
  let retryMs = RETRY_MS.first;
  for (;;) {
    const before = process.cpuUsage();
    const outcome = await attemptOrReport(cause, context);
    if (options.once || stop.aborted) return outcome;
    // Half of one CPU is the most that passes take.
    const { user, system } = process.cpuUsage(before);
    await hints.pause((user + system) / 1_000);
    const changes = await nextChanges(
      inputs,
      hints,
      options,
      outcome === 'failed' ? retryMs : Infinity,
      stop,
    );
    if (stop.aborted) {
      report.event('end');
      return outcome;
    }
    retryMs = changes.length > 0 ? RETRY_MS.first : Math.min(2 * retryMs, RETRY_MS.most);
    cause = summary(changes);
  }
}

async function attemptOrReport(cause: string, context: Attempt): Promise<Outcome> {
  try {
    return await attempt(cause, context);
  } catch (error) {
    context.report.failure(cause, `the old conf stays: ${(error as Error).message}`, []);
    context.generations.use();
    return 'failed';
  }
}

/** Waits until something has changed and is quiet again, or until `retryMs` are over: then it returns no change. */
async function nextChanges(
  inputs: Inputs,
  hints: Hints,
  { debounce, poll }: WatchOptions,
  retryMs: number,
  stop: AbortSignal,
): Promise<string[]> {
  const retryAt = Date.now() + retryMs;
  const changes = new Set<string>();
  let lookMs = 0;
  const look = (): boolean => {
    const started = performance.now();
    const found = inputs.look();
    lookMs = performance.now() - started;
    for (const change of found) changes.add(change);
    return found.length > 0;
  };
  const quietMs = (): number => Math.max(debounce, lookMs * REST.busy);
  while (!stop.aborted) {
    hints.watch(inputs.folders());
    if (look()) {
      // Whoever writes without a pause is not waited for any longer than ten times.
      for (let i = 0; i < 10; i++) {
        await hints.pause(quietMs());
        if (!look()) break;
      }
      break;
    }
    const left = retryAt - Date.now();
    if (left <= 0) break;
    const isHinted = await hints.wait(Math.min(Math.max(poll, lookMs * REST.idle), left));
    if (isHinted) await hints.pause(quietMs());
  }
  return [...changes];
}

function summary(changes: string[]): string {
  const more = changes.length - MAX_NAMES;
  return changes.slice(0, MAX_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** A reload that has begun is better finished. */
function lateSignal(stop: AbortSignal): AbortSignal {
  const late = new AbortController();
  stop.addEventListener('abort', () => setTimeout(() => late.abort(), STOP_MS).unref());
  return late.signal;
}
