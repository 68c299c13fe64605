/** Test only: runs the pure functions of src/core inside nginx on the tables that come in the body, answers with the results. */
import { servedUri } from '../../../src/core/served-path';
import { buildTarget, type TargetRules } from '../../../src/core/target';
import { type StatusRules, verdictForStatus } from '../../../src/core/verdict';

interface Tables {
  verdicts: { rules: StatusRules; status: number }[];
  servedUris: { raw: string }[];
  targets: { rules: TargetRules; target: string; variables: Record<string, string> }[];
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
  };
  r.return(200, JSON.stringify(results));
}

export default { replay };
