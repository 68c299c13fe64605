// npm test: build, type check, lint, unit tests, integration tests, instructions by the budget; then one line `N passed, N failed`.
// `--integration-only` leaves the checks out. Other arguments go to jest's integration run (a path, -t 'a name');
// with any, instructions are not counted.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { cache, root } from './paths.mjs';
import { endChildren, run } from './processes.mjs';
import { since } from './report.mjs';
import { newRunId } from './run-id.mjs';
import { readTally } from './tally.mjs';

const JEST = path.join(root, 'node_modules/jest/bin/jest.js');
const PREPARE = path.join(root, 'test/setup/prepare.mjs');
const BENCH = path.join(root, 'test/bench/run.mjs');
/** The runtime that the budget is made for. */
const GATE = 'forky-njs';
const FINISH = path.join(root, 'test/setup/finish.mjs');
const unitReport = path.join(cache, 'jest-unit.json');
const integrationReport = path.join(cache, 'jest-integration.json');
/** Twice as many as the two cores of the smallest machine: the suites wait for deadlines, rereads and containers most of the time. */
const WORKERS = 4;
const args = process.argv.slice(2);
const integrationOnly = args.includes('--integration-only');
const jestArgs = args.filter((arg) => arg !== '--integration-only');
const env = { ...process.env, EDGE_AUTH_RUN_ID: process.env.EDGE_AUTH_RUN_ID || newRunId() };
const failures = [];
let stopping = false;

/** Runs one stage to its end and remembers whether it failed. */
async function stage(name, command, commandArgs, extraEnv = {}) {
  const start = Date.now();
  console.log(`\n== ${name}`);
  const { code } = await runLive(command, commandArgs, extraEnv);
  console.log(`== ${name} ${code === 0 ? 'done' : `FAILED (exit code ${code})`} after ${since(start)}`);
  if (code !== 0) failures.push(name);
  return code === 0;
}

async function runLive(command, commandArgs, extraEnv = {}) {
  const result = await run(command, commandArgs, { live: true, cwd: root, env: { ...env, ...extraEnv } });
  // After a signal stop() has the word, and it ends the process.
  if (stopping && !commandArgs.includes(FINISH)) await new Promise(() => {});
  return result;
}

function jest(project, report, extra, extraEnv) {
  const jestRun = [JEST, '--selectProjects', project, '--json', `--outputFile=${report}`, ...extra];
  return stage(`${project} tests`, process.execPath, jestRun, extraEnv);
}

async function countInstructions() {
  const chosen = process.env.EDGE_AUTH_RUNTIMES || GATE;
  if (!chosen.split(',').some((name) => name.trim() === GATE))
    return console.log(`\nSKIPPED instructions: EDGE_AUTH_RUNTIMES is ${chosen}, the budget is for ${GATE}`);
  return stage('instructions', process.execPath, [BENCH, '--instructions', '--runtime', GATE]);
}

async function main() {
  for (const file of [unitReport, integrationReport]) rmSync(file, { force: true });
  // The images take longer than the checks and wait for the network: both go on at the same time.
  const prepared = runLive(process.execPath, [PREPARE]);
  const built = await stage('build', 'npm', ['run', '-s', 'build']);
  if (!integrationOnly) {
    await stage('type check', 'npm', ['run', '-s', 'typecheck']);
    await stage('lint', 'npm', ['run', '-s', 'lint']);
    await jest('unit', unitReport, ['--maxWorkers=2']);
  }
  if ((await prepared).code !== 0) failures.push('set-up of the runtimes');
  else if (built) {
    const extra = [`--maxWorkers=${WORKERS}`, ...jestArgs];
    await jest('integration', integrationReport, extra, { EDGE_AUTH_PREPARED: '1' });
    if (args.length === 0) await countInstructions();
  }
  await runLive(process.execPath, [FINISH]);
}

async function stop(signal) {
  stopping = true;
  console.log(`\nstopped by ${signal}: cleaning up`);
  endChildren();
  await runLive(process.execPath, [FINISH]);
  process.exit(signal === 'SIGINT' ? 130 : 143);
}
process.once('SIGINT', (signal) => void stop(signal));
process.once('SIGTERM', (signal) => void stop(signal));

const start = Date.now();
await main();
const tally = readTally([unitReport, integrationReport]);
if (tally.passed + tally.failed === 0) failures.push('no test ran');
if (tally.skipped > 0) console.log(`${tally.skipped} test(s) skipped: their reasons stand above`);
console.log(
  `\n${failures.length > 0 ? `FAILED: ${failures.join(', ')}` : 'all stages done'}, after ${since(start)}`,
);
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exitCode = failures.length > 0 || tally.failed > 0 ? 1 : 0;
