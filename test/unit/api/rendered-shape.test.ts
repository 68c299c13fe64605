// Which question the loaded conf asks for a domain, out of the list that render wrote.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readRenderedShape } from '../../../src/api/store';

const folder = mkdtempSync(path.join(os.tmpdir(), 'edge-auth-rendered-'));
const file = path.join(folder, 'rendered.txt');
afterAll(() => rmSync(folder, { recursive: true }));

const list = 'a.test 0123456789abcdef\nb.test -\nsub.a.test fedcba9876543210\n';

test.each([
  ['the first domain', list, 'a.test', '0123456789abcdef'],
  ['one in between', list, 'b.test', '-'],
  ['the last one', list, 'sub.a.test', 'fedcba9876543210'],
  ['the last one of a list without a final line feed', list.trimEnd(), 'sub.a.test', 'fedcba9876543210'],
  ['one whose end is the name of another', 'sub.a.test 1\na.test 2\n', 'a.test', '2'],
  ['one that is not there', list, 'c.test', undefined],
  ['the beginning of one', list, 'a.tes', undefined],
  ['the end of one', list, 'test', undefined],
  ['a domain in an empty list', '', 'a.test', undefined],
])('%s', (_name, text, domain, shape) => {
  writeFileSync(file, text);
  expect(readRenderedShape(file, domain)).toBe(shape);
});

test('a list that is not there knows no domain', () => {
  expect(readRenderedShape(path.join(folder, 'none.txt'), 'a.test')).toBeUndefined();
});
