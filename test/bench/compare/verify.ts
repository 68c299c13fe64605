/** Before anything is measured: does each system do what its row says? A system that lets everyone in is cheap. */
import type { Edge } from '../../integration/harness/started-edge';
import { run, type Fleet } from './fleet';
import { FILES, targetOf } from './policies';
import { type Cell, load } from './rounds';
import { type Answer, hostOf, instances, isAsking, type System } from './systems';

const REPEATS = 10;
/** An answer that had to be asked for again: next to none. */
const FORGOTTEN = 50;
/** Enough to come to 20,000 requests, some of which are asked about. */
const WARM_SECONDS = 3;
const WARM_TIMES = 10;
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

/** Sends the cell's requests until none is asked about again. Throws where a system does not remember all of them. */
export async function warmUntilRemembered(edge: Edge, cell: Cell): Promise<void> {
  const count = async () => countOf(await run(edge, `echo '${QUESTIONS}' | perl /srv/bench/client.pl probe`));
  for (let i = 0; i < WARM_TIMES; i++) {
    const before = await count();
    await load(edge, { ...cell, seconds: WARM_SECONDS });
    // The second look at the count is a request, too.
    if ((await count()) - before - 1 <= FORGOTTEN) return;
  }
  throw new Error(
    `${cell.id}: expected ${cell.requests.length} answers to be remembered, received questions`,
  );
}

/** The third number of stub_status's third line: all requests. */
const countOf = (reply = ''): number => Number(/requests (?:\d+ ){2}(\d+) /.exec(reply)?.[1] ?? NaN);
