// npm run demo -- --check: runs the lines and compares.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { askEdge, hasCurl } from './ask-edge.mjs';
import { formatLine } from './lines.mjs';
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
  for (const [index, line] of lines.entries()) {
    const received = await askEdge(line, withCurl);
    report(
      `${formatLine(index, line)}\n    expected ${formatAnswer(line.expected)}\n    received ${formatAnswer(received)}`,
      compareAnswer(line.expected, received),
    );
  }
  for (const [index, trace] of traces.entries()) {
    const { seen, problems } = await trace.look();
    report([formatTrace(lines.length + index + 1, trace), ...seen].join('\n'), problems);
  }
  if (failed > 0) showErrors(place);
  return failed;
}

function formatAnswer({ status, ms, body, problem }) {
  if (problem) return problem;
  const range = Array.isArray(ms) ? ` within ${ms[0] ? `${ms[0]} to ` : ''}${ms[1]} ms` : ` after ${ms} ms`;
  const text = body ? ` ${JSON.stringify(body.length > 100 ? `${body.slice(0, 40)}…` : body)}` : '';
  return `${status}${text}${ms === undefined ? '' : range}`;
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
