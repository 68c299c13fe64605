import type { ClientReply } from './client';

const TRIES = 4;

/**
 * How long an answer took, in ms: that of `first`, or where it took `limitMs` or more, the least of up to three that `again`
 * gets one after the other. A busy machine may be late for a moment; what stays late is the edge's own doing.
 */
export async function leastMs(
  limitMs: number,
  first: { ms: number },
  again: () => Promise<{ ms: number }>,
): Promise<number> {
  let least = first.ms;
  for (let tries = 1; tries < TRIES && least >= limitMs; tries++) least = Math.min(least, (await again()).ms);
  return least;
}

/** The slowest of replies that were asked for at once. */
export function slowest(replies: Pick<ClientReply, 'ms'>[]): { ms: number } {
  return { ms: Math.max(...replies.map(({ ms }) => ms)) };
}
