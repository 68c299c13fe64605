// No directive that http {} may hold changes a verdict, the bytes of an auth request or their number.
import { isAtLeast, runtimes } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import {
  startInheritingEdge,
  startServers,
  type InheritingEdge,
  type Observation,
  type Servers,
  type Wiring,
} from './observe';
import { groups, type Group } from './table';

/** Room for finding the line where a group differs. */
const BISECT_MS = 300_000;
const wirings: Wiring[] = ['hop', 'inline'];
const nameOf = (line: string): string => line.split(/[\s;]/)[0]!;

/** Lines of the group that this nginx does not know. The group as a whole has to be valid without them. */
async function unknownTo(edge: Edge, group: Group): Promise<string[]> {
  const unknown: string[] = [];
  for (const name of new Set(group.lines.map(nameOf))) {
    const line = group.lines.find((one) => nameOf(one) === name)!;
    const conf = `events {} http { log_format x x; ${line} }`;
    const { output } = await edge.exec([
      'sh',
      '-c',
      'printf "%s" "$1" > /tmp/one.conf; nginx -t -c /tmp/one.conf -g "error_log /dev/null;" 2>&1',
      'sh',
      conf,
    ]);
    if (output.includes(`unknown directive "${name}"`)) unknown.push(name);
    else
      expect(output).not.toMatch(
        /is not allowed here|invalid number of arguments|invalid value|invalid parameter/,
      );
  }
  return unknown;
}

describe.each(
  runtimes.flatMap((runtime) => wirings.map((wiring) => ({ name: runtime.name, runtime, wiring }))),
)('inherited directives, $wiring, on $name', ({ runtime, wiring }) => {
  let servers: Servers;
  let plain: InheritingEdge;
  let expected: Observation[];

  beforeAll(async () => {
    servers = await startServers();
    plain = await startInheritingEdge(runtime, wiring, servers, { lines: [] });
    expected = await plain.observe();
  });
  afterAll(async () => {
    await plain?.stop();
    await Promise.all([servers?.auth.stop(), servers?.tls.stop()]);
  });

  test('without any, the requests have every verdict that they are there for', () => {
    const verdicts = new Set(expected.map(({ verdict }) => verdict));
    for (const verdict of ['allow success_status 200', 'deny failure_status 403', 'deny timeout '])
      expect(verdicts).toContain(verdict);
    for (const { verdict, leaked, request } of expected)
      if (!verdict.startsWith('allow')) expect([request, leaked]).toEqual([request, false]);
    expect(expected.filter(({ leaked }) => leaked).length).toBeGreaterThan(expected.length / 4);
  });

  test.each(groups)(
    '$name',
    async (group) => {
      const unknown = await unknownTo(plain.edge, group);
      if (unknown.length > 0) console.log(`${runtime.name} does not know ${unknown.join(', ')}: left out`);
      const lines = group.lines.filter((line) => !unknown.includes(nameOf(line)));
      if (wiring === 'hop' && group.deniesAllBefore && !isAtLeast(runtime.njsVersion, group.deniesAllBefore))
        return expectKeptDenied({ ...group, lines });
      const differing = await differencesOf({ ...group, lines });
      if (differing.length > 0) {
        // Which of them it is.
        const needed = lines.filter((line) =>
          /^(?:map|charset_map|proxy_cache_path|limit_\w+_zone) /.test(line),
        );
        for (const line of lines.filter((one) => !needed.includes(one))) {
          const alone = await differencesOf({ ...group, lines: [...needed, line] }).catch(
            (error: unknown) => [error],
          );
          if (alone.length > 0) console.log(`${runtime.name}, ${wiring}: ${line}`, alone[0]);
        }
      }
      expect(differing).toEqual([]);
    },
    BISECT_MS,
  );

  /** Where JavaScript judges, at least nobody gets in. nginx's own judgement is as without the lines. */
  async function expectKeptDenied(group: Group): Promise<void> {
    const edge = await startInheritingEdge(runtime, wiring, servers, group);
    try {
      const received = await edge.observe();
      console.log(`${runtime.name} denies all of kept.test under ${group.lines.join(' ')}`);
      const isKept = ({ request }: Observation) => request.startsWith('kept.test');
      const open = received.filter((one) => isKept(one) && (one.leaked || !one.verdict.startsWith('deny')));
      expect(open).toEqual([]);
      const pairs = received.map((one, index) => ({ expected: expected[index]!, received: one }));
      expect(pairs.filter((pair) => !isKept(pair.received) && !isSame(pair.expected, pair.received))).toEqual(
        [],
      );
    } finally {
      await edge.stop();
    }
  }

  /** Requests whose verdict or auth requests differ from those without the lines, and what the error log holds beyond them. */
  async function differencesOf(group: Group): Promise<unknown[]> {
    const edge = await startInheritingEdge(runtime, wiring, servers, group);
    try {
      const received = await edge.observe();
      const errors = (await edge.edge.errors()).filter(
        (line) => !isExpected(line) && !group.errors?.test(line),
      );
      const pairs = received.map((one, index) => ({ expected: expected[index], received: one }));
      return [...pairs.filter((pair) => !isSame(pair.expected!, pair.received)), ...errors];
    } finally {
      await edge.stop();
    }
  }
});

/** The content may be another one by the operator's wish; what is protected never comes with a denial. */
function isSame(expected: Observation, received: Observation): boolean {
  const isLeak = received.leaked && !received.verdict.startsWith('allow');
  return !isLeak && JSON.stringify({ ...expected, leaked: 0 }) === JSON.stringify({ ...received, leaked: 0 });
}

/** What the requests bring about without any inherited line, and warnings of nginx's about the operator's own values. */
function isExpected(line: string): boolean {
  return /upstream timed out \(110|\[warn\]/.test(line);
}
