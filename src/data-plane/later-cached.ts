/** Those of `later.ts`, and what an edge needs of which a policy has a decision cache. */
import { answerStale, decideAndKeep as decideFirst, readOtherCopies } from './decision-cache';
import { forget, isOver } from './forget';
import later from './later';

/** `decide` where the policy has a cache. */
function decideAndKeep(r: NginxHTTPRequest): void {
  decideFirst(r, function () {
    later.rarely(r, 'decide');
  });
}

/** `js_content` of the location where a question ends that got no answer, where `stale_if_error` keeps users in. */
function unansweredStale(r: NginxHTTPRequest): void {
  answerStale(r, r.variables.edge_auth_timeout_action as string);
}

export default Object.assign({ decideAndKeep, forget, isOver, readOtherCopies, unansweredStale }, later);
