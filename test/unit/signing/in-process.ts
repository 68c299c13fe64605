import { Command } from 'commander';
import { addExplain } from '../../../src/cli/explain';
import { addVerify } from '../../../src/cli/verify';
import type { Ended } from '../cli/run-cli';

/** Runs `verify` or `explain` as dist/cli.js does, in this process: a hundred starts of Node take a minute. Not for a wrong command line, which ends the process. */
export async function runHere(...args: string[]): Promise<Ended> {
  const program = new Command();
  addVerify(program);
  addExplain(program);
  const printed = { stdout: '', stderr: '' };
  const log = jest.spyOn(console, 'log').mockImplementation((text) => void (printed.stdout += `${text}\n`));
  const error = jest
    .spyOn(console, 'error')
    .mockImplementation((text) => void (printed.stderr += `${text}\n`));
  const previous = process.exitCode;
  try {
    await program.parseAsync(args, { from: 'user' });
    return { code: Number(process.exitCode ?? 0), ...printed };
  } finally {
    process.exitCode = previous;
    log.mockRestore();
    error.mockRestore();
  }
}
