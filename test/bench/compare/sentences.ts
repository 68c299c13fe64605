/** What the figures say, in words: who is faster than edge-auth, and who is not. Written from the figures, whichever way they fall. */
import type { Results, SituationName, SystemResults } from './write-results';

const of = (names: string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** Less of a difference is none. */
const SAME = 0.03;

/** A sentence for each thing to be done. */
export function sentencesOf({ systems }: Results): string[] {
  const group = (name: SystemResults['group']) => systems.filter((system) => system.group === name);
  const asked = group('asked each time');
  return [
    cpuSentence('Checking a signature', group('signature'), '1 KB'),
    cpuSentence('Checking 20,000 different signed URLs', group('signature'), 'many'),
    cpuSentence('Asking each time, answer without a body', asked, '1 KB'),
    cpuSentence('Asking each time about 20,000 users and URLs', asked, 'many'),
    cpuSentence('Asking each time, answer of 200 bytes', asked, 'body'),
    cpuSentence('Remembering the answer', group('answer remembered'), '1 KB'),
    cpuSentence('Remembering 20,000 answers', group('answer remembered'), 'many'),
    cpuSentence('Asking each time, 1 MB', asked, '1 MB'),
    memorySentence('A download that was signed', group('signature')),
    memorySentence('A download that was asked about', asked),
  ].filter((sentence) => sentence !== '');
}

function cpuSentence(what: string, systems: SystemResults[], situation: SituationName): string {
  const valueOf = ({ measured }: SystemResults) => measured[situation]?.ratio.median;
  return sentence(
    `${what}, CPU as a multiple of plain nginx`,
    systems,
    valueOf,
    (value) => value.toFixed(2),
    ['faster than edge-auth', 'slower'],
  );
}

function memorySentence(what: string, systems: SystemResults[]): string {
  const valueOf = ({ memory }: SystemResults) => memory.downloading;
  return sentence(`${what}, KB in the edge`, systems, valueOf, (value) => value.toFixed(0), [
    'less than edge-auth',
    'more',
  ]);
}

/** Each peer is held against the best of ours. */
function sentence(
  what: string,
  systems: SystemResults[],
  valueOf: (system: SystemResults) => number | undefined,
  show: (value: number) => string,
  [better, worse]: [string, string],
): string {
  const found = systems
    .flatMap((system) => {
      const value = valueOf(system);
      return value === undefined ? [] : [{ ...system, value }];
    })
    .sort((a, b) => a.value - b.value);
  const [best] = found.filter(({ isOurs }) => isOurs);
  if (!best) return '';
  const list = (all: typeof found) => of(all.map(({ name, value }) => `${name} ${show(value)}`));
  const peers = found.filter(({ isOurs }) => !isOurs);
  const ahead = peers.filter(({ value }) => value < best.value * (1 - SAME));
  const behind = peers.filter(({ value }) => value > best.value * (1 + SAME));
  const beside = peers.filter((peer) => !ahead.includes(peer) && !behind.includes(peer));
  return (
    [
      `${what}: ${list(found.filter(({ isOurs }) => isOurs))}`,
      ahead.length > 0 ? `${better}: ${list(ahead)}` : `no peer is ${better}`,
      ...(beside.length > 0 ? [`the same: ${list(beside)}`] : []),
      ...(behind.length > 0 ? [`${worse}: ${list(behind)}`] : []),
    ].join('; ') + '.'
  );
}
