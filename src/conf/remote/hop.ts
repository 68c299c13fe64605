/** The edge's question to the decider, as values of `question-hop.conf`. */

import type { CacheConf } from '../cache/cache';
import type { Fill, TemplateValues } from '../template';

/** Room for the decider's answer. nginx reads what it keeps with its key in front, which has room for one header line of a client. */
const passedAnswer = {
  EDGE_AUTH_INTERCEPT: 'off',
  EDGE_AUTH_HOP_BUFFER: '1536',
  EDGE_AUTH_HOP_BUFFER_TWICE: '3072',
};
const keptAnswer = {
  EDGE_AUTH_INTERCEPT: 'on',
  EDGE_AUTH_HOP_BUFFER: '10240',
  EDGE_AUTH_HOP_BUFFER_TWICE: '20480',
};

/**
 * Descriptors of decisions' files that a worker keeps, of all domains together: as many as the idle connections of two upstreams. A location
 * has a cache of its own, so the domains share them out.
 */
const openFiles = 64;

/** `domains`: how many keep decisions. nginx opens a file anew where its inode is no longer the one that the cache knows. */
export function openFileLines(domains: number): string {
  const each = Math.floor(openFiles / domains);
  if (each < 1) return 'open_file_cache          off;';
  return [
    '# The file of a decision stays open for the requests that come next: a hit makes one system call for it instead of four. One that is',
    '# put in its place is noticed at once, by its inode; one that is taken away behind the back of nginx, within a second.',
    `open_file_cache          max=${each} inactive=10s;`,
    'open_file_cache_valid    1s;',
    'open_file_cache_min_uses 1;',
    'open_file_cache_errors   off;',
  ].join('\n');
}

/** How the edge asks the decider: once, or in several locations where a request may wait for another one's answer. */
export function hopQuestion(
  fill: Fill,
  values: TemplateValues,
  cache: CacheConf | undefined,
): TemplateValues {
  const ask = (lines: string): string =>
    fill('location/question-hop-ask.conf', {
      ...values,
      ...(cache?.questions ? keptAnswer : passedAnswer),
      EDGE_AUTH_CACHE: lines,
    });
  const [first, ...others] = cache?.questions ?? [];
  const waits = others.map((one, i) =>
    fill('server/question-wait.conf', {
      EDGE_AUTH_ANSWERED: values['EDGE_AUTH_ANSWERED'] ?? '',
      EDGE_AUTH_WAIT: String(i + 1),
      EDGE_AUTH_HOP_ASK: ask(fill('location/question-cache.conf', one.values)),
      EDGE_AUTH_WAIT_END: one.end,
    }),
  );
  return {
    EDGE_AUTH_RECURSIVE: waits.length > 0 ? 'on' : 'off',
    EDGE_AUTH_HOP_ASK: first
      ? ask(fill('location/question-cache.conf', first.values))
      : ask(fill('location/question-uncached.conf', {})),
    EDGE_AUTH_WAIT_END: first?.end ?? '',
    EDGE_AUTH_WAITS: waits.join(''),
  };
}
