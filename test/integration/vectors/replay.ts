/** Test only: runs the pure functions of src/core inside nginx on the tables that come in the body, answers with the results. */
import crypto from 'crypto';
import { servedUri } from '../../../src/core/served-path';
import { buildTarget, type TargetRules } from '../../../src/core/remote/target';
import { checkSignature } from '../../../src/core/signing/check';
import { type StatusRules, verdictForStatus } from '../../../src/core/remote/verdict';
import { type CheckRow, lineOf } from './signature-line';

interface Tables {
  verdicts: { rules: StatusRules; status: number }[];
  servedUris: { raw: string }[];
  targets: { rules: TargetRules; target: string; variables: Record<string, string> }[];
  checks: { text: string; rows: CheckRow[] };
}

function isDigest(hash: 'md5' | 'sha256', text: string, hex: string): boolean {
  return crypto.createHash(hash).update(text).digest('hex') === hex;
}

interface Asked {
  requestText?: string;
  return(status: number, body: string): void;
}

function replay(r: Asked): void {
  const tables = JSON.parse(r.requestText || '') as Tables;
  const results = {
    verdicts: tables.verdicts.map(function (row) {
      return verdictForStatus(row.rules, row.status);
    }),
    servedUris: tables.servedUris.map(function (row) {
      return servedUri(row.raw);
    }),
    targets: tables.targets.map(function (row) {
      return buildTarget(row.rules, row.target, function (name) {
        return row.variables[name] || '';
      });
    }),
    checks: tables.checks.rows.map(function (row) {
      return checkSignature(lineOf(row, tables.checks.text), row.now, isDigest);
    }),
  };
  r.return(200, JSON.stringify(results));
}

export default { replay };
