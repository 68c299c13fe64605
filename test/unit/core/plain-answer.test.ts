/** The map of http-remote.conf that lets an answer pass without JavaScript says nothing that `judge` would not say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { rulesLine, verdictForStatus } from '../../../src/core/remote/verdict';

const conf = readFileSync(join(__dirname, '../../../nginx/http/remote.conf'), 'utf8');
const pattern = /"~(\^\(\?<edge_auth_n>.*)" \$edge_auth_n;/.exec(conf)![1]!;
// No entry holds a blank or a semicolon, so nothing that a possessive quantifier took could be given back with success.
const plain = new RegExp(pattern.replace(/([*+])\+/g, '$1').replace('\\z', '$(?!\\n)'));

interface Answer {
  plainly: string;
  contentLength: string;
  bytes: string;
  status: string;
}
const usual: Answer = { plainly: 'done', contentLength: '0', bytes: '161', status: '200' };
const rules = { success: '2xx', failure: '401 403', other: 'deny', failureAction: 'deny' };

/** `single`: headers that may come once only. */
const passes = (answer: Partial<Answer>, changed: Partial<typeof rules> = {}, single = ''): boolean => {
  const { plainly, contentLength, bytes, status } = { ...usual, ...answer };
  return plain.test(
    `${plainly}|${contentLength}|${bytes}|${status}|${rulesLine({ ...rules, ...changed })}${single}`,
  );
};

// (!) Jest takes a parameter that a row has nothing for as the callback of a test that goes on.
type Row = [name: string, answer: Partial<Answer>, changed?: Partial<typeof rules>, single?: string];
test.each<Row>([
  ['a usual answer', {}],
  ['one without a switch for the filter of bodies', { plainly: 'drop' }],
  ['204, which has no length', { status: '204', contentLength: '' }],
  ['204 that says its length', { status: '204' }],
  ['a code that is listed', {}, { success: '404 200' }],
  ['no failure status at all', {}, { failure: '' }],
])('%s passes', (...[, answer, changed]: Row) => {
  expect(passes(answer, changed)).toBe(true);
});

test.each<Row>([
  ['where JavaScript is to judge', { plainly: '' }],
  ['a body', { contentLength: '1' }],
  ['a body of unknown length', { contentLength: '' }],
  ['a body of 204 that has none to have', { status: '204', contentLength: '5' }],
  ['1000 bytes, of which the edge has room for few more', { bytes: '1000' }],
  ['a second try', { status: '502, 200', bytes: '0, 161' }],
  ['no answer', { status: '', bytes: '' }],
  ['what is no HTTP', { status: '009', contentLength: '' }],
  ['an interim answer', { status: '103' }],
  ['a denial', { status: '403' }],
  ['a redirect', { status: '302' }, { success: '302' }],
  ['a code that failure lists', {}, { failure: '200' }],
  ['a class that failure lists', {}, { failure: '4xx 2xx' }],
  ['a code that success does not list', {}, { success: '204 206' }],
  ['other statuses that are allowed', {}, { success: '204', other: 'allow' }],
  ['a broken code', {}, { success: '2xx 20' }],
  ['a broken list of failures', {}, { failure: '401,403' }],
  ['a broken action', {}, { failureAction: 'allow' }],
  ['no success status', {}, { success: '' }],
  ['headers that may come once only', {}, {}, 'cookie'],
  ['a line break behind it all', {}, {}, '\n'],
])('%s is left to JavaScript', (...[, answer, changed, single]: Row) => {
  expect(passes(answer, changed, single)).toBe(false);
});

test('what passes is allowed by its status', () => {
  const entry = fc.constantFrom('200', '201', '204', '299', '2xx', '1xx', '4xx', '404', '20', 'x', '');
  const list = fc.array(entry, { maxLength: 4 }).map((entries) => entries.join(' '));
  let passed = 0;
  fc.assert(
    fc.property(
      list,
      list,
      fc.constantFrom('allow', 'deny', ''),
      fc.constantFrom('deny', 'throttle', 'allow'),
      fc.constantFrom(200, 201, 204, 299, 404),
      (success, failure, other, failureAction, status) => {
        const changed = { success, failure, other, failureAction };
        if (!passes({ status: String(status) }, changed)) return;
        passed++;
        expect(verdictForStatus(changed, status)).toEqual({ decision: 'allow', reason: 'success_status' });
      },
    ),
    { numRuns: 20_000 },
  );
  expect(passed).toBeGreaterThan(100);
});
