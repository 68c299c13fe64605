// What to look at after the requests: the last lines of the demo, and what --check compares there.
import { runCommand } from './command.mjs';
import { compareChanges, compareLog, compareOriginLog, inLogOrder, readLog } from './logs.mjs';
import { formatCommand, formatName } from './lines.mjs';
import { toolCommand } from './sign-url.mjs';

/** `name`, `command`, `shows`, and `look`: what is there, as lines, and what is wrong with it. */
export function buildTraces(place, lines) {
  const hasApi = lines.some(({ token }) => token);
  const changes = hasApi ? [changeLog(place, lines)] : [];
  return [explanation(place, lines), originLog(place, lines), accessLog(place, lines), ...changes];
}

function explanation(place, lines) {
  const { name, host, url, log } = lines.find((line) => line.log?.includes('reason=expired'));
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

function accessLog(place, lines) {
  return {
    name: 'What the edge decided, and why',
    command: `tail ${place.shown}/logs/access.log`,
    shows: "One line a request; auth_status is the auth server's answer, auth_time its time in seconds.",
    async look() {
      const wanted = inLogOrder(lines);
      const seen = await readLog(place, 'access.log', wanted.length, Boolean);
      return { seen, problems: compareLog(wanted, seen) };
    },
  };
}

function changeLog(place, lines) {
  const wanted = lines.filter(({ token, body }) => token && body);
  return {
    name: 'Who changed what',
    command: `tail ${place.shown}/logs/api.log`,
    shows: 'One line of JSON a change, with the token that made it, before and after. A key is shown as "…".',
    async look() {
      const seen = await readLog(place, 'api.log', wanted.length, Boolean);
      return { seen, problems: compareChanges(wanted, seen) };
    },
  };
}

/** As `npm run demo` prints it. */
export function formatTrace(number, trace) {
  return `${formatName(number - 1, trace)}\n    ${trace.command}`;
}
