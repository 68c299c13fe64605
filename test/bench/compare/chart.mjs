// docs/bench/chart.svg out of results.json beside it: CPU per request as a multiple of plain nginx. node chart.mjs FOLDER
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

const folder = process.argv[2];
const { systems, machine } = JSON.parse(readFileSync(path.join(folder, 'results.json'), 'utf8'));

/** A row for each system; a second one where the auth server's answer has a body. */
const rows = systems.flatMap(({ name, isOurs, group, measured }) => {
  const row = (situation, suffix) => {
    const { ratio } = measured[situation];
    return { ...ratio, name: name + suffix, isOurs: Boolean(isOurs), group };
  };
  const isAsked = group === 'asked each time';
  const all = [row('1 KB', isAsked ? ', empty answer' : '')];
  if (isAsked && measured.body) all.push(row('body', ', 200 bytes'));
  return all;
});
const groups = ['proxy', 'signature', 'answer remembered', 'asked each time'];
rows.sort((a, b) => groups.indexOf(a.group) - groups.indexOf(b.group) || a.median - b.median);

const most = Math.max(...rows.map(({ max }) => max));
const { document } = parseHTML('<html><body></body></html>');
const plot = Plot.plot({
  document,
  width: 860,
  height: 70 + rows.length * 19,
  marginLeft: 255,
  marginRight: 45,
  marginTop: 46,
  marginBottom: 24,
  x: { domain: [0, Math.ceil(most)], axis: null },
  y: { domain: rows.map(({ name }) => name), label: null, tickSize: 0, padding: 0.28 },
  marks: [
    Plot.gridX({ className: 'grid' }),
    Plot.axisX({ anchor: 'bottom', label: null, tickSize: 0, tickFormat: (value) => `${value}x` }),
    Plot.barX(
      rows.filter(({ isOurs }) => !isOurs),
      { x: 'median', y: 'name', className: 'peer' },
    ),
    Plot.barX(
      rows.filter(({ isOurs }) => isOurs),
      { x: 'median', y: 'name', className: 'ours' },
    ),
    Plot.ruleX([1], { className: 'plain' }),
    Plot.ruleY(rows, { x1: 'min', x2: 'max', y: 'name', className: 'whisker' }),
    Plot.text(rows, {
      x: 'max',
      y: 'name',
      text: ({ median }) => median.toFixed(2),
      textAnchor: 'start',
      dx: 5,
      className: 'value',
    }),
    Plot.axisY({ label: null, tickSize: 0, className: 'names' }),
  ],
});

const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
const style = `<style>
svg { --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --peer: #9aa4af; --ours: #0a7d4b; }
@media (prefers-color-scheme: dark) { svg { --ink: #f0f6fc; --soft: #9198a1; --line: #3d444d; --peer: #69737e; --ours: #2ebd7c; } }
text { fill: var(--ink); font: 12px system-ui, sans-serif; }
.title { font-size: 15px; font-weight: 600; } .note, .value { fill: var(--soft); font-size: 11px; }
.peer { fill: var(--peer); } .ours { fill: var(--ours); } .whisker { stroke: var(--ink); stroke-width: 1.2; }
.plain { stroke: var(--soft); stroke-dasharray: 3 3; } .grid { stroke: var(--line); stroke-opacity: 1; }
</style>
<text class="title" x="8" y="18">CPU per request, as a multiple of plain nginx (1 KB file)</text>
<text class="note" x="8" y="35">Shorter is better. Median; the line is from the least to the most of the rounds. ${versions.join(', ')}.</text>`;
const svg = plot.outerHTML.replace(/<style>[\s\S]*?<\/style>/, '').replace(/(<svg[^>]*>)/, `$1${style}`);
writeFileSync(
  path.join(folder, 'chart.svg'),
  svg.includes('xmlns=') ? svg : svg.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"'),
);
