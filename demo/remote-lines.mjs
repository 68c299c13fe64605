// The lines about remote authentication. The fields of a line: lines.mjs.
import { denied } from './denied.mjs';

/** timeout_ms of policies/localhost.json. */
const TIMEOUT_MS = 1000;
const protectedFile = 'This is the protected file.\n';

export const remoteLines = [
  {
    name: 'Allowed',
    path: '/hello.txt?token=let-me-in',
    expected: { status: 200, body: protectedFile, ms: [0, 2000] },
    log: 'decision=allow reason=success_status auth_status=200',
    origin: 'GET /hello.txt?token=… 200',
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
    origin: 'GET /public/logo.svg 200',
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
    origin: 'GET /film.mp4?token=… 200',
    shows:
      'Another domain, another policy: failure_action lets the film through at 64 KB a second instead of denying it.',
  },
];
