// The lines to try, each with what must come back and what it shows.

/** timeout_ms of policies/localhost.json. */
const TIMEOUT_MS = 1000;
const protectedFile = 'This is the protected file.\n';
const denied = 'Access denied\n';

/**
 * `path`, sent as it is; `host`: a Host header; `isQuiet`: the body is not shown. `expected`: status, body, bounds of the
 * time in ms. `log`: how its line in the access log ends.
 */
const table = [
  {
    name: 'Allowed',
    path: '/hello.txt?token=let-me-in',
    expected: { status: 200, body: protectedFile, ms: [0, 2000] },
    log: 'decision=allow reason=success_status auth_status=200',
    shows: 'The auth server answered 200, so the edge serves the file.',
  },
  {
    name: 'Denied',
    path: '/hello.txt?token=stolen',
    expected: { status: 403, body: denied, ms: [0, 2000] },
    log: 'decision=deny reason=failure_status auth_status=403',
    shows: 'The auth server answered 403: no byte of the file, and a small answer that gives no reason away.',
  },
  {
    name: 'Timed out',
    path: '/hello.txt?token=slow',
    expected: { status: 403, body: denied, ms: [TIMEOUT_MS - 10, TIMEOUT_MS + 1500] },
    log: 'decision=deny reason=timeout auth_status=',
    shows: `The auth server takes 5 s. After timeout_ms (${TIMEOUT_MS}) the edge decides without it: timeout_action is deny.`,
  },
  {
    name: 'Auth server in trouble',
    path: '/hello.txt?token=maybe',
    expected: { status: 403, body: denied, ms: [0, 2000] },
    log: 'decision=deny reason=other_status auth_status=503',
    shows:
      'It answered 503, neither a success nor a failure: other_status is deny, so the edge fails closed.',
  },
  {
    name: 'Out of scope',
    path: '/public/logo.svg',
    expected: { status: 200, body: '<svg ', ms: [0, 2000] },
    log: 'decision=allow reason=out_of_scope auth_status=',
    shows: 'The policy excludes /public/*: the auth server is not asked.',
  },
  {
    name: 'A detour through what is out of scope',
    path: '/public/../hello.txt',
    expected: { status: 403, body: denied, ms: [0, 2000] },
    log: 'decision=deny reason=failure_status auth_status=403',
    shows: 'What counts is the file that nginx would serve, not how the path is spelled.',
  },
  {
    name: 'Throttled',
    path: '/film.mp4?token=stolen',
    host: 'video.example.com',
    isQuiet: true,
    expected: { status: 200, ms: [1000, 6000] },
    log: 'decision=throttle reason=failure_status auth_status=403',
    shows:
      'Another domain, another policy: failure_action lets the film through at 64 KB a second instead of denying it.',
  },
];

/** The lines for an edge at `place.url`. */
export function buildLines({ url }) {
  return table.map((line) => ({ ...line, url: url + line.path, args: curlArgs(url, line) }));
}

function curlArgs(url, { path, host, isQuiet }) {
  return [
    '-s',
    ...(isQuiet ? ['-o', '/dev/null'] : []),
    ...(path.includes('/../') ? ['--path-as-is'] : []),
    ...(host ? ['-H', `Host: ${host}`] : []),
    ...['-w', '%{http_code} after %{time_total} s\\n'],
    url + path,
  ];
}

/** A command as one types it. */
export function formatCommand(command, args) {
  const quote = (arg) => (/^[A-Za-z0-9_./:=-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`);
  return [command, ...args.map(quote)].join(' ');
}

/** A line as `npm run demo` prints it. */
export function formatLine(index, { name, args, shows }) {
  return `${index + 1}. ${name}\n   ${formatCommand('curl', args)}\n   ${shows}`;
}
