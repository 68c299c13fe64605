import { distance } from 'fastest-levenshtein';

// A key of a megabyte must not buy minutes of comparing.
const MAX_COMPARED = 64;

/** The candidate with the fewest edits from `word`, upper and lower case being the same letter. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = word.slice(0, MAX_COMPARED).toLowerCase();
  let best: string | undefined;
  let fewest = Infinity;
  for (const candidate of candidates) {
    const edits = distance(wanted, candidate.toLowerCase());
    if (edits < fewest) {
      best = candidate;
      fewest = edits;
    }
  }
  return best;
}
