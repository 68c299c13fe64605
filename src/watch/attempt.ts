/** One pass of `edge-auth watch`: render, test, reload, or leave everything as it was. */

import { formatIssue, type Issue } from '../policy/policy';
import type { CommandEnd } from './command';
import type { Generations } from './generations';
import type { Report } from './report';
import type { Staging } from './staging';
import { countChanges, digestFiles, digestOf, type Rendered } from './tree';

export type PassResult = { issues: Issue[] } | { files: Map<string, string> };

export interface Attempt {
  render: () => PassResult;
  /** Stands for what nginx reads beside its conf. */
  tlsDigest: () => string;
  generations: Generations;
  staging: Staging;
  commands: { test: string; reload: string };
  reload: () => Promise<CommandEnd>;
  report: Report;
  stop: AbortSignal;
}

/** `refused`: only a change of the files helps. `failed`: what failed may work later, so it is worth another try. */
export type Outcome = 'done' | 'refused' | 'failed';

/** `cause`: what led to this pass, for the report. */
export async function attempt(cause: string, context: Attempt): Promise<Outcome> {
  const { generations, report, commands, stop } = context;
  const result = context.render();
  if ('issues' in result) {
    const problems = result.issues.map(formatIssue);
    const counted = `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`;
    report.failure(cause, `nothing written, the old conf stays: ${counted}`, problems);
    return 'refused';
  }
  await generations.adopt();
  const files = digestFiles(result.files);
  const wanted = fingerprint(files, context.tlsDigest());
  const changes = countChanges(generations.tree, files);
  if (changes === 0 && generations.loaded === wanted) {
    report.success(cause, 'the conf stays as it is, no reload');
    return 'done';
  }
  const test = changes === 0 ? await context.staging.test() : await exchange(files, context);
  if (stop.aborted) return 'failed';
  if (!test.ok) {
    report.failure(cause, `the old conf stays: ${commands.test} ${test.text}`, linesOf(test.output));
    return 'failed';
  }
  report.remarks(commands.test, linesOf(test.output));
  const written =
    changes === 0 ? 'the conf is the same' : `${changes} conf ${changes === 1 ? 'file' : 'files'} changed`;
  const reload = await context.reload();
  if (!reload.ok) {
    const text = `${written}, tested and in place, not loaded: ${commands.reload} ${reload.text}`;
    report.failure(cause, text, linesOf(reload.output));
    return 'failed';
  }
  generations.loaded = wanted;
  report.success(cause, `${written}, tested and reloaded`);
  return 'done';
}

/** Puts the new files in the place of the old ones if they pass the test. Aside where that is possible, else the old ones come back. */
async function exchange(
  files: Rendered,
  { generations, staging, report, stop }: Attempt,
): Promise<CommandEnd> {
  const { number, tree } = await generations.build(files);
  const isStaged = await staging.isPossible(generations.folder());
  report.once(
    isStaged
      ? 'a new conf is tested before nginx can see it'
      : 'a new conf lies where nginx finds it while it is tested: no mount namespace here, or the test does not read --out in it',
  );
  if (stop.aborted) return { ok: false, text: 'was stopped', output: '' };
  if (!isStaged) generations.use(number);
  const test = isStaged
    ? await staging.testStaged(generations.folder(number), generations.folder())
    : await staging.test();
  if (test.ok) await generations.keep(number, tree);
  else {
    generations.use();
    await generations.sweep();
  }
  return test;
}

function fingerprint(files: Rendered, tlsDigest: string): string {
  const lines = [...files].map(([path, { digest }]) => `${path} ${digest}\n`).sort();
  return digestOf([...lines, tlsDigest].join(''));
}

/** Without what nginx tells on its way, such as the address of each JavaScript engine: another one each time. */
function linesOf(output: string): string[] {
  return output.split('\n').filter((line) => line.trim() !== '' && !/ \[(?:debug|info|notice)\] /.test(line));
}
