import type { Site } from './site';

const signing = { type: 'A' };
const scoped = { type: 'A', scope: { paths: ['/private/*'] } };

/** What an operator may have in a signed server already. */
export const operatorSites: Record<string, Site> = {
  'basic.test': {
    signing,
    lines: `
      auth_basic operator;
      auth_basic_user_file /etc/nginx/users.htpasswd;
      location / { root /srv/www; try_files /file.txt =404; }`,
  },
  'either.test': {
    signing,
    lines: `
      satisfy any;
      allow all;
      location / { root /srv/www; try_files /file.txt =404; }`,
  },
  'closed.test': {
    signing,
    lines: `
      deny all;
      error_page 418 /file.txt; # None of those of http {}.
      location / { root /srv/www; try_files /file.txt =404; }`,
  },
  'pages.test': {
    signing,
    lines: `
      error_page 400 401 403 404 410 500 =200 /file.txt;
      root /srv/www;
      location = /front { error_page 403 =200 /file.txt; }`,
  },
  'returns.test': { signing, lines: 'return 200 "opened $uri?$args";' },
  'above.test': { signing, above: 'if ($uri = /unguarded) { return 200 "opened"; }' },
  'front.test': {
    signing,
    lines: `
      rewrite ^/(.*)$ /front?path=$1 last;
      location = /front { return 200 "opened $args"; }`,
  },
  'changes-args.test': {
    signing,
    lines: 'set $args "$args&added=1"; location / { return 200 "opened $args"; }',
  },
  'refused-regex.test': {
    signing,
    lines: 'location ~ ^/_edge_auth { return 200 "opened"; } location / { return 200 "opened"; }',
  },
  'own-js.test': { signing, lines: 'location / { js_content served.uri; }' },
  'server-js.test': {
    signing,
    lines: 'js_import mine from /etc/nginx/served.js; location / { js_content mine.uri; }',
  },
  'location-js.test': {
    signing,
    lines: 'location / { js_import mine from /etc/nginx/served.js; js_content mine.uri; }',
  },
  'own-request.test': {
    signing,
    lines: `
      location / { auth_request /ask; root /srv/www; try_files /file.txt =404; }
      location = /ask { internal; return 204; }`,
  },
  'redirected.test': {
    signing: scoped,
    lines: `
      root /srv/www;
      location /index/ { index /private/file.txt; }
      location /tried/ { try_files /absent /private/file.txt; }
      location /missing/ { error_page 404 = /private/file.txt; }
      location /accelerated { proxy_pass http://origin; }
      location /page.txt { ssi on; ssi_types *; }
      location /rewritten/ { rewrite ^ /private/file.txt last; }`,
  },
};

/** A signed URL of /x, and what it gets. */
export const signedCases = [
  { domain: 'basic.test', headers: [`Authorization: Basic ${btoa('u:p')}`], status: 200, body: 'the file\n' },
  { domain: 'basic.test', headers: [], status: 401, body: '401 Authorization Required' },
  { domain: 'either.test', headers: [], status: 200, body: 'the file\n' },
  { domain: 'closed.test', headers: [], status: 403, body: '403 Forbidden' },
  { domain: 'pages.test', headers: [], status: 200, body: 'the file\n' },
  { domain: 'returns.test', headers: [], status: 200, body: 'opened /x?a=1' },
  { domain: 'front.test', headers: [], status: 200, body: 'opened path=x&a=1' },
  { domain: 'changes-args.test', headers: [], status: 200, body: 'opened a=1&added=1' },
  { domain: 'refused-regex.test', headers: [], status: 200, body: 'opened' },
  { domain: 'own-js.test', headers: [], status: 200, body: '' },
  { domain: 'server-js.test', headers: [], status: 200, body: '' },
  { domain: 'own-request.test', headers: [], status: 200, body: 'the file\n' },
];

export const operatorFiles = {
  '/etc/nginx/users.htpasswd': 'u:{PLAIN}p\n',
  '/srv/www/file.txt': 'the file\n',
  '/srv/www/private/file.txt': 'private\n',
  '/srv/www/index/none.txt': '',
  '/srv/www/page.txt': '[<!--#include virtual="/private/file.txt" -->]',
};
