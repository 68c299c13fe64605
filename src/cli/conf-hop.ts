/** The edge's question to the decider, as values of `question-hop.conf`. */

import type { CacheConf } from './conf-cache';
import type { openTemplates, TemplateValues } from './template';

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

/** How the edge asks the decider: once, or in several locations where a request may wait for another one's answer. */
export function hopQuestion(
  fill: ReturnType<typeof openTemplates>,
  values: TemplateValues,
  cache: CacheConf | undefined,
): TemplateValues {
  const ask = (lines: string): string =>
    fill('question-hop-ask.conf', {
      ...values,
      ...(cache?.questions ? keptAnswer : passedAnswer),
      EDGE_AUTH_CACHE: lines,
    });
  const [first, ...others] = cache?.questions ?? [];
  const waits = others.map((one, i) =>
    fill('question-wait.conf', {
      EDGE_AUTH_WAIT: String(i + 1),
      EDGE_AUTH_HOP_ASK: ask(fill('question-cache.conf', one.values)),
      EDGE_AUTH_WAIT_END: one.end,
    }),
  );
  return {
    EDGE_AUTH_RECURSIVE: waits.length > 0 ? 'on' : 'off',
    EDGE_AUTH_HOP_ASK: first
      ? ask(fill('question-cache.conf', first.values))
      : ask(fill('question-uncached.conf', {})),
    EDGE_AUTH_WAIT_END: first?.end ?? '',
    EDGE_AUTH_WAITS: waits.join(''),
  };
}
