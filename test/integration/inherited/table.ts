/** Every directive of nginx's modules for requests that may stand in http {}, with a value that is valid and hostile to an auth request. */

export interface Group {
  name: string;
  /** Lines of http {}; the first word of each is the directive. */
  lines: string[];
  /** Lines of each server {} that take back what would hit its own clients. */
  server?: string[];
  /** What nginx itself says in the error log about such lines. */
  errors?: RegExp;
  /** Where JavaScript judges behind the hop, an njs before this one denies everybody. */
  deniesAllBefore?: string;
}

const proxyRequest: Group = {
  name: 'proxy: the request',
  lines: [
    'proxy_set_body "GET /auth?token=good HTTP/1.1";',
    'proxy_method POST;',
    'proxy_pass_request_body on;',
    'proxy_pass_request_headers off;',
    'proxy_set_header X-Operator 1;',
    'proxy_http_version 1.0;',
    'proxy_headers_hash_max_size 64;',
    'proxy_headers_hash_bucket_size 64;',
    'proxy_request_buffering off;',
    'proxy_request_dynamic on;',
  ],
};

const proxyAnswer: Group = {
  name: 'proxy: the answer',
  lines: [
    'proxy_buffering off;',
    'proxy_buffer_size 4k;',
    'proxy_buffers 4 4k;',
    'proxy_busy_buffers_size 8k;',
    'proxy_max_temp_file_size 8k;',
    'proxy_temp_file_write_size 4k;',
    'proxy_temp_path /tmp/operator-temp;',
    'proxy_limit_rate 10;',
    'proxy_force_ranges on;',
    'proxy_store on;',
    'proxy_store_access user:rw all:r;',
    'proxy_redirect / /elsewhere;',
    'proxy_intercept_errors on;',
    'proxy_ignore_headers Set-Cookie;',
    'proxy_pass_trailers on;',
    'proxy_cookie_domain ~. operator.test;',
    'proxy_cookie_path / /x;',
    'proxy_cookie_flags ~ secure;',
    'proxy_pass_header X-Edge-Auth;',
    'proxy_pass_header X-Edge-Auth-Status;',
    'proxy_pass_header X-Accel-Expires;',
  ],
};

const proxyConnection: Group = {
  name: 'proxy: the connection',
  lines: [
    'proxy_bind 127.0.0.9;',
    'proxy_socket_keepalive off;',
    'proxy_socket_rcvbuf 1k;',
    'proxy_socket_sndbuf 1k;',
    'proxy_connect_timeout 1ms;',
    'proxy_read_timeout 1ms;',
    'proxy_send_timeout 1ms;',
    'proxy_send_lowat 1;',
    'proxy_next_upstream off;',
    'proxy_next_upstream_tries 1;',
    'proxy_next_upstream_timeout 1ms;',
    'proxy_ignore_client_abort on;',
    'proxy_hide_header X-Edge-Auth;',
    'proxy_hide_header X-Edge-Auth-Status;',
  ],
};

const proxyCache: Group = {
  name: 'proxy: its cache',
  lines: [
    'proxy_cache_path /tmp/operator-cache keys_zone=operator:1m;',
    'proxy_cache operator;',
    'proxy_cache_key operator;',
    'proxy_cache_valid any 1h;',
    'proxy_cache_methods GET HEAD POST;',
    'proxy_cache_min_uses 1;',
    'proxy_cache_use_stale error timeout updating invalid_header http_403 http_500;',
    'proxy_cache_lock on;',
    'proxy_cache_lock_timeout 1ms;',
    'proxy_cache_lock_age 1ms;',
    'proxy_cache_revalidate on;',
    'proxy_cache_convert_head off;',
    'proxy_cache_background_update on;',
    'proxy_cache_max_range_offset 0;',
    'proxy_ignore_headers Cache-Control Expires Set-Cookie Vary X-Accel-Expires;',
  ],
};

const proxyPastCache: Group = {
  name: 'proxy: past its cache',
  lines: [
    'proxy_cache_bypass 1;',
    'proxy_no_cache 1;',
    'proxy_cache_min_uses 9;',
    'proxy_cache_methods POST;',
  ],
};

const proxyTls: Group = {
  name: 'proxy: TLS',
  lines: [
    'proxy_ssl_session_reuse off;',
    'proxy_ssl_protocols TLSv1.3;',
    'proxy_ssl_ciphers NULL;',
    'proxy_ssl_name operator.test;',
    'proxy_ssl_server_name on;',
    'proxy_ssl_verify on;',
    'proxy_ssl_verify_depth 0;',
    'proxy_ssl_trusted_certificate /etc/nginx/operator.crt;',
    'proxy_ssl_certificate /etc/nginx/operator.crt;',
    'proxy_ssl_certificate_key /etc/nginx/operator.key;',
    'proxy_ssl_certificate_cache max=10;',
    'proxy_ssl_password_file /etc/nginx/operator.pass;',
    'proxy_ssl_conf_command MinProtocol TLSv1.3;',
    'proxy_ssl_key_log /tmp/operator-keys;',
  ],
};

