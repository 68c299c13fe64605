// The lines to try, each with what must come back and what it shows.
import { apiLines } from './api-lines.mjs';
import { headerFile } from './api.mjs';
import { remoteLines } from './remote-lines.mjs';
import { signCommand } from './sign-url.mjs';
import { signedLines } from './signed-lines.mjs';

/**
 * A line of a table. `path`: path and query, sent as it is; `host`: a domain other than localhost; `isQuiet`: the body is not
 * shown. `sign`: the URL is signed first, `at` a time other than now or with another `key`; `change`: what is then done to it;
 * `showsCommand`: the command that signs is printed. `saveAs`: the body goes into this file, in the background. `token`: a line
 * for the API, with the token of that role, which PUTs `body` if there is one. `expected`: status, how the body begins, its
 * `bytes`, bounds of the time in ms. `log`: how its line in the access log ends. `origin`: its line in the origin's log, if it
 * gets that far.
 */
const groups = (keys) => [
  { title: 'Remote authentication: the edge asks an auth server.', table: remoteLines },
  { title: 'Signed URLs: the edge checks them itself, with a key.', table: signedLines },
  ...(keys ? [{ title: apiTitle, table: apiLines(keys) }] : []),
];
const apiTitle =
  'A key changes while a download goes on: the runtime configuration API, here with the calls of Baidu AI Cloud CDN.';

/** The lines for the edge of `place`. `signUrl` makes the URL of a line that has `sign`. `keys`: none without an API. */
export async function buildLines(place, signUrl, keys) {
  const lines = [];
  for (const { title, table } of groups(keys)) {
    for (const [index, line] of table.entries()) {
      const url = await buildUrl(place, line, signUrl);
      const command = line.showsCommand ? signCommand(place, line) : undefined;
      lines.push({
        ...line,
        title: index === 0 ? title : undefined,
        url,
        edge: line.token ? place.apiUrl : place.url,
        file: line.saveAs && `${place.shown}/${line.saveAs}`,
        headerFile: line.token && `${place.shown}/${headerFile(line.token)}`,
        args: curlArgs(place, url, line),
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

function originOf(place, { host, token }) {
  if (token) return place.apiUrl;
  return host ? `http://${host}` : place.url;
}

function curlArgs(place, url, { path, host, isQuiet, saveAs, token, body, expected }) {
  return [
    '-s',
    ...(isQuiet ? ['-o', '/dev/null'] : []),
    ...(saveAs ? ['-o', `${place.shown}/${saveAs}`] : []),
    ...(body ? ['-X', 'PUT'] : []),
    ...(token ? ['-H', `@${place.shown}/${headerFile(token)}`] : []),
    ...(body ? ['-H', 'Content-Type: application/json', '-d', body] : []),
    ...(path.includes('/../') ? ['--path-as-is'] : []),
    // The domains are not in the DNS.
    ...(host ? ['--connect-to', `::${new URL(place.url).host}`] : []),
    ...['-w', writeOut(saveAs, token, expected)],
    url,
  ];
}

/** An answer of the API is a line without an end. */
function writeOut(saveAs, token, { ms }) {
  if (token) return '\\n%{http_code}\\n';
  if (saveAs) return '%{http_code} %{size_download} bytes after %{time_total} s\\n';
  return ms ? '%{http_code} after %{time_total} s\\n' : '%{http_code}\\n';
}

/** A command as one types it. */
export function formatCommand(command, args) {
  const quote = (arg) => (/^[A-Za-z0-9_./:=@-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`);
  return [command, ...args].map(quote).join(' ');
}

/** How a line is called. */
export function formatName(index, { name, shows }) {
  return `${String(index + 1).padStart(2)}. ${name}. ${shows}`;
}

/** A line as `npm run demo` prints it. */
export function formatLine(index, line) {
  const { title, args, command, file } = line;
  return [
    ...(title ? [title] : []),
    formatName(index, line),
    `    ${formatCommand('curl', args)}${file ? ' &' : ''}`,
    ...(command ? [`    a fresh URL: ${command}`] : []),
  ].join('\n');
}
