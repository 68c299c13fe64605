/* global ngx */
// For the bench alone: how much of the zone of compiled policies is free, in bytes.
function free(r) {
  r.return(200, String(ngx.shared.edge_auth_live.freeSpace()));
}

export default { free };
