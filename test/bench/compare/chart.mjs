// docs/bench/chart.svg out of results.json beside it: CPU per request as a multiple of plain nginx. node chart.mjs FOLDER
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

const folder = process.argv[2];
const { systems, machine } = JSON.parse(readFileSync(path.join(folder, 'results.json'), 'utf8'));

/** What is compared with what: a heading, and a row for each system, the cheapest first. */
const sections = [
  ['Nothing checked', 'proxy', '1 KB'],
  ['Checking a signature', 'signature', '1 KB'],
  ['Checking 20,000 different signed URLs', 'signature', 'many'],
  ['Remembering the answer', 'answer remembered', '1 KB'],
  ['Remembering 20,000 answers', 'answer remembered', 'many'],
  ['Asking each time, answer without a body', 'asked each time', '1 KB'],
  ['Asking each time, answer of 200 bytes', 'asked each time', 'body'],
].map(([heading, group, situation]) => {
  const own = systems.filter((system) => system.group === group && system.measured[situation]);
  const rows = own.map(({ name, isOurs, measured }) => ({
    ...measured[situation].ratio,
    key: `${heading}: ${name}`,
    name,
    isOurs: Boolean(isOurs),
  }));
  return { heading, rows: rows.sort((a, b) => a.median - b.median) };
});
const rows = sections.flatMap((section) => section.rows);
const nameOf = new Map(rows.map(({ key, name }) => [key, name]));
const lines = sections.flatMap((section) => [section.heading, ...section.rows.map(({ key }) => key)]);

const most = Math.max(...rows.map(({ max }) => max));
const { document } = parseHTML('<html><body></body></html>');
const plot = Plot.plot({
  document,
  width: 860,
  height: 84 + lines.length * 19,
  marginLeft: 235,
  marginRight: 45,
  marginTop: 60,
  marginBottom: 24,
  x: { domain: [0, Math.ceil(most)], axis: null },
  y: { domain: lines, label: null, tickSize: 0, padding: 0.28 },
  marks: [
    Plot.gridX({ className: 'grid' }),
    Plot.axisX({ anchor: 'bottom', label: null, tickSize: 0, tickFormat: (value) => `${value}x` }),
    Plot.barX(
      rows.filter(({ isOurs }) => !isOurs),
      { x: 'median', y: 'key', className: 'peer' },
    ),
    Plot.barX(
      rows.filter(({ isOurs }) => isOurs),
      { x: 'median', y: 'key', className: 'ours' },
    ),
    Plot.ruleX([1], { className: 'plain' }),
    Plot.ruleY(rows, { x1: 'min', x2: 'max', y: 'key', className: 'whisker' }),
    Plot.text(rows, {
      x: 'max',
      y: 'key',
      text: ({ median }) => median.toFixed(2),
      textAnchor: 'start',
      dx: 5,
      className: 'value',
    }),
    Plot.axisY({ label: null, tickSize: 0, tickFormat: (key) => nameOf.get(key) ?? '' }),
    Plot.text(sections, {
      frameAnchor: 'left',
      y: 'heading',
      text: 'heading',
      dx: -227,
      className: 'heading',
    }),
  ],
});

const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
// No CSS variables: not every viewer of SVG knows them.
const coloursOf = ({ ink, soft, line, peer, ours }) => `
text { fill: ${ink}; } .note, .value text { fill: ${soft}; } .peer rect { fill: ${peer}; } .ours rect { fill: ${ours}; }
.whisker line { stroke: ${ink}; } .plain line { stroke: ${soft}; } .grid line { stroke: ${line}; }`;
const light = { ink: '#1f2328', soft: '#59636e', line: '#d1d9e0', peer: '#9aa4af', ours: '#0a7d4b' };
const dark = { ink: '#f0f6fc', soft: '#9198a1', line: '#3d444d', peer: '#69737e', ours: '#2ebd7c' };
const style = `<style>
text { font: 12px system-ui, sans-serif; } .title { font-size: 15px; } .title, .heading text { font-weight: 600; }\n.title, .note { text-anchor: start; } .note, .value text { font-size: 11px; }
.grid line { stroke-opacity: 1; } .plain line { stroke-dasharray: 3 3; }${coloursOf(light)}
@media (prefers-color-scheme: dark) {${coloursOf(dark)}
}
</style>
<text class="title" x="8" y="18">CPU per request, as a multiple of plain nginx (1 KB file)</text>
<text class="note" x="8" y="36">Shorter is better. Median; the line is from the least to the most of the rounds.</text>
<text class="note" x="8" y="51">${versions.join(', ')}.</text>`;
const svg = plot.outerHTML.replace(/<style>[\s\S]*?<\/style>/, '').replace(/(<svg[^>]*>)/, `$1${style}`);
writeFileSync(
  path.join(folder, 'chart.svg'),
  svg.includes('xmlns=') ? svg : svg.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"'),
);
