// The table of test/vectors/scope.json, and properties against a plain reading of the policy's words.
import fc from 'fast-check';
import type { Scope } from '../../../src/core/scope';
import { scopeRules } from '../../../src/core/scope';
import { parsePolicy } from '../../../src/policy/policy';
import groups from '../../vectors/scope.json';
import { isAsked, lowerAscii } from './pcre-map';

function scopeOf(written: object): Scope {
  const text = JSON.stringify({ remote_auth: { auth_server: 'http://auth.example.com', scope: written } });
  const { policy, issues } = parsePolicy(text, 'www.example.com.json');
  if (!policy?.remoteAuth?.scope) throw new Error(`refused: ${JSON.stringify(issues)}`);
  return policy.remoteAuth.scope;
}

const cases = groups.flatMap(({ name, scope, asked, unasked }) =>
  [
    ...asked.map((request) => [request, true] as const),
    ...unasked.map((request) => [request, false] as const),
  ].map(([request, isInScope]) => ({ name, scope, request, isInScope, shown: JSON.stringify(request) })),
);

test.each(cases)('$name: $shown is in scope: $isInScope', ({ scope, request, isInScope }) => {
  const space = request.indexOf(' ');
  expect(isAsked(scopeOf(scope), request.slice(0, space), request.slice(space + 1))).toBe(isInScope);
});

/** The policy's words, read without a regular expression over the whole path. */
function isAmbiguous(path: string): boolean {
  const segments = path.split('/');
  const isOddlyEnded = segments.some((segment) => segment.endsWith('.') || segment.endsWith(' '));
  const hasOddCharacter = [...path].some((char) => char < ' ' || char === '\x7f' || ';?#%\\'.includes(char));
  return path === '' || path.includes('//') || isOddlyEnded || hasOddCharacter;
}

function isExpected(scope: Scope, method: string, path: string): boolean {
  const fold = (text: string) => (scope.caseSensitive ? text : lowerAscii(text));
  const covers = (rule: string) =>
    rule.endsWith('/*') ? fold(path).startsWith(fold(rule.slice(0, -1))) : fold(path) === fold(rule);
  const segments = fold(path).split('/');
  const isTyped = (segment: string) => (type: string) => segment.endsWith('.' + fold(type));
  if (scope.excludeMethods.includes(method)) return false;
  if (isAmbiguous(path)) return true;
  if (scope.excludePaths.some(covers)) return false;
  if (scope.excludeFileTypes.some(isTyped(segments[segments.length - 1]!))) return false;
  if (scope.paths.length + scope.fileTypes.length === 0) return true;
  return scope.paths.some(covers) || segments.some((segment) => scope.fileTypes.some(isTyped(segment)));
}

const pieces = [
  'a',
  'A',
  'b',
  'é',
  'É',
  'private',
  '.png',
  '.PNG',
  '.tar.gz',
  '.',
  ' ',
  '-',
  '+',
  '(',
  ')',
  '[',
  '|',
  '/',
  '/',
];
const oddPieces = [
  ...pieces,
  ';',
  '?',
  '#',
  '%',
  '%2f',
  '\\',
  '\n',
  '\r',
  '\0',
  '\x7f',
  '\x85',
  '\u2028',
  '//',
  '/./',
];
const joined = (from: string[], maxLength = 8) =>
  fc.array(fc.constantFrom(...from), { maxLength }).map((parts) => parts.join(''));
const requestPath = joined(oddPieces).map((rest) => '/' + rest);
const rulePath = fc.oneof(
  joined(pieces, 4).map((rest) => '/' + rest),
  joined(pieces, 3).map((rest) => `/${rest}/*`),
  fc.constant('/*'),
);
const fileType = fc.constantFrom('png', 'PNG', 'gz', 'tar.gz', 'p', 'a-b', 'a');
const method = fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'X-GET', 'GET_');
const listOf = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 3 });
const scope: fc.Arbitrary<Scope> = fc.record({
  fileTypes: listOf(fileType),
  paths: listOf(rulePath),
  excludeFileTypes: listOf(fileType),
  excludePaths: listOf(rulePath),
  excludeMethods: listOf(method),
  caseSensitive: fc.boolean(),
});

describe('for any scope and request', () => {
  test('the rules say what the policy says', () => {
    fc.assert(
      fc.property(scope, method, requestPath, (rules, verb, path) => {
        expect(isAsked(rules, verb, path)).toBe(isExpected(rules, verb, path));
      }),
      { numRuns: 3000 },
    );
  });

  test('an ambiguous path is asked about whatever the policy excludes but the method', () => {
    fc.assert(
      fc.property(scope, method, requestPath, (rules, verb, path) => {
        fc.pre(isAmbiguous(path));
        expect(isAsked({ ...rules, excludeMethods: [] }, verb, path)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('an exclusion never puts a request in scope', () => {
    fc.assert(
      fc.property(scope, method, requestPath, (rules, verb, path) => {
        const without = { ...rules, excludePaths: [], excludeFileTypes: [], excludeMethods: [] };
        if (isAsked(rules, verb, path)) expect(isAsked(without, verb, path)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a long list', () => {
  const many = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => prefix + i);
  const long: Scope = {
    fileTypes: many('type', 1000),
    paths: many('/a/folder/with/a/name/', 1000),
    excludeFileTypes: many('x', 1000),
    excludePaths: [...many('/free/', 998), '/' + '('.repeat(1023), '/' + 'я'.repeat(1023)],
    excludeMethods: many('', 50).map((digits) => 'M'.repeat(Number(digits) + 1)),
    caseSensitive: false,
  };

  test('becomes patterns that nginx can read, of less than 4096 bytes between quotes', () => {
    for (const { pattern } of scopeRules(long).rules) {
      expect(Buffer.byteLength(`"~*${pattern.replace(/\\/g, '\\\\')}"`)).toBeLessThan(4096);
    }
  });

  test.each([
    ['the first file type', 'GET', '/z.type0', true],
    ['the last file type', 'GET', '/z.type999', true],
    ['a file type that is not listed', 'GET', '/z.type1000', false],
    ['the first path', 'GET', '/a/folder/with/a/name/0', true],
    ['the last path', 'GET', '/a/folder/with/a/name/999', true],
    ['a path that is not listed', 'GET', '/a/folder/with/a/name/1000', false],
    ['the first excluded file type', 'GET', '/a.type1/b.x0', false],
    ['the last excluded file type', 'GET', '/a.type1/b.x999', false],
    ['a file type that is not excluded', 'GET', '/a.type1/b.x1000', true],
    ['the last excluded method', 'M'.repeat(50), '/z.type0', false],
    ['a method that is not excluded', 'M'.repeat(51), '/z.type0', true],
  ])('keeps %s', (_name, verb, path, expected) => {
    expect(isAsked(long, verb, path)).toBe(expected);
  });
});
