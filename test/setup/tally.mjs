import { existsSync, readFileSync } from 'node:fs';

/** Adds up jest's own JSON reports. A suite that could not run counts as one failure, a missing report as none at all. */
export function readTally(files) {
  const tally = { passed: 0, failed: 0, skipped: 0 };
  for (const file of files.filter((each) => existsSync(each))) {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    tally.passed += report.numPassedTests;
    tally.failed += report.numFailedTests + report.numRuntimeErrorTestSuites;
    tally.skipped += report.numPendingTests + report.numTodoTests;
  }
  return tally;
}
