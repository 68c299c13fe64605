/** Each verdict that can stand in `$edge_auth_verdict` is known to the maps of http.conf that say what it means. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { flatten, parseConf } from '../cli/conf-tokens';

const root = join(__dirname, '../../..');
const filesBelow = (folder: string, ending: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => join(folder, path));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The rows of a map of a template, by the name of its variable. */
function rowsOf(path: string, variable: string): Map<string, string> {
  const text = read(path).replace(/\$\{EDGE_AUTH_\w+\}/g, '');
  const block = /^map .*$/m.test(text) && new RegExp(`^map [^{]*\\$${variable} \\{[^}]*\\}`, 'm').exec(text);
  if (!block) throw new Error(`no map of ${variable} in ${path}`);
  const [map] = parseConf(block[0].replace(/"~[^\n]*"\s+(\w+);/g, '"~" $1;'));
  return new Map(flatten(map!.block!).map(({ words }) => [words[0]!, words[1] ?? '']));
}
const decision = rowsOf('nginx/http/decisions.conf', 'edge_auth_decision');
const reason = rowsOf('nginx/http/decisions.conf', 'edge_auth_reason');
const already = rowsOf('nginx/http/decisions.conf', 'edge_auth_already_allowed');

/** Why an auth server gave no answer, which conf puts behind a decision. */
const unanswered = [
  ...read('nginx/http/remote.conf')
    .replace(/[^]*\$edge_auth_unanswered \{/, '')
    .replace(/\n\}[^]*/, '')
    .matchAll(/\S +(\w+);$/gm),
].map(([, word]) => word!);

const sources = [
  ...filesBelow('nginx', '.conf').filter((path) => path !== 'nginx/http/decisions.conf'),
  ...filesBelow('src/conf', '.ts'),
  ...filesBelow('src/data-plane', '.ts'),
  'src/core/remote/status-table.ts',
  'src/core/remote/verdict.ts',
];
/** Of code without its comments. */
const textOf = (path: string): string =>
  read(path)
    .replace(/^\s*#.*$/gm, '')
    .replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
const verdicts = [
  ...new Set([
    // JavaScript puts it together.
    'deny policy_invalid',
    ...sources.flatMap((path) =>
      [...textOf(path).matchAll(/["']((?:allow|deny|throttle) [a-z_$]+)["']/g)].flatMap(([, text]) =>
        text!.endsWith(' $edge_auth_unanswered')
          ? unanswered.map((word) => text!.replace('$edge_auth_unanswered', word))
          : [text!],
      ),
    ),
  ]),
].sort();

test('the verdicts are found', () => {
  expect(unanswered).toEqual(
    expect.arrayContaining(['decider_error', 'answer_too_large', 'timeout', 'closed']),
  );
  expect(verdicts).toEqual(
    expect.arrayContaining([
      'allow out_of_scope',
      'allow success_status',
      'allow timeout',
      'deny answer_too_large',
      'deny other_status',
      'deny repeated_header',
      'throttle failure_status',
    ]),
  );
  for (const text of verdicts) expect(text).toMatch(/^(?:allow|deny|throttle) [a-z_]+$/);
});

describe.each(verdicts)('"%s"', (text) => {
  test('is told apart in the log', () => {
    const [decided, why] = text.split(' ');
    expect(reason.get(text)).toBe(why);
    // What has no row is a denial.
    expect(decision.get(text) ?? decision.get('default')).toBe(decided);
  });

  test('spares a second auth request only if it was let in by one', () => {
    const wasAsked = !text.startsWith('deny ') && text !== 'allow out_of_scope';
    expect(already.get(text)).toBe(wasAsked ? '1' : undefined);
  });
});

test.each([
  ['edge_auth_decision', decision],
  ['edge_auth_reason', reason],
  ['edge_auth_already_allowed', already],
])('$%s has no row for a verdict that nobody says', (_name, rows) => {
  const known = ['default', 'volatile', '', ...verdicts];
  expect([...rows.keys()].filter((key) => !known.includes(key))).toEqual([]);
});

test('a verdict that no row knows denies, is no second pass, and shows as it is', () => {
  expect(decision.get('default')).toBe('deny');
  expect(already.get('default')).toBe('');
  expect(reason.get('default')).toBe('$edge_auth_verdict');
});
