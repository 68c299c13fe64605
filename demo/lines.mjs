// The lines to try, each with what must come back and what it shows.
import { remoteLines } from './remote-lines.mjs';
import { signCommand } from './sign-url.mjs';
import { signedLines } from './signed-lines.mjs';

/**
 * A line of a table. `path`: path and query, sent as it is; `host`: a domain other than localhost; `isQuiet`: the body is not
 * shown. `sign`: the URL is signed first, `at` a time other than now; `change`: what is then done to it; `showsCommand`: the
 * command that signs is printed. `expected`: status, how the body begins, bounds of the time in ms. `log`: how its line in the
 * access log ends. `origin`: its line in the origin's log, if it gets that far.
 */
const groups = [
  { title: 'Remote authentication: the edge asks an auth server.', table: remoteLines },
  { title: 'Signed URLs: the edge checks them itself, with a key.', table: signedLines },
];

/** The lines for the edge of `place`. `signUrl` makes the URL of a line that has `sign`. */
export async function buildLines(place, signUrl) {
  const lines = [];
  for (const { title, table } of groups) {
    for (const [index, line] of table.entries()) {
      const url = await buildUrl(place, line, signUrl);
      const command = line.showsCommand ? signCommand(place, line) : undefined;
      lines.push({
        ...line,
        title: index === 0 ? title : undefined,
        url,
        edge: place.url,
        args: curlArgs(place.url, url, line),
        command: command && formatCommand(...command),
      });
    }
  }
  return lines;
}

/** Where two lines sign the same, they show the same signature. */
async function buildUrl(place, line, signUrl) {
  if (!line.sign) return originOf(place, line) + line.path;
  const url = await signUrl(place, line);
  return line.change ? line.change(url) : url;
}

function originOf(place, { host }) {
  return host ? `http://${host}` : place.url;
}

function curlArgs(edgeUrl, url, { path, host, isQuiet, expected }) {
  return [
    '-s',
    ...(isQuiet ? ['-o', '/dev/null'] : []),
    ...(path.includes('/../') ? ['--path-as-is'] : []),
    // The domains are not in the DNS.
    ...(host ? ['--connect-to', `::${new URL(edgeUrl).host}`] : []),
    ...['-w', expected.ms ? '%{http_code} after %{time_total} s\\n' : '%{http_code}\\n'],
    url,
  ];
}

/** A command as one types it. */
export function formatCommand(command, args) {
  const quote = (arg) => (/^[A-Za-z0-9_./:=-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`);
  return [command, ...args].map(quote).join(' ');
}

/** A line as `npm run demo` prints it. */
export function formatLine(index, { title, name, args, shows, command }) {
  return [
    ...(title ? [title] : []),
    `${String(index + 1).padStart(2)}. ${name}. ${shows}`,
    `    ${formatCommand('curl', args)}`,
    ...(command ? [`    a fresh URL: ${command}`] : []),
  ].join('\n');
}
