/** The README's part of the comparison: a line for each system, and where a peer is faster. */
import { readFile, writeFile } from 'node:fs/promises';
import { sentencesOf } from './sentences';
import { shown, table } from './tables';
import type { Results } from './write-results';

const begin = '<!-- comparison: written by npm run bench -->';
const end = '<!-- end of comparison -->';

/** Puts the figures in the place of those that stand there. */
export async function writeReadme(file: string, results: Results): Promise<void> {
  const text = await readFile(file, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`expected ${begin} and ${end} in ${file}, received neither`);
  await writeFile(file, `${text.slice(0, from + begin.length)}\n\n${partOf(results)}\n\n${text.slice(to)}`);
}

function partOf(results: Results): string {
  const { machine, rounds, systems } = results;
  const ratio = (value?: { ratio: { median: number } }) => value?.ratio.median.toFixed(2) ?? '';
  const rows = systems.map((system) => [
    shown(system),
    ratio(system.measured['1 KB']),
    ratio(system.measured.body),
    system.measured['1 KB']?.cpu.median.toFixed(0) ?? '',
    system.memory.downloading?.toFixed(0) ?? '',
  ]);
  const heads = [
    '1 KB, one worker',
    'CPU, × plain nginx',
    '… auth server sends 200 bytes',
    'µs',
    'KB a slow download',
  ];
  return [
    `nginx ${machine.versions['nginx']}, njs ${machine.versions['njs']}, medians of ${rounds} rounds:`,
    table(heads, rows),
    sentencesOf(results)
      .map((sentence) => `- ${sentence}`)
      .join('\n'),
  ].join('\n\n');
}
