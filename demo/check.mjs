// npm run demo -- --check: runs the lines and compares.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { askEdge, hasCurl } from './ask-edge.mjs';
import { formatLine, formatName } from './lines.mjs';
import { readLog } from './logs.mjs';
import { say, tail } from './report.mjs';
import { formatTrace } from './traces.mjs';

/** Runs all lines and looks at their traces, prints the results, returns how many failed. */
export async function runLines(place, lines, traces) {
  const withCurl = await hasCurl();
  if (!withCurl) say('there is no curl here: Node sends the same requests');
  let failed = 0;
  const report = (text, problems) => {
    if (problems.length > 0) failed++;
    console.log(`\n${text}\n    ${problems.length === 0 ? 'ok' : `FAILED: ${problems.join('; ')}`}`);
  };
  const reportAnswer = (text, { expected }, received, problems = []) =>
    report(`${text}\n    expected ${formatAnswer(expected)}\n    received ${formatAnswer(received)}`, [
      ...problems,
      ...compareAnswer(expected, received),
    ]);
  const background = [];
  for (const [index, line] of lines.entries()) {
    if (line.file) background.push(await startInBackground(place, index, line, withCurl));
    else reportAnswer(formatLine(index, line), line, await askEdge(line, withCurl));
  }
  for (const { index, line, answer, isOver } of background) {
    // What was over before the last line shows nothing about the lines after it.
    const problems = isOver() ? ['expected it to go on until after the last line, it was over'] : [];
    reportAnswer(formatName(index, { ...line, shows: 'The end of it.' }), line, await answer, problems);
  }
  for (const [index, trace] of traces.entries()) {
    const { seen, problems } = await trace.look();
    report([formatTrace(lines.length + index + 1, trace), ...seen].join('\n'), problems);
  }
  if (failed > 0) showErrors(place);
  return failed;
}

/** Goes on with the next line once the origin has begun to answer. */
async function startInBackground(place, index, line, withCurl) {
  let isOver = false;
  const answer = askEdge(line, withCurl).finally(() => (isOver = true));
  await readLog(place, 'origin.log', 1, (text) => text === line.origin);
  console.log(`\n${formatLine(index, line)}\n    goes on`);
  return { index, line, answer, isOver: () => isOver };
}

function formatAnswer({ status, ms, body, problem }) {
  if (problem) return problem;
  const range = Array.isArray(ms) ? ` within ${ms[0] ? `${ms[0]} to ` : ''}${ms[1]} ms` : ` after ${ms} ms`;
  const text = body ? ` ${JSON.stringify(body.length > 100 ? `${body.slice(0, 64)}…` : body)}` : '';
  const size = body?.length > 1000 ? ` (${body.length} bytes)` : '';
  return `${status}${text}${size}${ms === undefined ? '' : range}`;
}

/** What is wrong with an answer: nothing, or sentences. `expected.body` is how the body, of ASCII where `bytes` are expected, must begin. */
export function compareAnswer(expected, { status, ms, body, problem }) {
  if (problem) return [problem];
  const problems = [];
  if (status !== expected.status) problems.push(`expected status ${expected.status}, received ${status}`);
  if (expected.body !== undefined && !body.startsWith(expected.body)) {
    problems.push(
      `expected the body ${JSON.stringify(expected.body.slice(0, 100))}, received ${JSON.stringify(body.slice(0, 100))}`,
    );
  }
  if (expected.bytes !== undefined && body.length !== expected.bytes) {
    problems.push(`expected ${expected.bytes} bytes, received ${body.length}`);
  }
  const [least, most] = expected.ms ?? [0, Infinity];
  if (ms < least || ms > most) problems.push(`expected ${least} to ${most} ms, received ${ms} ms`);
  return problems;
}

function showErrors(place) {
  const errors = readFileSync(join(place.folder, 'logs/error.log'), 'utf8')
    .split('\n')
    .filter((line) => /\[(warn|error|crit|alert|emerg)\]/.test(line));
  console.log(`\nThe edge's error log:\n${tail(errors.join('\n')) || '(no warning or error)'}`);
}
