// The lines about signed URLs. The fields of a line: lines.mjs.
import { denied } from './denied.mjs';

/** `timeout` of policies/downloads.example.com.json, which the expired URL has long outlived. */
const TIMEOUT_S = 1800;
const protectedFile = 'This is the protected file.\n';
const downloads = { host: 'downloads.example.com', path: '/hello.txt' };
const members = { host: 'members.example.com', path: '/hello.txt?token=let-me-in' };

export const signedLines = [
  {
    ...downloads,
    name: 'Unsigned',
    expected: { status: 403, body: denied },
    log: 'decision=deny reason=no_signature auth_status=',
    shows: 'This domain opens to signed URLs alone.',
  },
  {
    ...downloads,
    name: 'Signed',
    sign: {},
    showsCommand: true,
    expected: { status: 200, body: protectedFile },
    log: 'decision=allow reason=signed auth_status=',
    origin: 'GET /hello.txt 200',
    shows: `No server is asked. Good for ${TIMEOUT_S / 60} minutes, for anyone who has the URL.`,
  },
  {
    ...downloads,
    name: 'Tampered with',
    sign: {},
    change: (url) => url.replace('/hello.txt', '/film.mp4'),
    expected: { status: 403, body: denied },
    log: 'decision=deny reason=bad_signature auth_status=',
    shows: 'The same signature on another path.',
  },
  {
    ...downloads,
    name: 'Expired',
    sign: { at: '2023-11-14T22:13:20Z' },
    expected: { status: 403, body: denied },
    log: 'decision=deny reason=expired auth_status=',
    shows: `Well signed (--at 2023-11-14T22:13:20Z), but the timeout of ${TIMEOUT_S} s is long over.`,
  },
  {
    ...members,
    name: 'Signed, and the auth server asked as well',
    sign: {},
    showsCommand: true,
    expected: { status: 200, body: protectedFile },
    log: 'decision=allow reason=success_status auth_status=200',
    origin: 'GET /hello.txt?token=… 200',
    shows: 'Type B, in front of the path. Signature first, then the auth server.',
  },
  {
    ...members,
    name: 'Signed, but the auth server says no',
    sign: {},
    change: (url) => url.replace('let-me-in', 'stolen'),
    expected: { status: 403, body: denied },
    log: 'decision=deny reason=failure_status auth_status=403',
    shows: 'The same signature: it does not cover the query, which the auth server reads.',
  },
];
