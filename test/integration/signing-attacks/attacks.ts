// Requests without a good signature, none of which may get at what needs one. `/v/…` does, on every site.

export interface Attack {
  name: string;
  host: string;
  target: string;
  method?: string;
  port?: number;
  status: number | number[];
  /** Reason, or what the body begins with. Default: a refusal. */
  says?: string;
}

const B = `/202001010000/${'0123456789abcdef'.repeat(2)}`;
const C = `/${'0123456789abcdef'.repeat(2)}/5e577978`;
const A = `auth_key=1580000000-0-0-${'0123456789abcdef'.repeat(2)}`;
const UNMERGED = 8081;

const deny = (name: string, host: string, target: string, more: Partial<Attack> = {}): Attack => ({
  name,
  host,
  target,
  status: 403,
  ...more,
});

/** A raw path that nginx resolves to an open one, while an origin that is sent it raw may serve what it begins with. */
const roundabout = [
  '/v/secret/../../open/x',
  '/v/secret/%2e%2e/%2E./open/x',
  '/v/secret/..%2f..%2Fopen/x',
  '//open/v/secret',
  '/%2fopen/v/secret',
  '/./open/x',
  '/v/secret/..//../open/x',
  '/v/secret/../../elsewhere',
  '/v/secret/../free',
];
const ambiguous = [
  '/open/x;/../../v/secret',
  '/open/..%5cv/secret',
  '/open\\..\\v\\secret',
  '/open/%252e%252e/v/secret',
  '/open/x%0a',
  '/open/x%3f/y',
];

export const attacks: Attack[] = [
  // A prefix that nobody signed is rewritten away, and nginx lets a rewritten path into internal locations.
  deny('an internal location behind a made-up prefix, out of scope', 'b.test', `${B}/protected/x`),
  deny('the same in the other order', 'c.test', `${C}/protected/x`),
  deny('the same where everything but the white list is in scope', 'listed.test', `${C}/protected/x`),
  deny(
    'an internal location behind a made-up prefix of the right time',
    'b.test',
    `/{date}/${'0'.repeat(32)}/protected/x`,
  ),
  deny('the location of the refusals behind a prefix', 'b.test', `${B}/_edge_auth_refused`),
  deny('a white-listed path behind a made-up prefix', 'b.test', `${B}/open/x`),
  // nginx's own 400 and 404 lead to a page of the operator that needs a signature, too: refused like any request.
  deny('an internal location as it is', 'b.test', '/protected/x'),
  deny('a prefix behind a prefix', 'b.test', `${B}${B}/protected/x`),
  {
    name: 'a prefix in capitals stays in the path',
    host: 'c.test',
    target: `${C.toUpperCase()}/protected/x`,
    status: 200,
    says: 'LOCATION /0123',
  },
  {
    name: 'a prefix with a part missing stays in the path',
    host: 'b.test',
    target: '/202001010000/protected/x',
    status: 200,
    says: 'LOCATION /2020',
  },
  deny('out of the prefix by dot segments', 'b.test', `${B}/../../protected/x`),
  deny('out of the prefix by an encoded dot segment', 'b.test', `${B}/%2e%2e/%2e%2e/open/x`),

  ...['a.test', 'b.test', 'c.test', 'd.test'].flatMap((host) => [
    ...roundabout.map((target) => deny(`what an origin may read as another path: ${target}`, host, target)),
    ...ambiguous.map((target) => deny(`what an origin may read as another path: ${target}`, host, target)),
    deny('a query that looks like a white-listed path', host, '/v/secret?/open/x'),
    deny('a fragment with a white-listed path', host, '/v/secret#/open/x'),
    deny('a white-listed path that is longer', host, '/v/freely'),
    deny('a white-listed path with a line end', host, '/v/free%0A'),
    deny('a white-listed path with a zero byte', host, '/v/free%00'),
    deny('another case of a path in scope', host, '/V/secret'),
    deny('an encoded letter of a path in scope', host, '/%76/secret'),
    deny('a page of an error as a request', host, '/v/error-page'),
    deny('another host in the request line', host, `http://${host}/v/secret`),
    deny('a method that nginx does not know', host, '/v/secret', { method: 'GETS' }),
    deny('a method with a hyphen', host, '/v/secret', { method: 'OPTIONS-' }),
    deny('a request line without a path', host, '?/open/x'),
    deny('an asterisk', host, '*', { method: 'OPTIONS' }),
    deny('CONNECT', host, '/v/secret', { method: 'CONNECT', status: [403, 405] }),
    deny('TRACE', host, '/v/secret', { method: 'TRACE', status: 405 }),
  ]),
  deny('//, unmerged', 'a.test', '//v/secret', { port: UNMERGED }),
  deny('// in front of the white list, unmerged', 'a.test', '//open/x', { port: UNMERGED }),
  deny('a climb over an empty segment, unmerged', 'a.test', '/v/secret//..//../../open/x', {
    port: UNMERGED,
  }),
  deny('a prefix and //, unmerged', 'b.test', `${B}//open/x`, { port: UNMERGED }),
  deny('an empty prefix, unmerged', 'b.test', '///open/x', { port: UNMERGED }),
  deny('an SSI page of an error', 'a.test', '/v/%2e%2e/page/x', {}),

  // What is out of scope and leads inside.
  {
    name: 'an SSI page out of scope includes nothing that is in scope',
    host: 'a.test',
    target: '/page/include.html',
    status: 200,
    says: '<p><html>\r\n<head><title>403 Forbidden',
  },
  {
    name: 'an SSI page does not tell the keys',
    host: 'a.test',
    target: '/page/variables.html',
    status: 200,
    says: '<p>||(none)|',
  },
  {
    name: 'a location does not tell the keys',
    host: 'a.test',
    target: '/variables/',
    status: 200,
    says: '|||',
  },
  {
    name: 'a location does not tell the keys, nor a hash that was not good',
    host: 'b.test',
    target: '/variables/',
    status: 200,
    says: '||||',
  },
  deny('an origin out of scope that sends nginx to a path in scope', 'a.test', '/accelerated/x'),
  {
    name: 'a path that names a variable',
    host: 'a.test',
    target: '/x$edge_auth_signed/${edge_auth_signed}',
    status: 200,
    says: 'LOCATION /x$edge_auth_signed/${edge_auth_signed}|',
  },
  {
    name: 'arguments that name a variable',
    host: 'a.test',
    target: `/x?$1&${A}&$edge_auth_signed`,
    status: 200,
    says: 'LOCATION /x|$1&$edge_auth_signed',
  },
  {
    name: 'arguments of our variables’ names',
    host: 'a.test',
    target: '/x?edge_auth_guarded=1',
    status: 200,
    says: 'LOCATION /x|edge_auth_guarded=1',
  },
  deny(
    'arguments of our variables’ names, in scope',
    'a.test',
    '/v/x?edge_auth_guard=signed&edge_auth_admitted=yes',
  ),

  // Variables that were read before the guard.
  deny('no signature, after operator’s lines', 'early.test', '/v/secret'),
  deny('a bad signature, after operator’s lines', 'early.test', `/v/secret?${A}`),
  {
    name: 'out of scope, after operator’s lines',
    host: 'early.test',
    target: '/x?a',
    status: 200,
    says: 'LOCATION /x|a',
  },
];
