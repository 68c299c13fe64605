/**
 * Does the request come to a name that the operator gave the API? A page in some browser on this host can be made to ask 127.0.0.1, under
 * a name of its own. `accepted`: names, or names with a port, spaces between. `host`: the Host header; `asked`: the name that nginx goes by,
 * which is that of the request line where it has one.
 */
export function isAcceptedHost(host: string | undefined, asked: string, accepted: string): boolean {
  if (host === undefined || host === '') return false;
  const name = host.toLowerCase();
  if (name.replace(/:[0-9]*$/, '') !== asked.toLowerCase()) return false;
  return accepted.toLowerCase().split(' ').indexOf(name) >= 0;
}
