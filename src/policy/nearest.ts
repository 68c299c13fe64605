import { distance } from 'fastest-levenshtein';

// A key of a megabyte must not buy minutes of comparing.
const MAX_COMPARED = 64;

/** The candidate with the fewest edits from `word`, ignoring case; one that contains the word comes first (`host`: `http_host`). */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  // No candidate has another character; engines do not count, nor change, those alike.
  const wanted = word
    .slice(0, 2 * MAX_COMPARED)
    .replace(/[^ -~]/gu, '?')
    .slice(0, MAX_COMPARED)
    .toLowerCase();
  const containing = candidates.filter(
    (candidate) => wanted.length > 2 && candidate.toLowerCase().includes(wanted),
  );
  let best: string | undefined;
  let fewest = Infinity;
  for (const candidate of containing.length > 0 ? containing : candidates) {
    const edits = distance(wanted, candidate.toLowerCase());
    if (edits < fewest) {
      best = candidate;
      fewest = edits;
    }
  }
  return best;
}
