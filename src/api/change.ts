/** The protocol of a change: one writer of a domain at a time, the file first, then the copy that all workers read. */

import { livePolicy } from '../policy/live-policy';
import type { Policy } from '../policy/policy';
import { type Answer, problemsFound, refusal, sentenceOf } from './answer';
import { changeLine } from './change-log';
import { readDomain } from './domain';
import type { Edge } from './edge';
import { findForbidden } from './forbidden';
import { mayGoOn } from './precondition';
import { fieldsToReload, wouldOpen } from './reload';
import { listHeader, type RequestHead } from './request-head';
import { publish, whileLocked } from './shared-memory';
import { hasPolicy, readRenderedShape, removePolicy, writePolicy } from './store';
import { fillKeys, readPolicy, type StoredPolicy } from './stored-policy';

export interface Changed {
  stored: StoredPolicy;
  isNew: boolean;
  reloadFields: string[];
}

/** What a PUT makes of the policy that stands there, if any; its `policy` is valid. */
type Prepare = (before: StoredPolicy | undefined) => StoredPolicy | { refused: Answer };

export function changePolicy(
  edge: Edge,
  head: RequestHead,
  domain: string,
  prepare: Prepare,
): Changed | { refused: Answer } {
  const done = whileLocked(domain, edge.requestId, function () {
    const before = readPolicy(edge.policies, domain);
    const after = prepare(before);
    if ('refused' in after) return after;
    const policy = after.policy as Policy;
    const loaded = readRenderedShape(edge.rendered, domain);
    const refused = refuseChange(edge, head, domain, before, policy, loaded);
    if (refused !== undefined) return { refused: refused };
    const live = livePolicy(policy, after.text);
    writePolicy(edge.policies, domain, after.text, live, edge.warn);
    share(edge, domain, live);
    edge.record(changeLine(edge, domain, before, after, Date.now()));
    const fields = fieldsToReload(before, after.value, policy, loaded);
    return { stored: after, isNew: before === undefined, reloadFields: fields };
  });
  return done || { refused: busy() };
}

function refuseChange(
  edge: Edge,
  head: RequestHead,
  domain: string,
  before: StoredPolicy | undefined,
  policy: Policy,
  loaded: string | undefined,
): Answer | undefined {
  const forbidden = findForbidden(policy, before && before.policy, edge.allowed, function (host) {
    return host === domain || (readDomain(host) === host && hasPolicy(edge.policies, host));
  });
  if (forbidden.length > 0) return problemsFound('InappropriateJSON', forbidden);
  if (!isExpected(head, before)) return preconditionFailed();
  if (wouldOpen(before, policy, loaded))
    return refusal(
      409,
      'ReloadRequired',
      'expected url_signing to stay until nginx is reloaded with remote_auth as it is here, received a policy without it: ' +
        'the domain would be open until then',
    );
  const keyProblem = fillKeys(edge.policies, policy);
  return keyProblem && refusal(409, 'KeyFileUnreadable', sentenceOf(keyProblem));
}

export function deletePolicy(edge: Edge, head: RequestHead, domain: string): Answer | undefined {
  const done = whileLocked(domain, edge.requestId, function (): { refused: Answer | undefined } {
    const before = readPolicy(edge.policies, domain);
    if (before === undefined) return { refused: unknownDomain() };
    if (!isExpected(head, before)) return { refused: preconditionFailed() };
    removePolicy(edge.policies, domain, edge.warn);
    share(edge, domain, undefined);
    edge.record(changeLine(edge, domain, before, undefined, Date.now()));
    return { refused: undefined };
  });
  return done === undefined ? busy() : done.refused;
}

/** The change is made: what fails now only delays it, by the seconds after which the workers read the files again. */
function share(edge: Edge, domain: string, live: string | undefined): void {
  try {
    publish(edge.epoch, domain, live);
  } catch (e) {
    edge.warn(e);
  }
}

export function isExpected(head: RequestHead, before: StoredPolicy | undefined): boolean {
  const etag = before && before.etag;
  return mayGoOn(listHeader(head, 'if-match'), listHeader(head, 'if-none-match'), etag);
}

export function preconditionFailed(): Answer {
  return refusal(
    412,
    'PreconditionFailed',
    'expected the policy to be as If-Match or If-None-Match says, received another one',
  );
}

export function unknownDomain(): Answer {
  return refusal(404, 'NoSuchDomain', 'expected a domain that has a policy, received another one');
}

function busy(): Answer {
  return refusal(
    409,
    'Conflict',
    'expected one change of a domain at a time, received another one just now: ask again',
  );
}
