// What the set-up step says, and how it ends: every problem names what was expected, what was met and what to do.

/** Prints one line of progress. */
export function say(message) {
  process.stdout.write(`setup: ${message}\n`);
}

/** A problem that the operator can act on: printed without a stack. */
export class SetupProblem extends Error {}

/** Runs `main`, prints a SetupProblem as plain text and anything else with its stack, and exits 1 on both. */
export function runMain(main) {
  main().then(
    () => process.exit(0),
    (error) => {
      process.stderr.write(`setup: ${error instanceof SetupProblem ? error.message : error.stack}\n`);
      process.exit(1);
    },
  );
}

/** "1.4 s" since `start` (a Date.now() value). */
export function since(start) {
  return `${((Date.now() - start) / 1000).toFixed(1)} s`;
}
