// The lines about the runtime configuration API. The fields of a line: lines.mjs.
import { denied } from './denied.mjs';
import { NUMBERS_SECONDS, numbers } from './numbers.mjs';

export const domain = 'downloads.example.com';
const path = `/v2/domain/${domain}/config?requestAuth`;
const protectedFile = 'This is the protected file.\n';
const isRunning = { status: 200, body: '{"status":"RUNNING"}' };
const file = { host: domain, path: '/hello.txt' };
const opens = {
  expected: { status: 200, body: protectedFile },
  log: 'decision=allow reason=signed auth_status=',
  origin: 'GET /hello.txt 200',
};

/** `keys`: `old`, which the edge has, and `new`, which it gets. */
export function apiLines(keys) {
  const change = (settings) => ({
    path,
    token: 'write',
    body: JSON.stringify({ requestAuth: settings }),
    expected: isRunning,
  });
  const signing = (key1, key2) => ({ type: 'A', key1, key2, timeout: 1800 });
  return [
    {
      name: 'The settings',
      path,
      token: 'read',
      expected: { status: 200, body: '{"requestAuth":{"type":"A","key1":"••••••","timeout":1800' },
      shows: 'The read token shows them with the key masked.',
    },
    {
      name: 'A slow download',
      host: domain,
      path: '/numbers.txt',
      sign: {},
      saveAs: 'numbers.txt',
      expected: {
        status: 200,
        body: numbers,
        bytes: numbers.length,
        ms: [(NUMBERS_SECONDS - 1) * 1000, (NUMBERS_SECONDS + 6) * 1000],
      },
      log: 'decision=allow reason=signed auth_status=',
      origin: 'GET /numbers.txt 200',
      shows: `${NUMBERS_SECONDS} s, in the background: take the next lines meanwhile. Whatever they change, all ${numbers.length} bytes arrive.`,
    },
    {
      name: 'A new key',
      ...change(signing(keys.new, keys.old)),
      shows:
        'The new one is key1; the old one stays as key2, for the URLs that are out. In force with the answer, without a reload.',
    },
    {
      name: 'Signed with the old key',
      ...file,
      sign: {},
      ...opens,
      shows: 'The URL of "Signed" above opens as before.',
    },
    {
      name: 'Signed with the new key',
      ...file,
      sign: { key: keys.new },
      showsCommand: true,
      ...opens,
      shows: 'Opens as well.',
    },
    { name: 'Without the old key', ...change(signing(keys.new)), shows: 'The new key alone.' },
    {
      name: 'Signed with the old key',
      ...file,
      sign: {},
      expected: { status: 403, body: denied },
      log: 'decision=deny reason=bad_signature auth_status=',
      shows: 'The same URL, denied from the very next request on.',
    },
    { name: 'Signing switched off', ...change([]), shows: 'No signature is asked for.' },
    {
      name: 'Unsigned',
      ...file,
      expected: { status: 200, body: protectedFile },
      log: 'decision=allow reason=off auth_status=',
      origin: 'GET /hello.txt 200',
      shows: 'Open to everyone.',
    },
    {
      name: 'Put back',
      ...change(signing(keys.old)),
      shows: 'The old key alone, as it was at the start.',
    },
    {
      name: 'Unsigned',
      ...file,
      expected: { status: 403, body: denied },
      log: 'decision=deny reason=no_signature auth_status=',
      shows: 'Denied again.',
    },
  ];
}
