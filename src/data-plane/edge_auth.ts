/**
 * What nginx imports as `edge_auth`: the guard, and the filters of the auth server's answer. With the njs engine each definition at the
 * top of the bundle is paid on every request that runs any handler, so the build adds those of `later.ts` to `handlers` behind one
 * property, `later`, and they are defined when one of them first runs.
 */
import { judge } from '../core/remote/verdict';
import { record, type Rare } from './answer-filter';
import { verify } from './url-signing';

/**
 * `js_header_filter` of the location that asks. The line is `done` or `drop` where nginx has judged the answer itself, the latter where the filter
 * of bodies cannot be left out. It has no rules where one is broken, or nobody was asked.
 */
function decide(r: NginxHTTPRequest): void {
  const line = r.variables.edge_auth_rules;
  if (line === 'done') r.done();
  if (line === 'done' || line === 'drop') return;
  const status = r.status;
  if (line && line.slice(-5) === 'large') handlers.later!.rarely(r, 'strip');
  if (line && line.charAt(0) === ' ' && status > 99) record(r, judge(line, status), status, handlers as Rare);
  else handlers.later!.rarely(r, 'decide');
}

/**
 * `js_header_filter` of the edge that asks itself, where the policy denies some 2xx: nginx's auth_request would let each in. nginx's
 * maps judge all other answers. What the conf itself answers stands: out of scope, or let in before.
 */
function judgeSuccess(r: NginxHTTPRequest): void {
  const variables = r.variables;
  if (judge(variables.edge_auth_rules as string, r.status).charAt(0) === 'd' && variables.upstream_status)
    r.status = 403;
}

/** `js_body_filter` beside it: reads the auth server's body to its end, so that the connection is reused, and drops it. */
function drop(r: NginxHTTPRequest, _data: NjsStringOrBuffer, flags: NginxHTTPSendBufferOptions): void {
  if (flags.last) r.sendBuffer(r.httpVersion === '0.9' ? handlers.later!.rarely(r, 'head') : '', flags);
}

const handlers: Partial<Rare> & {
  verify: typeof verify;
  decide: typeof decide;
  drop: typeof drop;
  judgeSuccess: typeof judgeSuccess;
} = {
  verify,
  decide,
  drop,
  judgeSuccess,
};

export default handlers;
