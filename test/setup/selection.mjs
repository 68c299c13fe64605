import { say, SetupProblem } from './report.mjs';

/** The runtimes that EDGE_AUTH_RUNTIMES (names with commas between) leaves, all of them when it is unset. */
export function selectRuntimes(runtimes) {
  const wanted = (process.env.EDGE_AUTH_RUNTIMES ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (wanted.length === 0) return runtimes;
  const known = runtimes.flatMap((one) => [one.slot, one.name]);
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new SetupProblem(
      `EDGE_AUTH_RUNTIMES names ${unknown.join(', ')}: expected names out of ${[...new Set(known)].join(', ')}`,
    );
  }
  const isWanted = (one) => wanted.includes(one.slot) || wanted.includes(one.name);
  for (const one of runtimes.filter((each) => !isWanted(each))) {
    say(`SKIPPED runtime ${one.name}: EDGE_AUTH_RUNTIMES is ${wanted.join(',')}`);
  }
  return runtimes.filter(isWanted);
}
