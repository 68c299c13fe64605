/** Names of maps: speaking, the same for the same text, and never the same for two texts. */
import fc from 'fast-check';
import { assertOneMapEach, Names } from '../../../src/conf/names';
import { digestOf } from '../../../src/conf/text';

test.each([
  ['2xx', '2xx'],
  ['200_206_304_else_allow', '200_206_304_else_allow'],
  ['a-b.c', 'a_b_c'],
  ['$(){};"\'\n', '_'],
  ['é', '_'],
  ['a'.repeat(41), 'a'.repeat(40)],
])('the first that asks for %j is named %j', (hint, name) => {
  expect(new Names().nameOf(hint, 'text')).toBe(name);
});

test('the same text has the same name, however often it is asked for', () => {
  const names = new Names();
  expect([1, 2, 3].map(() => names.nameOf('2xx', 'one'))).toEqual(['2xx', '2xx', '2xx']);
});

test('the second text of a hint has a digest behind its name, and keeps it', () => {
  const names = new Names();
  expect(names.nameOf('2xx', 'one')).toBe('2xx');
  const second = `2xx_${digestOf('two').slice(0, 6)}`;
  expect(names.nameOf('2xx', 'two')).toBe(second);
  expect(names.nameOf('2xx', 'one')).toBe('2xx');
  expect(names.nameOf('2xx', 'two')).toBe(second);
});

test('hints that differ in case clash, for nginx takes their variables for one', () => {
  const names = new Names();
  expect(names.nameOf('Auth', 'one')).toBe('auth');
  expect(names.nameOf('auth', 'two')).toBe(`auth_${digestOf('two').slice(0, 6)}`);
});

test('a hint cannot take the name that another text has already, digest and all', () => {
  const names = new Names();
  names.nameOf('a', 'one');
  const second = names.nameOf('a', 'two');
  expect(names.nameOf(second, 'three')).not.toBe(second);
  expect(names.nameOf('a', 'two')).toBe(second);
});

test('a text whose digest begins as the digest of another has all of its own', () => {
  const names = new Names();
  names.nameOf('2xx', 'one');
  // As if a policy had been made for it: who has the name is another text.
  const wanted = `2xx_${digestOf('victim').slice(0, 6)}`;
  names.nameOf(wanted, 'made to fit');
  expect(names.nameOf('2xx', 'victim')).toBe(`2xx_${digestOf('victim')}`);
});

test('conf with two maps of a variable is refused, in whatever case they are written', () => {
  expect(() => assertOneMapEach('map $a $edge_auth_x {\n}\nmap $b $edge_auth_y {\n}\n')).not.toThrow();
  expect(() => assertOneMapEach('map $a $edge_auth_x {\n}\nmap "" $edge_auth_X { default ""; }\n')).toThrow(
    'expected one map of $edge_auth_X in http.conf, received two',
  );
});

test('hints that differ in letters only that no variable takes do not clash', () => {
  const names = new Names();
  expect(names.nameOf('a.b', 'one')).not.toBe(names.nameOf('a-b', 'two'));
});

test('renders do not know each other', () => {
  expect(new Names().nameOf('2xx', 'one')).toBe(new Names().nameOf('2xx', 'two'));
});

test('whatever is asked for: one name a text and hint, no name for two texts, letters that nginx takes', () => {
  const hint = fc.oneof(fc.constantFrom('2xx', '200', '200_206', 'a-b', 'a.b'), fc.string());
  const asked = fc.array(fc.tuple(hint, fc.constantFrom('one', 'two', 'three', 'four')), { maxLength: 20 });
  fc.assert(
    fc.property(asked, (all) => {
      const names = new Names();
      const textOf = new Map<string, string>();
      for (const [word, text] of all) {
        const name = names.nameOf(word, text);
        expect(name).toMatch(/^\w*$/);
        expect(name.length).toBeLessThanOrEqual(47);
        expect(names.nameOf(word, text)).toBe(name);
        expect(textOf.get(name) ?? text).toBe(text);
        textOf.set(name, text);
      }
    }),
    { numRuns: 2000 },
  );
});
