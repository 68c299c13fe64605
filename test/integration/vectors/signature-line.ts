/** The line that checkSignature reads, from a row of test/vectors/signature-check.json. Runs in nginx, too. */
import { lineStart, type SigningRules } from '../../../src/core/signing/check';

export interface CheckRow {
  rules: object;
  time: string;
  sign: string;
  now: number;
  /** What stands in the place of the line's beginning. */
  start?: string;
  /** How many characters of the line are left. */
  keep?: number;
}

export function lineOf(row: CheckRow, text: string): string {
  const start = row.start === undefined ? lineStart(row.rules as SigningRules) : row.start;
  const line = start + row.time + row.sign + text;
  return row.keep === undefined ? line : line.slice(0, row.keep);
}