const coreRequest: Group = {
  name: 'core: requests and connections',
  lines: [
    'client_body_buffer_size 1;',
    'client_body_early_read on;',
    'client_body_in_file_only clean;',
    'client_body_in_single_buffer on;',
    'client_body_temp_path /tmp/operator-bodies;',
    'client_body_timeout 1s;',
    'client_header_buffer_size 64;',
    'client_header_timeout 1s;',
    'client_max_body_size 1k;',
    'connection_pool_size 256;',
    'ignore_invalid_headers off;',
    'keepalive_disable msie6 safari;',
    'keepalive_min_timeout 1s;',
    'keepalive_requests 1;',
    'keepalive_time 1ms;',
    'keepalive_timeout 0;',
    'large_client_header_buffers 2 1k;',
    'lingering_close always;',
    'lingering_time 1s;',
    'lingering_timeout 1s;',
    'max_headers 12;',
    'merge_slashes off;',
    'request_pool_size 256;',
    'reset_timedout_connection on;',
    'underscores_in_headers on;',
  ],
};

const coreAnswer: Group = {
  name: 'core: answers',
  lines: [
    'map $server_addr $operator_rate { default 0; ~^unix: 10; }',
    'absolute_redirect off;',
    'aio off;',
    'aio_write off;',
    'chunked_transfer_encoding off;',
    'default_type text/html;',
    'directio 1;',
    'directio_alignment 512;',
    'disable_symlinks on;',
    'early_hints 1;',
    'etag off;',
    'if_modified_since before;',
    'limit_rate $operator_rate;',
    'limit_rate_after 1;',
    'log_not_found on;',
    'max_ranges 0;',
    'msie_padding on;',
    'msie_refresh on;',
    'open_file_cache max=10;',
    'open_file_cache_errors on;',
    'open_file_cache_events on;',
    'open_file_cache_min_uses 1;',
    'open_file_cache_valid 1h;',
    'output_buffers 1 128;',
    'port_in_redirect off;',
    'postpone_output 0;',
    'read_ahead 1;',
    'resolver 127.0.0.1;',
    'resolver_timeout 1s;',
    'root /nonexistent;',
    'send_lowat 1;',
    'send_timeout 1s;',
    'sendfile on;',
    'sendfile_max_chunk 1;',
    'server_name_in_redirect on;',
    'server_tokens on;',
    'subrequest_output_buffer_size 1;',
    'tcp_nodelay off;',
    'tcp_nopush on;',
    'types { text/html txt; }',
  ],
};

const satisfy: Group = {
  name: 'core: satisfy',
  lines: ['satisfy any;'],
  // nginx's own line about each denial.
  errors: /access forbidden by rule/,
};

const pages: Group = {
  name: 'core: pages of errors',
  lines: [
    'error_page 400 401 404 405 413 414 500 502 503 504 =200 /page.txt;',
    'recursive_error_pages on;',
    'auth_delay 100ms;',
  ],
};

const subrequests: Group = {
  name: 'subrequests: mirror',
  lines: ['mirror /operator-mirror;', 'mirror_request_body on;'],
};

const postAction: Group = {
  name: 'subrequests: post_action',
  lines: ['post_action /operator-post;'],
  // nginx runs the action of the action, wherever it stands.
  errors: /redirection cycle while internally redirecting to "\/operator-post"/,
};

const addition: Group = {
  name: 'subrequests: addition',
  lines: ['add_before_body /before.txt;', 'add_after_body /after.txt;', 'addition_types text/plain;'],
};

const additionOfAll: Group = {
  name: 'subrequests: addition, to all types',
  lines: ['add_before_body /before.txt;', 'add_after_body /after.txt;', 'addition_types *;'],
  // Its filter of bodies never ends what has both in front and behind.
  deniesAllBefore: '0.8.0',
};

const ssi: Group = {
  name: 'subrequests: ssi',
  lines: [
    'ssi on;',
    'ssi_types *;',
    'ssi_silent_errors off;',
    'ssi_ignore_recycled_buffers on;',
    'ssi_last_modified on;',
    'ssi_min_file_chunk 1;',
    'ssi_value_length 10;',
  ],
};

const filters: Group = {
  name: 'filters',
  lines: [
    'charset koi8-r;',
    'charset_map koi8-r utf-8 { 80 E282AC; }',
    'charset_types *;',
    'override_charset on;',
    'source_charset utf-8;',
    'gunzip on;',
    'gunzip_buffers 4 4k;',
    'gzip on;',
    'gzip_buffers 4 4k;',
    'gzip_comp_level 1;',
    'gzip_disable none;',
    'gzip_hash 512;',
    'gzip_http_version 1.0;',
    'gzip_min_length 1;',
    'gzip_no_buffer on;',
    'gzip_proxied any;',
    'gzip_static on;',
    'gzip_types *;',
    'gzip_vary on;',
    'gzip_window 1k;',
    'postpone_gzipping 1;',
    'slice 1;',
    'sub_filter a b;',
    'sub_filter_last_modified on;',
    'sub_filter_once off;',
    'sub_filter_types *;',
  ],
};

