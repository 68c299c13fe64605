/** The figures as Markdown. */
import { HELD } from './connections';
import type { Spread } from './figures';
import { sentencesOf } from './sentences';
import type { Results, SituationName, SystemResults } from './write-results';

const us = (value: number): string => value.toFixed(value < 1000 ? 1 : 0);
const range = ({ median, min, max }: Spread, show: (value: number) => string): string =>
  `${show(median)} (${show(min)} - ${show(max)})`;
const times = (spread: Spread): string => range(spread, (value) => value.toFixed(2));
const ms = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(1));
const whole = (value: number): string => Math.round(value).toLocaleString('en');

export function table(heads: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const rule = heads.map((_, i) => (i === 0 ? '---' : '---:'));
  return [heads, rule, ...rows].map(line).join('\n');
}

export const shown = ({ name, isOurs }: SystemResults): string => (isOurs ? `**${name}**` : name);

function costTable({ systems }: Results, situation: SituationName, hasRatio = true): string {
  const rows = systems.flatMap((system) => {
    const one = system.measured[situation];
    if (!one) return [];
    const latency = [whole(one.requestsPerSecond.median), ms(one.p50.median), ms(one.p99.median)];
    return [[shown(system), ...(hasRatio ? [times(one.ratio)] : []), range(one.cpu, us), ...latency]];
  });
  return table(
    ['', ...(hasRatio ? ['times plain nginx'] : []), 'CPU, µs', 'requests/s', 'p50, ms', 'p99, ms'],
    rows,
  );
}

function memoryTable({ systems }: Results): string {
  const size = (value?: number) => (value === undefined ? '' : value.toFixed(1));
  return table(
    ['KB a connection', ...HELD],
    systems.map((system) => [shown(system), ...HELD.map((held) => size(system.memory[held]))]),
  );
}

function domainTable({ domains }: Results): string {
  const first = Object.values(domains)[0] ?? [];
  const counts = first.map(({ count }) => count.toLocaleString('en'));
  const rows = Object.entries(domains).map(([name, grown]) => [
    name.startsWith('edge-auth') ? `**${name}**` : name,
    ...grown.map(({ measured }) => us(measured.cpu.median)),
    times(grown.at(-1)!.measured.ratio),
    ...grown.map(({ resident }) => (resident / 1024).toFixed(1)),
    (grown.at(-1)!.start / 1000).toFixed(1),
  ]);
  const last = counts.at(-1) ?? '';
  return table(
    [
      '',
      ...counts.map((count) => `µs, ${count}`),
      `${last} beside 1`,
      ...counts.map((count) => `MB, ${count}`),
      `start, s`,
    ],
    rows,
  );
}

export function tablesOf(results: Results): string {
  const { machine, rounds, seconds, skipped, systems } = results;
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  const list = (lines: string[]) => lines.map((line) => `- ${line}`).join('\n');
  return `<!-- Written by \`npm run bench\`; do not edit. -->

# The comparison

Written by \`npm run bench\` in ${Math.round(seconds / 60)} minutes, on ${machine.cores} cores of ${machine.cpu}: ${versions.join(', ')}. [How it is measured](../bench.md).
Medians of ${rounds} rounds, with the least and the most in brackets. The ratio to plain nginx is taken within each round and travels best between machines.

${list(sentencesOf(results))}
${skipped.length > 0 ? `\nNot measured:\n\n${list(skipped.map(({ name, reason }) => `${name}: ${reason}`))}\n` : ''}
![CPU per request as a multiple of plain nginx](chart.svg)

## 1 KB, the auth server answers at once and with an empty body

${costTable(results, '1 KB')}

## The same, 20,000 different URLs and users in turn

${costTable(results, 'many')}

## One URL and user again, and the auth server's answer has a body of 200 bytes

${costTable(results, 'body')}

## 1 MB, the auth server answers at once and with an empty body

${costTable(results, '1 MB')}

## The auth server takes 5 ms

32 connections at a time. CPU is for a request among few others, so it is not compared with a full load.

${costTable(results, '5 ms', false)}

## The auth server takes 50 ms

${costTable(results, '50 ms', false)}

## Memory that a connection holds

Idle and kept alive; waiting for an auth server that is silent; downloading 1 MB that the client reads slowly. Private memory of the edge's processes, without the kernel's
buffers.

${memoryTable(results)}

## Domains

CPU of a request, spread over all domains; memory of master and worker; how long nginx takes to start with the most of them.

${domainTable(results)}

## What each of them does

${list(systems.map((system) => `${shown(system)}: ${system.does}`))}
`;
}
