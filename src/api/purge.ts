/** `/v1/policies/{domain}/decisions`: what the edge keeps of a domain's decisions. */

import { nextVersion } from '../policy/purge';
import { type Answer, answer, refusal } from './answer';
import { changePolicy, isExpected, preconditionFailed, unknownDomain } from './change';
import type { Edge } from './edge';
import { faultyFile } from './policy-requests';
import type { RequestHead } from './request-head';
import { judgeText, textOf } from './stored-policy';

interface Caching {
  remote_auth: { cache: { version: number } };
}

export function purgeDecisions(edge: Edge, head: RequestHead, domain: string): Answer {
  let version = 0;
  const changed = changePolicy(edge, head, domain, function (before) {
    if (before === undefined) return { refused: unknownDomain() };
    if (before.policy === undefined) return { refused: faultyFile(before, edge.caller) };
    const next = nextVersion(before.value);
    if (next === undefined)
      return { refused: isExpected(head, before) ? nothingKept() : preconditionFailed() };
    version = next;
    const value = JSON.parse(before.text) as Caching;
    value.remote_auth.cache.version = version;
    return judgeText(textOf(value), domain);
  });
  if ('refused' in changed) return changed.refused;
  const { etag } = changed.stored;
  return answer(200, { domain: domain, etag: etag, version: version }, { ETag: etag });
}

function nothingKept(): Answer {
  return refusal(
    409,
    'NoCache',
    'expected a policy with remote_auth.cache, received one without: no decision of the domain is kept',
  );
}