const headers: Group = {
  name: 'headers',
  lines: [
    'add_header X-Edge-Auth "allow operator" always;',
    'add_header X-Edge-Auth-Status 299 always;',
    'add_header X-Accel-Expires 1000 always;',
    'add_header Cache-Control max-age=1000 always;',
    'add_trailer X-Operator 1 always;',
    'expires max;',
    'userid on;',
    'userid_domain operator.test;',
    'userid_expires max;',
    'userid_flags secure;',
    'userid_mark A;',
    'userid_name operator;',
    'userid_p3p operator;',
    'userid_path /;',
    'userid_service 1;',
  ],
};

const mergedHeaders: Group = {
  name: 'headers, merged with ours',
  lines: [
    'add_header X-Operator 1 always;',
    'add_header X-Accel-Expires 1000 always;',
    'add_header Cache-Control max-age=1000 always;',
    'add_trailer X-Operator 1 always;',
    'add_header_inherit merge;',
    'add_trailer_inherit merge;',
  ],
};

const access: Group = {
  name: 'access and limits',
  lines: [
    'allow 192.0.2.1;',
    'deny all;',
    'auth_basic operator;',
    'auth_basic_user_file /etc/nginx/nobody.htpasswd;',
    'auth_request /operator-asks;',
    'auth_request_set $operator_user $upstream_http_x_user;',
    'limit_conn_zone $server_name zone=operator_connections:1m;',
    'limit_conn operator_connections 1;',
    'limit_conn_dry_run off;',
    'limit_conn_log_level error;',
    'limit_conn_status 500;',
    'limit_req_zone $server_name zone=operator_requests:1m rate=1r/m;',
    'limit_req zone=operator_requests;',
    'limit_req_dry_run off;',
    'limit_req_log_level error;',
    'limit_req_status 500;',
  ],
  server: [
    'allow all;',
    'auth_basic off;',
    'limit_req zone=operator_requests burst=1000 nodelay;',
    'limit_conn operator_connections 1000;',
  ],
};

const content: Group = {
  name: 'content, addresses and variables',
  lines: [
    'autoindex on;',
    'autoindex_exact_size off;',
    'autoindex_format json;',
    'autoindex_localtime on;',
    'index /operator.txt;',
    'create_full_put_path on;',
    'dav_access all:rw;',
    'dav_methods PUT DELETE MKCOL COPY MOVE;',
    'min_delete_depth 1;',
    'ancient_browser curl;',
    'ancient_browser_value 1;',
    'modern_browser unlisted;',
    'modern_browser_value 1;',
    'real_ip_header X-Edge-Auth-Addr;',
    'real_ip_recursive on;',
    'set_real_ip_from 0.0.0.0/0;',
    'set_real_ip_from unix:;',
    'rewrite_log on;',
    'secure_link $arg_token,$arg_expires;',
    'secure_link_md5 operator;',
    'uninitialized_variable_warn off;',
    'mp4_buffer_size 1k;',
    'mp4_max_buffer_size 1k;',
    'open_log_file_cache max=10;',
  ],
};

export const groups: Group[] = [
  proxyRequest,
  proxyAnswer,
  proxyConnection,
  proxyCache,
  proxyPastCache,
  proxyTls,
  coreRequest,
  coreAnswer,
  satisfy,
  pages,
  subrequests,
  postAction,
  addition,
  additionOfAll,
  ssi,
  filters,
  headers,
  mergedHeaders,
  access,
  content,
];

/** What may stand in http {} and is in no group, and why. */
export const leftOut: Record<string, string> = {
  'access_log, log_format, log_subrequest, error_log':
    'logs of the operator; ours are off, and log_subrequest adds lines',
  'types_hash_*, variables_hash_*, server_names_hash_*, map_hash_*':
    'sizes of tables; README names the one that we set',
  'map, geo, geoip_*, split_clients, upstream, server, perl_*': 'blocks and variables: nothing inherits them',
  'fastcgi_*, uwsgi_*, scgi_*, grpc_*, memcached_*, tunnel_*':
    'for locations that pass requests on by another protocol',
  'ssl_*, http2_*, http3*, quic_*': 'for connections of clients; no server of the decider has TLS',
  'image_filter_*, xslt_*, xml_*': 'of modules that are loaded for it, for locations that use them',
  'add_header X-Edge-Auth-… with add_header_inherit merge':
    'names that are ours: the log would hold both, and no throttled client would be slow; the status decides all the same',
  'error_page 403': "the operator's own page of a denial, as with plain auth_request",
};
