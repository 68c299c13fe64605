/** The conf of each peer: what its own documentation recommends, with connections to origin and auth server that are kept. */
import { CACHE_SECONDS, KEY, SECRET } from './policies';
import { type Answer, answers, instances, type Instance } from './systems';

const eachAnswer = (text: (answer: Answer, port: number) => string): string =>
  Object.entries(answers)
    .map(([answer, port]) => text(answer as Answer, port))
    .join('\n');

function server(instance: Instance, name: string, body: string): string {
  return `server { listen 127.0.0.1:${instances[instance].port}; server_name ${name};\n${body}\n}\n`;
}

export const TO_ORIGIN = 'location / { proxy_pass http://origin; }';

export const plainServers = (): string => server('plain', 'plain.test', TO_ORIGIN);

export const authUpstreams = (): string =>
  eachAnswer((answer, port) => `upstream auth-${answer} { server 127.0.0.1:${port}; keepalive 32; }`);

/** The location of the question, as the page "Module ngx_http_auth_request_module" shows it. */
const question = (answer: Answer, more = ''): string => `location = /auth {
    internal;
    proxy_pass http://auth-${answer}/auth;
    proxy_pass_request_body off;
    proxy_set_header Content-Length "";
    proxy_set_header Connection "";
    proxy_set_header X-Original-URI $request_uri;
    ${more}
}`;

/** As the page "Module ngx_http_secure_link_module" shows it; the client's address is no part of our signatures either. */
export const secureLinkLocation = (secret: string): string => `location / {
    secure_link $arg_md5,$arg_expires;
    secure_link_md5 "$secure_link_expires$uri ${secret}";
    if ($secure_link = "") { return 403; }
    if ($secure_link = "0") { return 410; }
    proxy_pass http://origin;
}`;

export const authRequest = (answer: Answer, more = ''): string =>
  `location / { auth_request /auth; proxy_pass http://origin; }\n${question(answer, more)}`;

const CACHE = `proxy_cache auth;
    proxy_cache_key "$host $request_method $request_uri $http_authorization";
    proxy_cache_valid 200 204 ${CACHE_SECONDS}s;
    open_file_cache max=64 inactive=10s;
    open_file_cache_valid 1s;`;

/** Kept answers are files; in memory, as a cache of credentials should be, for all who have one. */
const CACHES = '/srv/cache';
export const cacheFolder = (name: string): string => `${CACHES}/${name}`;
/** A file takes a page: what 20,000 of them take, and what the file system in memory holds for all edges. */
export const CACHE_SIZE = '128m';
export const cacheMemory = { [CACHES]: 'rw,size=512m' };
export const nativeHttp = `proxy_cache_path ${cacheFolder('native')} levels=1:2 keys_zone=auth:10m inactive=${CACHE_SECONDS}s max_size=${CACHE_SIZE} use_temp_path=off;\n`;

export const nativeServers = (): string =>
  authUpstreams() +
  server('native', 'native-signed.test', secureLinkLocation(SECRET)) +
  eachAnswer((answer) => server('native', `ask-${answer}.test`, authRequest(answer))) +
  eachAnswer((answer) => server('native', `cached-${answer}.test`, authRequest(answer, CACHE)));

/** Type A, checked as the guard of edge-auth checks it, but for the comparison in constant time; the URL is sent on as it came. */
const LUA_SIGNATURE = `location / {
    access_by_lua_block {
        local found = ngx.re.match(ngx.var.arg_auth_key or "", [[^(\\d{10})-([A-Za-z0-9]+)-([A-Za-z0-9]+)-([0-9a-f]{32})$]], "jo")
        if not found or found[1] + 1800 < ngx.time() then
            return ngx.exit(403)
        end
        local line = ngx.var.uri .. "-" .. found[1] .. "-" .. found[2] .. "-" .. found[3] .. "-${KEY}"
        if ngx.md5(line) ~= found[4] then
            return ngx.exit(403)
        end
    }
    proxy_pass http://origin;
}`;

const LUA_QUESTION = `location / {
    access_by_lua_block {
        local reply = ngx.location.capture("/auth")
        if reply.status < 200 or reply.status > 299 then
            return ngx.exit(403)
        end
    }
    proxy_pass http://origin;
}`;

export const luaServers = (): string =>
  authUpstreams() +
  server('lua', 'signed.test', LUA_SIGNATURE) +
  eachAnswer((answer) => server('lua', `ask-${answer}.test`, `${LUA_QUESTION}\n${question(answer)}`));

/** `names`: domains of edge-auth, each with its rendered include. */
export const oursServers = (instance: Instance, prefix: string, names: string[]): string =>
  names
    .map((name) => server(instance, name, `include ${prefix}/servers/${name}.conf;\n${TO_ORIGIN}`))
    .join('');

export const haproxyPorts = (): string =>
  eachAnswer((answer, port) => `["ask-${answer}.test"] = ${port},`).replaceAll('\n', ' ');

const KEPT = 'transport http {\nkeepalive_idle_conns_per_host 128\n}';
const CADDY_ORIGIN = `reverse_proxy 127.0.0.1:9000 {\n${KEPT}\n}`;

export function caddyfile(): string {
  const site = (name: string, body: string) =>
    `http://${name}:${instances.caddy.port} {\nbind 127.0.0.1\n${body}\n${CADDY_ORIGIN}\n}\n`;
  const asking = eachAnswer((answer, port) =>
    site(`ask-${answer}.test`, `forward_auth 127.0.0.1:${port} {\nuri /auth\n${KEPT}\n}`),
  );
  return `{\nadmin off\nauto_https off\npersist_config off\nlog {\nlevel ERROR\n}\n}\n${site('plain.test', '')}${asking}`;
}
