import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildLines, formatCommand, formatLine, type Line, type Signed } from '../../../demo/lines.mjs';

const place = {
  url: 'http://localhost:8080',
  apiUrl: 'http://localhost:9181',
  shown: '.demo/running',
  cli: 'dist/cli.js',
};
const page = '<html>\r\n<head><title>403 Forbidden</title></head>\r\n';
const signature = { 'downloads.example.com': '', 'members.example.com': '/202601020304/0123abcd' };
let lines: Line[];

/** Where the signature stands, type A or B; what stands there is `edge-auth sign`'s own. */
function signUrl(_place: unknown, { host, path, sign }: Signed): Promise<string> {
  const prefix = signature[host as keyof typeof signature];
  const suffix = prefix === '' ? `?auth_key=${sign.at ? 'old' : 'new'}` : '';
  return Promise.resolve(`http://${host}${prefix}${path}${suffix}`);
}

beforeAll(async () => {
  lines = await buildLines(place, signUrl);
});

function readPolicy(domain: string) {
  const file = resolve(__dirname, `../../../demo/policies/${domain}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as {
    remote_auth?: { timeout_ms: number };
    url_signing?: { timeout: number };
  };
}

describe('the lines to try', () => {
  test('show each decision and reason that the demo can cause', () => {
    expect(lines.map(({ log }) => log!.split(' ').slice(0, 2).join(' '))).toEqual([
      'decision=allow reason=success_status',
      'decision=deny reason=failure_status',
      'decision=deny reason=timeout',
      'decision=deny reason=other_status',
      'decision=allow reason=out_of_scope',
      'decision=deny reason=failure_status',
      'decision=throttle reason=failure_status',
      'decision=deny reason=no_signature',
      'decision=allow reason=signed',
      'decision=deny reason=bad_signature',
      'decision=deny reason=expired',
      'decision=allow reason=success_status',
      'decision=deny reason=failure_status',
    ]);
  });

  test('expect no protected byte where the request is denied', () => {
    const denied = lines.filter(({ log }) => log!.includes('decision=deny'));
    expect(denied.map(({ expected }) => [expected.status, expected.body])).toEqual(
      denied.map(() => [403, page]),
    );
  });

  test('expect at the origin what is not denied, without its signature', () => {
    expect(lines.map(({ origin }) => origin !== undefined)).toEqual(
      lines.map(({ log }) => !log!.includes('decision=deny')),
    );
    for (const { origin } of lines) expect(origin ?? '').not.toMatch(/auth_key|\d{12}/);
  });

  test("expect the timeout of the policy, well before the auth server's own 5 s", () => {
    const [least, most] = lines.find(({ log }) => log!.includes('reason=timeout'))?.expected.ms ?? [0, 0];
    const { remote_auth } = readPolicy('localhost');
    expect(least).toBe(remote_auth!.timeout_ms - 10);
    expect(most).toBeLessThan(5000);
  });

  test('name the timeout of the signing policy', () => {
    const { timeout } = readPolicy('downloads.example.com').url_signing!;
    expect(lines.find(({ name }) => name === 'Expired')?.shows).toContain(`timeout of ${timeout} s`);
    expect(lines.find(({ name }) => name === 'Signed')?.shows).toContain(`for ${timeout / 60} minutes`);
  });

  test('say what they show in sentences', () => {
    for (const { shows } of lines) expect(shows).toMatch(/^[A-Z].*\.$/);
  });

  test('are printed as commands that a shell takes as they are', () => {
    expect(formatLine(0, lines[0]!)).toBe(
      [
        'Remote authentication: the edge asks an auth server.',
        ' 1. Allowed. The auth server answered 200, so the edge serves the file.',
        "    curl -s -w '%{http_code} after %{time_total} s\\n' 'http://localhost:8080/hello.txt?token=let-me-in'",
      ].join('\n'),
    );
    expect(formatLine(8, lines[8]!).split('\n').slice(1)).toEqual([
      "    curl -s --connect-to ::localhost:8080 -w '%{http_code}\\n' 'http://downloads.example.com/hello.txt?auth_key=new'",
      '    a fresh URL: node dist/cli.js sign --policy .demo/running/policies/downloads.example.com.json http://downloads.example.com/hello.txt',
    ]);
    expect(formatCommand('echo', ["it's", 'a b', '$HOME', 'plain-1.txt', ''])).toBe(
      `echo 'it'\\''s' 'a b' '$HOME' plain-1.txt ''`,
    );
  });

  test('ask the edge for the url, whatever domain it names', () => {
    for (const { args, url, host, path } of lines) {
      expect(args.at(-1)).toBe(url);
      expect(args.includes('--path-as-is')).toBe(path.includes('/../'));
      expect(url.startsWith(host ? `http://${host}/` : `${place.url}/`)).toBe(true);
      expect(args.includes('::localhost:8080')).toBe(host !== undefined);
    }
  });

  test('change a signed URL after it was signed', () => {
    expect(lines.slice(7).map(({ url }) => url)).toEqual([
      'http://downloads.example.com/hello.txt',
      'http://downloads.example.com/hello.txt?auth_key=new',
      'http://downloads.example.com/film.mp4?auth_key=new',
      'http://downloads.example.com/hello.txt?auth_key=old',
      'http://members.example.com/202601020304/0123abcd/hello.txt?token=let-me-in',
      'http://members.example.com/202601020304/0123abcd/hello.txt?token=stolen',
    ]);
  });
});
