import { buildLines, type Signed } from '../../../demo/lines.mjs';
import { compareChanges, compareLog, compareOriginLog, inLogOrder } from '../../../demo/logs.mjs';
import { buildTraces, compareExplanation } from '../../../demo/traces.mjs';

test('what to look at is printed as commands: the refusal explained, and the logs', async () => {
  const place = {
    url: 'http://localhost:8080',
    apiUrl: 'http://localhost:9181',
    shown: '.demo/running',
    cli: 'dist/cli.js',
  };
  const signUrl = (_place: unknown, { host, sign }: Signed) =>
    Promise.resolve(`http://${host}/hello.txt?auth_key=${sign.at ?? 'now'}`);
  const commands = [
    'node dist/cli.js explain --policy .demo/running/policies/downloads.example.com.json ' +
      "'http://downloads.example.com/hello.txt?auth_key=2023-11-14T22:13:20Z'",
    'tail .demo/running/logs/origin.log',
    'tail .demo/running/logs/access.log',
  ];
  const without = buildTraces(place, await buildLines(place, signUrl));
  expect(without.map(({ command }) => command)).toEqual(commands);
  const withApi = buildTraces(place, await buildLines(place, signUrl, { old: 'a', new: 'b' }));
  expect(withApi.map(({ command }) => command)).toEqual([...commands, 'tail .demo/running/logs/api.log']);
});

describe('an explanation', () => {
  const log = 'decision=deny reason=expired auth_status=';
  test.each([
    ['agrees with the edge', 1, 'hash         ok\nverdict      deny: expired\nwhat to do   x\n', 0],
    ['gives another reason', 1, 'verdict      deny: malformed\n', 1],
    ['allows', 0, 'verdict      allow: signed\n', 2],
    ['could not be given', 2, '', 2],
  ])('%s', (_name, code, stdout, count) => {
    expect(compareExplanation(log, code, stdout)).toHaveLength(count);
  });
});

describe("the origin's log", () => {
  const wanted = ['GET /hello.txt 200', 'GET /film.mp4?token=… 200'];
  test.each([
    ['has the clean requests in order', wanted, 0],
    ['lacks one', wanted.slice(1), 1],
    ['has one that was denied', [...wanted, 'GET /hello.txt 200'], 1],
    ['has a signature', ['GET /hello.txt?auth_key=… 200', wanted[1]!], 1],
    ['has them in another order', [...wanted].reverse(), 2],
  ])('%s', (_name, seen, count) => {
    expect(compareOriginLog(wanted, seen)).toHaveLength(count);
  });
});

describe('the access log', () => {
  const wanted = [
    { log: 'decision=allow reason=a auth_status=' },
    { log: 'decision=deny reason=b auth_status=403' },
  ];
  test.each([
    [
      'has each decision in order',
      ['x decision=allow reason=a auth_status= y', 'x decision=deny reason=b auth_status=403 y'],
      0,
    ],
    ['lacks a line', ['x decision=allow reason=a auth_status= y'], 1],
    [
      'has them in another order',
      ['x decision=deny reason=b auth_status=403 y', 'x decision=allow reason=a auth_status= y'],
      2,
    ],
    [
      'has a status where none was expected',
      ['x decision=allow reason=a auth_status=200 y', 'x decision=deny reason=b auth_status=403 y'],
      1,
    ],
  ])('%s', (_name, log, count) => {
    expect(compareLog(wanted, log)).toHaveLength(count);
  });
});

test('the access log has what the API was not asked, and a download that goes on at its end', () => {
  const [first, download, change, last] = [{ log: 'a' }, { log: 'b', file: 'f' }, {}, { log: 'c' }];
  expect(inLogOrder([first, download, change, last])).toEqual([first, last, download]);
});

describe('the log of changes', () => {
  const key = '0123456789abcdef0123456789abcdef';
  const wanted = [
    { name: 'A new key', path: '/v2/a/config?requestAuth', body: `{"requestAuth":{"key1":"${key}"}}` },
  ];
  const line = '{"who":"write 1a2b3c4d 127.0.0.1","path":"/v2/a/config","changes":[{"pointer":"/x"}]}';
  test.each([
    ['says who changed what', [line], 0],
    ['lacks a change', [], 1],
    ['has one too many', [line, line], 1],
    ['names a reader', [line.replace('write', 'read')], 1],
    ['names another path', [line.replace('/v2/a', '/v2/b')], 1],
    ['says nothing of what was changed', [line.replace('{"pointer":"/x"}', '')], 1],
    ['holds a key', [line.replace('/x', key)], 1],
  ])('%s', (_name, seen, count) => {
    expect(compareChanges(wanted, seen)).toHaveLength(count);
  });
});
