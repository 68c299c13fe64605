/** `/v2/domain/{domain}/config?requestAuth`: Baidu AI Cloud CDN, Set the Access Authorization. */

import { type Answer, answer, problemsFound, refusal, sentenceOf } from './answer';
import { readBody } from './body';
import { changePolicy, unknownDomain } from './change';
import type { Edge } from './edge';
import { faultyFile } from './policy-requests';
import { policyFromRequestAuth, requestAuthFrom } from './request-auth';
import type { RequestHead } from './request-head';
import { fillKeys, judgeText, readPolicy, type StoredPolicy, textOf } from './stored-policy';

export function putRequestAuth(
  edge: Edge,
  head: RequestHead,
  domain: string,
  body: string | undefined,
): Answer {
  const json = readBody(body);
  if ('refused' in json) return json.refused;
  const changed = changePolicy(edge, head, domain, function (before) {
    return prepare(edge, before, json.value, domain);
  });
  return 'refused' in changed ? changed.refused : answer(200, { status: 'RUNNING' }, {});
}

/** What is wrong with the body comes before what is wrong with the domain. */
function prepare(
  edge: Edge,
  before: StoredPolicy | undefined,
  body: unknown,
  domain: string,
): StoredPolicy | { refused: Answer } {
  const isFaulty = before !== undefined && before.policy === undefined;
  const made = policyFromRequestAuth(before === undefined || isFaulty ? {} : before.value, body);
  if ('problems' in made) return { refused: problemsFound('InappropriateJSON', made.problems) };
  if (before === undefined) return { refused: unknownDomain() };
  if (isFaulty) return { refused: faultyFile(before, edge.caller) };
  const after = judgeText(textOf(made.policy), domain);
  return after.policy === undefined ? { refused: problemsFound('InappropriateJSON', after.issues) } : after;
}

export function getRequestAuth(edge: Edge, domain: string): Answer {
  const stored = readPolicy(edge.policies, domain);
  if (stored === undefined) return unknownDomain();
  if (stored.policy === undefined) return faultyFile(stored, edge.caller);
  const keyProblem = fillKeys(edge.policies, stored.policy);
  if (keyProblem !== undefined) return refusal(409, 'KeyFileUnreadable', sentenceOf(keyProblem));
  return answer(200, requestAuthFrom(stored.policy, edge.caller.role !== 'write'), {});
}
