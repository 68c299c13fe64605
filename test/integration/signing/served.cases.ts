interface ServedCase {
  name: string;
  target: string;
  body: string;
  status?: number;
}

/** What each location of served.conf answers to a signed URL. */
export const servedCases: ServedCase[] = [
  { name: 'a file', target: '/static/file.txt', body: 'the file\n' },
  { name: 'alias', target: '/alias/file.txt', body: 'elsewhere\n' },
  { name: 'a directory by its index', target: '/index/', body: 'the index\n' },
  { name: 'a directory by an index elsewhere', target: '/autoindex/', body: 'the file\n' },
  { name: 'try_files with the file itself', target: '/try/a.txt', body: 'tried\n' },
  { name: 'try_files with another name', target: '/try/a', body: 'tried\n' },
  { name: 'try_files with the last name', target: '/try/absent?a=1', body: 'the file\n' },
  { name: 'try_files with a named location', target: '/try-named/x?a=1', body: 'named /try-named/x?a=1' },
  { name: 'return', target: '/returns?a=%2F', body: 'returned /returns?a=%2F' },
  { name: 'rewrite … break', target: '/broken/file.txt?a=1', body: 'the file\n' },
  { name: 'rewrite … last', target: '/rewritten/file.txt', body: 'the file\n' },
  { name: 'error_page with a page', target: '/missing/x', body: 'the page\n', status: 404 },
  {
    name: 'error_page with a named location',
    target: '/missing-named/x?a=1',
    body: 'named /missing-named/x?a=1',
  },
  { name: 'a location by a regular expression', target: '/regex/a%20b.x', body: 'regex a b' },
  { name: 'an exact location', target: '/exact', body: 'exact' },
  { name: 'if', target: '/conditional?a=1', body: 'if /conditional' },
  { name: 'if that does not hold', target: '/conditional?a=2', body: 'else /conditional' },
  { name: 'X-Accel-Redirect of the origin', target: '/accelerated', body: 'elsewhere\n' },
  { name: 'sub_filter', target: '/filtered/file.txt', body: 'the FILE\n' },
];

const page = [
  '[<!--#echo var="edge_auth_signed" default="" -->',
  '<!--#echo var="edge_auth_signed_again" default="" -->',
  '<!--#echo var="edge_auth_key" default="" --><!--#echo var="edge_auth_key2" default="" -->]',
  '<!--#echo var="edge_auth_reason" -->',
  '[<!--#include virtual="/static/file.txt" -->]',
  '[<!--#include virtual="/ssi/inner.txt?b=2" -->]',
].join('');

export const servedFiles = {
  '/srv/www/static/file.txt': 'the file\n',
  '/srv/www/static/page.txt': 'the page\n',
  '/srv/www/index/index.txt': 'the index\n',
  '/srv/www/autoindex/other.txt': '',
  '/srv/www/try/a.txt': 'tried\n',
  '/srv/www/ssi/page.txt': page,
  '/srv/www/ssi/inner.txt': '<!--#echo var="edge_auth_signed" default="" --><!--#echo var="args" -->',
  '/srv/elsewhere/file.txt': 'elsewhere\n',
};
