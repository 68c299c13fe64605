/**
 * What nginx imports as `edge_auth`: the guard, and the filters of the auth server's answer. With the njs engine each definition at the
 * top of the bundle is paid on every request that runs any handler, so the build adds those of `later.ts` to `handlers` behind one
 * property, `later`, and they are defined when one of them first runs.
 */
import { verify } from './url-signing';

/**
 * `js_header_filter` of the edge that asks itself, where the policy denies some 2xx: nginx's auth_request would let each in. nginx's
 * maps judge all other answers. `$edge_auth_allowed`: the codes that let in. What the conf itself answers stands.
 */
function judgeSuccess(r: NginxHTTPRequest): void {
  const variables = r.variables;
  if ((variables.edge_auth_allowed as string).indexOf(String(r.status)) < 0 && variables.upstream_status)
    r.status = 403;
}

const handlers: { verify: typeof verify; judgeSuccess: typeof judgeSuccess } = { verify, judgeSuccess };

export default handlers;
