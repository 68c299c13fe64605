/** The handlers of `edge_auth` that are defined only where one of them runs. */
import { answerStale, decideAndKeep as decideFirst, readOtherCopies } from './decision-cache';
import { readClientUri, readEscapedUri } from './escaped-uri';
import { forget, isOver } from './forget';
import { decide, drop, obey, readRequestSize, readServedUri, readTarget } from './remote-auth';

/** `decide` where the policy has a cache. */
function decideAndKeep(r: NginxHTTPRequest): void {
  decideFirst(r, function () {
    decide(r);
  });
}

/** `js_content` of the location where a question ends that got no answer, where `stale_if_error` keeps users in. */
function unansweredStale(r: NginxHTTPRequest): void {
  answerStale(r, r.variables.edge_auth_timeout_action as string);
}

export default {
  decide,
  decideAndKeep,
  drop,
  forget,
  isOver,
  obey,
  readClientUri,
  readEscapedUri,
  readOtherCopies,
  readRequestSize,
  readServedUri,
  readTarget,
  unansweredStale,
};
