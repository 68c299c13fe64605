// npm run demo -- --check: runs the lines and compares.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askEdge, hasCurl } from './ask-edge.mjs';
import { formatLine } from './lines.mjs';
import { say, tail } from './report.mjs';

const LOG_DEADLINE_MS = 3_000;

/** Runs all lines, prints the results, returns how many failed. */
export async function runLines(place, lines) {
  const withCurl = await hasCurl();
  if (!withCurl) say('there is no curl here: Node sends the same requests');
  let failed = 0;
  const report = (text, problems) => {
    if (problems.length > 0) failed++;
    console.log(`\n${text}\n   ${problems.length === 0 ? 'ok' : `FAILED: ${problems.join('; ')}`}`);
  };
  for (const [index, line] of lines.entries()) {
    const received = await askEdge(line, withCurl);
    report(
      `${formatLine(index, line)}\n   expected ${formatAnswer(line.expected)}\n   received ${formatAnswer(received)}`,
      compareAnswer(line.expected, received),
    );
  }
  const log = await readAccessLog(place, lines.length);
  report(
    `${lines.length + 1}. What the edge decided, and why\n   tail ${place.shown}/logs/access.log\n${log.join('\n')}`,
    compareLog(lines, log),
  );
  if (failed > 0) showErrors(place);
  return failed;
}

function formatAnswer({ status, ms, body, problem }) {
  if (problem) return problem;
  const time = Array.isArray(ms) ? `within ${ms[0] ? `${ms[0]} to ` : ''}${ms[1]} ms` : `after ${ms} ms`;
  const text = body ? ` ${JSON.stringify(body.length > 100 ? `${body.slice(0, 40)}…` : body)}` : '';
  return `${status}${text} ${time}`;
}

/** What is wrong with an answer: nothing, or sentences. `expected.body` is how the body must begin. */
export function compareAnswer(expected, { status, ms, body, problem }) {
  if (problem) return [problem];
  const problems = [];
  if (status !== expected.status) problems.push(`expected status ${expected.status}, received ${status}`);
  if (expected.body !== undefined && !body.startsWith(expected.body)) {
    problems.push(
      `expected the body ${JSON.stringify(expected.body)}, received ${JSON.stringify(body.slice(0, 100))}`,
    );
  }
  const [least, most] = expected.ms;
  if (ms < least || ms > most) problems.push(`expected ${least} to ${most} ms, received ${ms} ms`);
  return problems;
}

/** The access log must have one line a request, in order, with the decision of each. */
export function compareLog(lines, log) {
  if (log.length !== lines.length) return [`expected ${lines.length} lines, received ${log.length}`];
  return lines.flatMap((line, index) =>
    log[index].includes(` ${line.log} `) ? [] : [`line ${index + 1}: expected "${line.log}"`],
  );
}

/** nginx writes a line after it has answered. */
async function readAccessLog(place, count) {
  const file = join(place.folder, 'logs/access.log');
  for (const deadline = Date.now() + LOG_DEADLINE_MS; ; await sleep(50)) {
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
    if (lines.length >= count || Date.now() > deadline) return lines;
  }
}

function showErrors(place) {
  const errors = readFileSync(join(place.folder, 'logs/error.log'), 'utf8')
    .split('\n')
    .filter((line) => /\[(warn|error|crit|alert|emerg)\]/.test(line));
  console.log(`\nThe edge's error log:\n${tail(errors.join('\n')) || '(no warning or error)'}`);
}
