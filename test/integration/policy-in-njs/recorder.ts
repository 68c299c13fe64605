/**
 * Test only, a set-up file of jest: keeps what the unit tests give to parsePolicy, so that a row that is new there is replayed in nginx, too.
 * Of a test that reads many texts the first are kept. What is generated has a fixed seed.
 */
import { appendFileSync } from 'node:fs';
import fc from 'fast-check';

const KEPT_OF_A_TEST = 40;
const counts = new Map<string, number>();

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20_240_501 });

jest.doMock('../../../src/policy/policy', () => {
  const actual = jest.requireActual<typeof import('../../../src/policy/policy')>(
    '../../../src/policy/policy',
  );
  return {
    ...actual,
    parsePolicy(text: string, file: string) {
      const test = expect.getState().currentTestName ?? '';
      const count = (counts.get(test) ?? 0) + 1;
      counts.set(test, count);
      if (count <= KEPT_OF_A_TEST) {
        appendFileSync(process.env['EDGE_AUTH_RECORD']!, JSON.stringify({ test, text, file }) + '\n');
      }
      return actual.parsePolicy(text, file);
    },
  };
});
