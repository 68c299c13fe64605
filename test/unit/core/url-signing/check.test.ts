// The table of test/vectors/signature-check.json. test/integration/vectors replays it inside nginx.
import { checkSignature } from '../../../../src/core/signing/check';
import { isDigest } from '../../../../src/sign/digest';
import { lineOf } from '../../../integration/vectors/signature-line';
import checks from '../../../vectors/signature-check.json';

test.each(checks.rows)('$name', (row) => {
  expect(checkSignature(lineOf(row, checks.text), row.now, isDigest)).toBe(row.outcome);
});

test('no two sentences of the table are the same', () => {
  expect(new Set(checks.rows.map(({ name }) => name)).size).toBe(checks.rows.length);
});
