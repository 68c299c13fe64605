/** The systems that are compared: what each of them does, which process runs it, and where it listens. */

/** A process with its children, that is one worker. Its conf is /srv/bench/NAME.conf, its pid /run/NAME.pid. */
export const instances = {
  plain: { port: 8100 },
  native: { port: 8101 },
  'njs-hop': { port: 8102, engine: 'njs', wiring: 'hop' },
  'njs-inline': { port: 8103, engine: 'njs', wiring: 'inline' },
  'qjs-hop': { port: 8104, engine: 'qjs', wiring: 'hop' },
  'qjs-inline': { port: 8105, engine: 'qjs', wiring: 'inline' },
  lua: { port: 8106, needs: 'libnginx-mod-http-lua' },
  haproxy: { port: 8107, needs: 'haproxy' },
  caddy: { port: 8108, needs: 'caddy' },
} as const;
export type Instance = keyof typeof instances;

/** The auth server's ways to answer, and the port of each. */
export const answers = {
  empty: 9001,
  body: 9002,
  refuse: 9003,
  '5ms': 9005,
  '50ms': 9050,
  silent: 9099,
} as const;
export type Answer = keyof typeof answers;

export interface System {
  id: string;
  name: string;
  /** What it does for a request, in a few words. */
  does: string;
  instance: Instance;
  /** What the names of its servers begin with: `plain.test`, `signed.test`, `ask-ANSWER.test`, `cached-ANSWER.test`. */
  host: 'plain' | 'signed' | 'native-signed' | 'ask' | 'cached';
  group: 'proxy' | 'signature' | 'asked each time' | 'answer remembered';
  isOurs?: boolean;
}

const signed = {
  does: 'type A: finds the signature, checks md5 and expiry, takes it off the URL',
  host: 'signed',
  group: 'signature',
} as const;
const ask = { host: 'ask', group: 'asked each time', isOurs: true } as const;
const hop = { ...ask, does: 'asks by way of the decider, a server of the same worker' };
const inline = { ...ask, does: 'asks from the request itself' };
const cached = {
  does: 'cache with allow_ttl 3600; key: method, path, args, Authorization',
  host: 'cached',
  group: 'answer remembered',
  isOurs: true,
} as const;

/** Plain comes first: everything is a multiple of it. */
export const systems: System[] = [
  {
    id: 'plain',
    name: 'nginx, plain proxy',
    does: 'proxy_pass, nothing checked',
    instance: 'plain',
    host: 'plain',
    group: 'proxy',
  },
  {
    id: 'haproxy-plain',
    name: 'HAProxy, plain proxy',
    does: 'nothing checked',
    instance: 'haproxy',
    host: 'plain',
    group: 'proxy',
  },
  {
    id: 'caddy-plain',
    name: 'Caddy, plain proxy',
    does: 'reverse_proxy, nothing checked',
    instance: 'caddy',
    host: 'plain',
    group: 'proxy',
  },
  {
    id: 'secure-link',
    name: 'nginx secure_link',
    does: 'checks md5 and expiry of one form',
    instance: 'native',
    host: 'native-signed',
    group: 'signature',
  },
  {
    id: 'lua-signed',
    name: 'Lua, signed URL',
    does: 'access_by_lua: checks md5 and expiry of type A',
    instance: 'lua',
    host: 'signed',
    group: 'signature',
  },
  { id: 'signed-njs', name: 'edge-auth, signed URL, njs', instance: 'njs-hop', isOurs: true, ...signed },
  { id: 'signed-qjs', name: 'edge-auth, signed URL, QuickJS', instance: 'qjs-hop', isOurs: true, ...signed },
  {
    id: 'auth-request',
    name: 'nginx auth_request',
    does: 'auth_request to a location with proxy_pass',
    instance: 'native',
    host: 'ask',
    group: 'asked each time',
  },
  {
    id: 'lua-ask',
    name: 'Lua, subrequest',
    does: 'access_by_lua: ngx.location.capture of a location with proxy_pass',
    instance: 'lua',
    host: 'ask',
    group: 'asked each time',
  },
  {
    id: 'haproxy-ask',
    name: 'HAProxy, Lua',
    does: 'http-request lua: core.httpclient',
    instance: 'haproxy',
    host: 'ask',
    group: 'asked each time',
  },
  {
    id: 'caddy-ask',
    name: 'Caddy forward_auth',
    does: 'forward_auth, then reverse_proxy',
    instance: 'caddy',
    host: 'ask',
    group: 'asked each time',
  },
  { id: 'hop-njs', name: 'edge-auth, hop, njs', instance: 'njs-hop', ...hop },
  { id: 'hop-qjs', name: 'edge-auth, hop, QuickJS', instance: 'qjs-hop', ...hop },
  { id: 'inline-njs', name: 'edge-auth, inline, njs', instance: 'njs-inline', ...inline },
  { id: 'inline-qjs', name: 'edge-auth, inline, QuickJS', instance: 'qjs-inline', ...inline },
  {
    id: 'auth-request-cached',
    name: 'nginx auth_request, proxy_cache',
    does: 'the same with proxy_cache, an hour; key: host, method, URI, Authorization',
    instance: 'native',
    host: 'cached',
    group: 'answer remembered',
  },
  { id: 'cached-njs', name: 'edge-auth, decision cache, njs', instance: 'njs-hop', ...cached },
  { id: 'cached-qjs', name: 'edge-auth, decision cache, QuickJS', instance: 'qjs-hop', ...cached },
];

/** Does it speak with the auth server at all? */
export const isAsking = ({ host }: System): boolean => host === 'ask' || host === 'cached';

export function hostOf(system: System, answer: Answer): string {
  return isAsking(system) ? `${system.host}-${answer}.test` : `${system.host}.test`;
}
