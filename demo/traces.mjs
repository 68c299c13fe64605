// What to look at after the requests: the last lines of the demo, and what --check compares there.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from './command.mjs';
import { formatCommand } from './lines.mjs';
import { toolCommand } from './sign-url.mjs';

const LOG_DEADLINE_MS = 3_000;

/** `name`, `command`, `shows`, and `look`: what is there, as lines, and what is wrong with it. */
export function buildTraces(place, lines) {
  return [explanation(place, lines), originLog(place, lines), accessLog(place, lines)];
}

function explanation(place, lines) {
  const { name, host, url, log } = lines.find((line) => line.log.includes('reason=expired'));
  const [node, args] = toolCommand(place, 'explain', host, [url]);
  return {
    name: 'Why a URL is refused',
    command: formatCommand(node, args),
    shows: `Step by step for people; verify says it in one line of JSON. Here: "${name}".`,
    async look() {
      const { code, stdout } = await runCommand(process.execPath, args);
      return { seen: stdout.trimEnd().split('\n'), problems: compareExplanation(log, code, stdout) };
    },
  };
}

/** `explain` must deny for the reason that the edge has in its log. */
export function compareExplanation(log, code, stdout) {
  const reason = /reason=(\S+)/.exec(log)[1];
  const verdict = /^verdict +(.*)$/m.exec(stdout)?.[1];
  return [
    ...(code === 1 ? [] : [`expected exit code 1, received ${code}`]),
    ...(verdict === `deny: ${reason}` ? [] : [`expected the verdict "deny: ${reason}", received ${verdict}`]),
  ];
}

function originLog(place, lines) {
  const wanted = lines.flatMap(({ origin }) => origin ?? []);
  return {
    name: 'What the origin saw',
    command: `tail ${place.shown}/logs/origin.log`,
    shows: 'No signature, and nothing that was denied. It logs the names of arguments without their values.',
    async look() {
      const seen = await readLog(place, 'origin.log', wanted.length, (line) => /^[A-Z]+ \//.test(line));
      return { seen, problems: compareOriginLog(wanted, seen) };
    },
  };
}

/** The origin must have got the clean requests that were allowed, in order, and no other. */
export function compareOriginLog(wanted, seen) {
  if (seen.length !== wanted.length) return [`expected ${wanted.length} requests, received ${seen.length}`];
  return wanted.flatMap((line, index) =>
    line === seen[index] ? [] : [`request ${index + 1}: expected "${line}", received "${seen[index]}"`],
  );
}

function accessLog(place, lines) {
  return {
    name: 'What the edge decided, and why',
    command: `tail ${place.shown}/logs/access.log`,
    shows: "One line a request; auth_status is the auth server's answer, auth_time its time in seconds.",
    async look() {
      const seen = await readLog(place, 'access.log', lines.length, Boolean);
      return { seen, problems: compareLog(lines, seen) };
    },
  };
}

/** The access log must have one line a request, in order, with the decision of each. */
export function compareLog(lines, log) {
  if (log.length !== lines.length) return [`expected ${lines.length} lines, received ${log.length}`];
  return lines.flatMap((line, index) =>
    log[index].includes(` ${line.log} `) ? [] : [`line ${index + 1}: expected "${line.log}"`],
  );
}

/** nginx writes a line after it has answered. */
async function readLog(place, name, count, isRequest) {
  const file = join(place.folder, 'logs', name);
  for (const deadline = Date.now() + LOG_DEADLINE_MS; ; await sleep(50)) {
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(isRequest) : [];
    if (lines.length >= count || Date.now() > deadline) return lines;
  }
}

/** As `npm run demo` prints it. */
export function formatTrace(number, { name, command, shows }) {
  return `${String(number).padStart(2)}. ${name}. ${shows}\n    ${command}`;
}
