/** From a request that was let in to its answer. */

import type { Answer } from './answer';
import type { Edge } from './edge';
import { getPolicy, listDomains, putPolicy, removeDomain, verifyUrlOf } from './policy-requests';
import { purgeDecisions } from './purge';
import type { RequestHead } from './request-head';
import type { Route } from './route';
import { getRequestAuth, putRequestAuth } from './vendor-requests';

/** `body`: undefined where its bytes are not UTF-8. `now`: unix seconds. */
export function respond(
  edge: Edge,
  head: RequestHead,
  route: Route,
  body: string | undefined,
  now: number,
): Answer {
  const isPut = head.method === 'PUT';
  switch (route.name) {
    case 'list':
      return listDomains(edge, route.page);
    case 'verify':
      return verifyUrlOf(edge, route.domain, body, now);
    case 'decisions':
      return purgeDecisions(edge, head, route.domain);
    case 'request_auth':
      return isPut ? putRequestAuth(edge, head, route.domain, body) : getRequestAuth(edge, route.domain);
    case 'policy':
      if (isPut) return putPolicy(edge, head, route.domain, body);
      if (head.method === 'DELETE') return removeDomain(edge, head, route.domain);
      return getPolicy(edge, head, route.domain);
  }
}
