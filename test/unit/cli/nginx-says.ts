/** What nginx of Debian (three releases), and nginx 1.26.3 with njs built in, say to `-V` and to the confs of nginx/probe; recorded. */

const debian = (head: string, http3: string) => `${head}
TLS SNI support enabled
configure arguments: --with-cc-opt='-g -O2 -Werror=implicit-function-declaration -fPIC -Wdate-time -D_FORTIFY_SOURCE=2' --with-ld-opt='-Wl,-z,relro -Wl,-z,now -fPIC' --prefix=/usr/share/nginx --conf-path=/etc/nginx/nginx.conf --http-log-path=/var/log/nginx/access.log --error-log-path=stderr --lock-path=/var/lock/nginx.lock --pid-path=/run/nginx.pid --modules-path=/usr/lib/nginx/modules --http-client-body-temp-path=/var/lib/nginx/body --with-compat --with-debug --with-pcre-jit --with-http_ssl_module --with-http_stub_status_module --with-http_realip_module --with-http_auth_request_module --with-http_v2_module ${http3}--with-http_dav_module --with-http_slice_module --with-threads --with-http_secure_link_module --with-http_sub_module --with-mail_ssl_module --with-stream_ssl_module --with-http_geoip_module=dynamic --with-mail=dynamic --with-stream=dynamic
`;

const stops = (time: string, directive: string, line: number) =>
  `${time} [emerg] 11#11: unknown directive "${directive}" in /tmp/edge-auth-nginx-x/nginx.conf:${line}
nginx: configuration file /tmp/edge-auth-nginx-x/nginx.conf test failed
`;
const time = '2026/11/26 14:43:19';
const quiet = stops(time, 'edge_auth_end', 15);

export interface Said {
  versions: string;
  releases: string;
  notice: string;
}

export const said: Record<string, Said> = {
  'Debian bookworm: nginx 1.22.1, njs 0.7.9': {
    versions: debian('nginx version: nginx/1.22.1\nbuilt with OpenSSL 3.0.20 7 Apr 2026', ''),
    releases: stops(time, 'js_shared_dict_zone', 11),
    notice: quiet,
  },
  'Debian trixie: nginx 1.26.3, njs 0.8.9': {
    versions: debian('nginx version: nginx/1.26.3\nbuilt with OpenSSL 3.5.7 9 Jun 2026', ''),
    releases: stops(time, 'js_context_reuse_max_size', 17),
    notice: `${time} [notice] 11#11: js vm init njs: 00005635CE5F8700\n${quiet}`,
  },
  'Debian forky: nginx 1.30.6, njs 1.0.2': {
    versions: debian('nginx version: nginx/1.30.6\nbuilt by gcc 16.2.0', '--with-http_v3_module '),
    releases: stops(time, 'edge_auth_end', 19),
    notice: quiet,
  },
  'built from source: nginx 1.26.3, njs 0.8.5': {
    versions: `nginx version: nginx/1.26.3
built by gcc 12.2.0 (Debian 12.2.0-14+deb12u1)
configure arguments: --prefix=/tmp/out --without-http_gzip_module --add-module=/tmp/njs-0.8.5/nginx
`,
    releases: stops(time, 'js_engine', 16),
    notice: quiet,
  },
  'built from source: nginx 1.26.3, njs 0.8.8': {
    versions: `nginx version: nginx/1.26.3
built by gcc 12.2.0 (Debian 12.2.0-14+deb12u1)
configure arguments: --prefix=/tmp/out --without-http_gzip_module --add-module=/tmp/njs-0.8.8/nginx
`,
    releases: stops(time, 'js_context_reuse_max_size', 17),
    notice: quiet,
  },
  'built from source: nginx 1.26.3, njs 0.9.0': {
    versions: `nginx version: nginx/1.26.3
built by gcc 12.2.0 (Debian 12.2.0-14+deb12u1)
configure arguments: --prefix=/tmp/out --without-http_gzip_module --add-module=/tmp/njs-0.9.0/nginx
`,
    releases: stops(time, 'js_context_reuse_max_size', 17),
    notice: `${time} [notice] 17703#0: js vm init njs: 0000556300AFCB80\n${quiet}`,
  },
  'built from source: nginx 1.26.3, njs 0.9.4': {
    versions: `nginx version: nginx/1.26.3
built by gcc 12.2.0 (Debian 12.2.0-14+deb12u1)
configure arguments: --prefix=/tmp/out --without-http_gzip_module --add-module=/tmp/njs-0.9.4/nginx
`,
    releases: stops(time, 'js_access', 18),
    notice: quiet,
  },
};

/** Of an nginx without njs: a module that is not there, and none that is built in. */
export const noModule = `${time} [emerg] 8#8: dlopen() "/usr/lib/nginx/modules/ngx_http_js_module.so" failed (/usr/lib/nginx/modules/ngx_http_js_module.so: cannot open shared object file: No such file or directory) in /tmp/edge-auth-nginx-x/nginx.conf:6
nginx: configuration file /tmp/edge-auth-nginx-x/nginx.conf test failed
`;
export const notBuiltIn = stops(time, 'js_import', 8);
/** Of an nginx that sees other files. */
export const unseen = `${time} [emerg] 9#9: open() "/tmp/edge-auth-nginx-x/nginx.conf" failed (2: No such file or directory)
nginx: configuration file /tmp/edge-auth-nginx-x/nginx.conf test failed
`;
