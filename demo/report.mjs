// What the demo says, and how it ends.

export function say(message) {
  console.log(`demo: ${message}`);
}

/** A problem that the reader can act on: what was expected, what was received, what to do. Printed without a stack. */
export class DemoProblem extends Error {}

export function runMain(main) {
  main().then(
    () => process.exit(0),
    (error) => {
      console.error(`demo: ${error instanceof DemoProblem ? error.message : error.stack}`);
      process.exit(1);
    },
  );
}

/** The last lines of an output. */
export function tail(output, lines = 15) {
  return output.trimEnd().split('\n').slice(-lines).join('\n');
}
