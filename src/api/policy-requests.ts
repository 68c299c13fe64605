/** `/v1/policies`: whole policies, in our own words. */

import type { Policy } from '../policy/policy';
import { type Answer, answer, problemsFound, refusal, sentenceOf } from './answer';
import { waitsForReload } from '../policy/live-policy';
import { readBody } from './body';
import { changePolicy, deletePolicy, unknownDomain } from './change';
import { readDomain } from './domain';
import type { Edge } from './edge';
import { explainUrl } from './explain-url';
import { type Page, pageOf } from './page';
import { etagOf, isUnmodified } from './precondition';
import { listHeader, type RequestHead } from './request-head';
import { keysOf, masked, withoutSecrets, withoutTexts } from './secrets';
import { listPolicies, readRenderedShape } from './store';
import { fillKeys, judgeText, readPolicy, type StoredPolicy, textOf } from './stored-policy';
import type { Caller } from './token';

/** Names in upper case, and what is no domain, are none that a request could ask for. */
export function listDomains(edge: Edge, page: Page): Answer {
  const domains = listPolicies(edge.policies).filter(function (name) {
    return readDomain(name) === name;
  });
  return answer(200, pageOf(domains, page), {});
}

export function getPolicy(edge: Edge, head: RequestHead, domain: string): Answer {
  const stored = readPolicy(edge.policies, domain);
  if (stored === undefined) return unknownDomain();
  if (stored.policy === undefined) return faultyFile(stored, edge.caller);
  const isOwner = edge.caller.role === 'write';
  const value = isOwner ? stored.value : withoutSecrets(stored.value, masked);
  // (!) A digest of the file would let a reader try keys against it, as many as a computer can hash.
  const etag = isOwner ? stored.etag : etagOf(textOf(value));
  if (isUnmodified(listHeader(head, 'if-none-match'), etag)) return answer(304, undefined, { ETag: etag });
  const shape = readRenderedShape(edge.rendered, domain);
  return answer(200, value, {
    ETag: etag,
    'X-Edge-Auth-Reload-Required': String(waitsForReload(stored.policy, shape)),
  });
}

export function putPolicy(edge: Edge, head: RequestHead, domain: string, body: string | undefined): Answer {
  const json = readBody(body);
  if ('refused' in json) return json.refused;
  const after = judgeText(textOf(json.value), domain);
  if (after.policy === undefined)
    return problemsFound('InappropriateJSON', withoutTexts(after.issues, keysOf(json.value)));
  const changed = changePolicy(edge, head, domain, function () {
    return after;
  });
  if ('refused' in changed) return changed.refused;
  const fields = changed.reloadFields;
  return answer(
    changed.isNew ? 201 : 200,
    { domain: domain, etag: after.etag, reload_required: fields.length > 0, reload_fields: fields },
    { ETag: after.etag },
  );
}

export function removeDomain(edge: Edge, head: RequestHead, domain: string): Answer {
  return deletePolicy(edge, head, domain) || answer(200, { domain: domain, reload_required: true }, {});
}

/** Stands in for a domain without a policy: what is wrong with the question comes before what is wrong with the domain. */
const anyPolicy = '{"url_signing":{"type":"A","key1":"any-key-will-do"}}';

/** `now`: unix seconds. */
export function verifyUrlOf(edge: Edge, domain: string, body: string | undefined, now: number): Answer {
  const json = readBody(body);
  if ('refused' in json) return json.refused;
  const stored = readPolicy(edge.policies, domain);
  const policy = stored === undefined ? undefined : stored.policy;
  const isSigning = policy !== undefined && policy.urlSigning !== undefined;
  const judging = (isSigning ? policy : judgeText(anyPolicy, domain).policy) as Policy;
  const keyProblem = fillKeys(edge.policies, judging);
  const keys = judging.urlSigning === undefined ? [] : judging.urlSigning.keys;
  const explained = explainUrl(judging, keys, json.value, now);
  if ('problems' in explained) return problemsFound('InappropriateJSON', explained.problems);
  if (stored === undefined) return unknownDomain();
  if (policy === undefined) return faultyFile(stored, edge.caller);
  if (!isSigning)
    return refusal(
      409,
      'NoSigning',
      'expected a policy with url_signing, received one without: no URL has to be signed',
    );
  return keyProblem === undefined
    ? answer(200, explained, {})
    : refusal(409, 'KeyFileUnreadable', sentenceOf(keyProblem));
}

/** Somebody wrote it beside the API; a PUT of the whole policy repairs it. (!) Who may not read secrets is not told what stands there. */
export function faultyFile(stored: StoredPolicy, caller: Caller): Answer {
  const issue = stored.issues[0];
  const what = issue === undefined || caller.role !== 'write' ? '' : ': ' + sentenceOf(issue);
  return refusal(409, 'FaultyPolicyFile', 'expected a policy file without a fault' + what);
}
