/** Lower case, with `-`: nginx and the vendors' consoles write `user_agent` for User-Agent. */
export function normalizeHeaderName(name: string): string {
  return name.toLowerCase().replace(/_/g, '-');
}

/** Headers of the connection and of the message's framing (RFC 9110 section 7.6.1): set by hand they smuggle requests. */
const FRAMING = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** May neither be kept nor added. X-Edge-Auth-* is how edge and decider talk: an outsider's value must not pass for ours. */
export function isReservedHeader(name: string): boolean {
  const normal = normalizeHeaderName(name);
  return FRAMING.has(normal) || normal === 'x-edge-auth' || normal.startsWith('x-edge-auth-');
}
