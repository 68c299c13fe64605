import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiArguments, whyNoApi } from '../../../demo/api.mjs';
import { buildLines, formatLine, type Line, type Signed } from '../../../demo/lines.mjs';

const place = {
  url: 'http://localhost:8080',
  apiUrl: 'http://localhost:9181',
  shown: '.demo/running',
  cli: 'dist/cli.js',
};
const keys = { old: 'theOldKey', new: 'theNewKey' };
const settings = 'http://localhost:9181/v2/domain/downloads.example.com/config?requestAuth';
let lines: Line[];

function signUrl(_place: unknown, { host, path, sign }: Signed): Promise<string> {
  return Promise.resolve(`http://${host}${path}?auth_key=${sign.key ?? 'with-the-policy'}`);
}

beforeAll(async () => {
  const others = await buildLines(place, signUrl);
  lines = (await buildLines(place, signUrl, keys)).slice(others.length);
});

describe('the lines about the API', () => {
  test('read, change and use the key, and end where they began', () => {
    const told = lines.map(({ token, body, log }) => (token ? `${token} ${body ?? ''}` : log));
    expect(told).toEqual([
      'read ',
      'decision=allow reason=signed auth_status=',
      'write {"requestAuth":{"type":"A","key1":"theNewKey","key2":"theOldKey","timeout":1800}}',
      'decision=allow reason=signed auth_status=',
      'decision=allow reason=signed auth_status=',
      'write {"requestAuth":{"type":"A","key1":"theNewKey","timeout":1800}}',
      'decision=deny reason=bad_signature auth_status=',
      'write {"requestAuth":[]}',
      'decision=allow reason=off auth_status=',
      'write {"requestAuth":{"type":"A","key1":"theOldKey","timeout":1800}}',
      'decision=deny reason=no_signature auth_status=',
    ]);
  });

  test('expect the key masked for a reader', () => {
    expect(lines[0]!.expected.body).toContain('"key1":"••••••"');
  });

  test('expect the URL of the old key to open, and then not', () => {
    const [before, after] = lines.filter(({ name }) => name === 'Signed with the old key');
    expect(before!.url).toBe(after!.url);
    expect([before!.expected.status, after!.expected.status]).toEqual([200, 403]);
  });

  test('expect all of a download that takes longer than the lines after it', () => {
    const { body, bytes, ms } = lines.find(({ file }) => file)!.expected;
    expect(bytes).toBe(1_048_576);
    expect(body).toHaveLength(bytes!);
    expect(ms![0]).toBeGreaterThan(10_000);
  });

  test('expect at the origin what is not denied', () => {
    const asked = lines.filter(({ token }) => !token);
    expect(asked.map(({ origin }) => origin !== undefined)).toEqual(
      asked.map(({ log }) => !log!.includes('decision=deny')),
    );
  });

  test('say what they show in sentences', () => {
    for (const { shows } of lines) expect(shows).toMatch(/^[A-Z\d].*\.$/);
  });

  test('are printed as commands without a token', () => {
    const printed = [lines[0], lines[1], lines[7]].map((line) => formatLine(0, line!).split('\n').at(-1));
    const json = "-H 'Content-Type: application/json'";
    expect(printed).toEqual([
      `    curl -s -H @.demo/running/read.header -w '\\n%{http_code}\\n' '${settings}'`,
      '    curl -s -o .demo/running/numbers.txt --connect-to ::localhost:8080 ' +
        "-w '%{http_code} %{size_download} bytes after %{time_total} s\\n' " +
        "'http://downloads.example.com/numbers.txt?auth_key=with-the-policy' &",
      `    curl -s -X PUT -H @.demo/running/write.header ${json} -d '{"requestAuth":[]}' -w '\\n%{http_code}\\n' '${settings}'`,
    ]);
  });
});

describe('an edge', () => {
  test.each([
    ['0.7.9', false],
    ['0.7.12', false],
    ['0.8.0', true],
    ['1.0.2', true],
  ])('with njs %s has the API: %s', (version, hasApi) => {
    const reason = whyNoApi(version);
    if (hasApi) expect(reason).toBe('');
    else expect(reason).toContain(`needs njs 0.8.0 or later, and this edge has ${version}`);
  });
});

describe('the tokens', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'edge-auth-demo-test-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test('are made anew, for their owner alone, and no argument holds one', () => {
    const edge = { prefix: '/edge/edge-auth', api: ['--api', '127.0.0.1:9181'] };
    const args = apiArguments({ folder }, edge);
    expect(args).toEqual([
      ...['--api', '127.0.0.1:9181'],
      ...['--api-tokens', join(folder, 'api-tokens')],
      ...['--api-policies', '/edge/policies'],
      ...['--api-log', '/edge/logs/api.log'],
    ]);
    const [tokens, read, write] = ['api-tokens', 'read.header', 'write.header'].map((name) => {
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
      return readFileSync(join(folder, name), 'utf8');
    });
    const [, reader, writer] = /^read ([0-9a-f]{32})\nwrite ([0-9a-f]{32})\n$/.exec(tokens!)!;
    expect(reader).not.toBe(writer);
    expect(read).toBe(`Authorization: Bearer ${reader}\n`);
    expect(write).toBe(`Authorization: Bearer ${writer}\n`);
    apiArguments({ folder }, edge);
    expect(readFileSync(join(folder, 'api-tokens'), 'utf8')).not.toContain(reader);
  });
});
