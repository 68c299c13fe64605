/** What http.conf leaves out because nothing of the render reads it. */
import { publicVariables, withoutUnread } from '../../../src/conf/unread';

const conf = (...blocks: string[]) => `${blocks.join('\n')}\n`;
const map = (source: string, name: string, value = '""') =>
  `map ${source} $${name} {\n    default ${value};\n}`;

test('a map that nothing reads goes, with the comment above it', () => {
  const text = conf('# One.', map('$uri', 'edge_auth_one'), '# Two.', map('$uri', 'edge_auth_two'));
  expect(withoutUnread(text, ['set $x $edge_auth_two;'])).toBe(conf('# Two.', map('$uri', 'edge_auth_two')));
});

test('so does what only such a map reads, and a circle of maps', () => {
  const chain = [
    map('$uri', 'edge_auth_a'),
    map('$edge_auth_a', 'edge_auth_b'),
    map('$edge_auth_b', 'edge_auth_c'),
  ];
  expect(withoutUnread(conf(...chain), []).trim()).toBe('');
  expect(withoutUnread(conf(...chain), ['$edge_auth_c'])).toBe(conf(...chain));
  const circle = [map('$edge_auth_b', 'edge_auth_a'), map('$edge_auth_a', 'edge_auth_b')];
  expect(withoutUnread(conf(...circle), []).trim()).toBe('');
});

test('a directive of http.conf itself reads, a comment does not', () => {
  const declared = map('$uri', 'edge_auth_a');
  expect(withoutUnread(conf(declared, 'limit_rate $edge_auth_a;'), [])).toContain(declared);
  expect(withoutUnread(conf(declared, '# See $edge_auth_a.'), [])).not.toContain(declared);
});

test('a map stays for what its pattern captures', () => {
  const captures = `map $uri $edge_auth_a {\n    default "";\n    "~^(?<edge_auth_found>.)" 1;\n}`;
  expect(withoutUnread(conf(captures), ['if ($edge_auth_found) {'])).toBe(conf(captures));
  expect(withoutUnread(conf(captures), ['$edge_auth_other']).trim()).toBe('');
});

test('js_set and maps of one line go alike', () => {
  const text = conf('js_set $edge_auth_a edge_auth.later.readA;', 'map "" $edge_auth_b { default ""; }');
  expect(withoutUnread(text, []).trim()).toBe('');
  expect(withoutUnread(text, ['edge_auth_a and ${edge_auth_b}'])).toBe(text);
});

test('a comment above several maps stays with those that are left', () => {
  const [one, two] = [map('$uri', 'edge_auth_one'), map('$uri', 'edge_auth_two')];
  expect(withoutUnread(conf('# Both.', one, two), ['$edge_auth_two'])).toBe(conf('# Both.', two));
});

test('a script that names a variable keeps it, and so does what operators may read', () => {
  const text = conf(map('$uri', 'edge_auth_a'), ...publicVariables.map((name) => map('$uri', name)));
  expect(withoutUnread(text, ['const a = r.variables.edge_auth_a;'])).toBe(text);
  expect(withoutUnread(text, [])).toBe(conf(...publicVariables.map((name) => map('$uri', name))));
});
