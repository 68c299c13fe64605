/** Before anything is measured: does each system do what its row says? A system that lets everyone in is cheap. */
import { run, type Fleet } from './fleet';
import { FILES, targetOf } from './policies';
import { type Answer, hostOf, instances, isAsking, type System } from './systems';

const REPEATS = 10;
const QUESTIONS = '9009 status.test /';

/** Throws where a system asks, lets in or refuses otherwise than its row says. */
export async function verifySystems({ edge, systems }: Fleet): Promise<void> {
  const lines = systems.flatMap((system) => {
    const allowed = lineOf(system, 'empty');
    return [QUESTIONS, ...Array.from({ length: REPEATS }, () => allowed), QUESTIONS, refusedOf(system)];
  });
  const said = await run(edge, `perl /srv/bench/client.pl probe <<'END'\n${lines.join('\n')}\nEND`);
  const replies = said.trim().split('\n');
  const each = REPEATS + 3;
  for (const [i, system] of systems.entries()) verify(system, replies.slice(i * each, (i + 1) * each));
}

function lineOf(system: System, answer: Answer, target = targetOf(system, '1 KB')): string {
  return `${instances[system.instance].port} ${hostOf(system, answer)} ${target}`;
}

function refusedOf(system: System): string {
  return isAsking(system) ? lineOf(system, 'refuse') : lineOf(system, 'empty', FILES['1 KB']);
}

function verify(system: System, replies: string[]): void {
  const fail = (expected: string, received: string) => {
    throw new Error(`${system.name}: expected ${expected}, received ${received}`);
  };
  for (const reply of replies.slice(1, -2))
    if (!reply.startsWith('200 1024 kkk')) fail("200 with the origin's 1024 bytes", reply);
  const [before = NaN, after = NaN] = [replies[0], replies.at(-2)].map(countOf);
  // The second look at the count is a request, too.
  const asked = after - before - 1;
  const expected = isAsking(system) ? (system.host === 'ask' ? REPEATS : 1) : 0;
  if (asked !== expected) fail(`${expected} questions for ${REPEATS} requests`, String(asked));
  const refused = system.group === 'proxy' ? '200 1024' : '403 ';
  if (!replies.at(-1)!.startsWith(refused)) fail(`${refused} for what is not allowed`, replies.at(-1)!);
}

/** The third number of stub_status's third line: all requests. */
const countOf = (reply = ''): number => Number(/requests (?:\d+ ){2}(\d+) /.exec(reply)?.[1] ?? NaN);
