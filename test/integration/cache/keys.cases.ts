/** Pairs of requests that must not share a decision, and pairs that must. `#` in them is the case's number. */

const cache = { allow_ttl: 60, deny_ttl: 60 };
const auth = { auth_server: '{auth}', keep_headers: 'none', keep_args: 'none' };
const asks = (more: object, key?: string[]) => ({
  remote_auth: { ...auth, ...more, cache: key ? { ...cache, key } : cache },
});

export const policies = {
  'header.test': asks({ keep_headers: ['x-doc'] }),
  'two.test': asks({ keep_headers: ['x-a', 'x-b'] }),
  'cookie.test': asks({ keep_headers: ['cookie'] }, ['cookie:sid']),
  'mixed.test': asks({ keep_headers: ['cookie', 'x-a'], keep_args: ['doc'] }, [
    'cookie:sid',
    'arg:doc',
    'header:x-a',
  ]),
  'arg.test': asks({ keep_args: ['doc'] }),
  'args.test': asks({ keep_args: 'all' }),
  'path.test': asks({ auth_path: 'append' }),
  'method.test': asks({ request_method: 'follow', add_headers: { 'X-Case': '$http_x_case' } }),
  'address.test': asks({ add_headers: { 'X-Address': '$remote_addr', 'X-Case': '$http_x_case' } }),
  'host.test': asks({ add_headers: { 'X-Host': '$http_host', 'X-Case': '$http_x_case' } }),
  'same-1.test': asks({ keep_headers: ['x-doc'] }),
  'same-2.test': asks({ keep_headers: ['x-doc'] }),
};
export const aliases = { 'host.test': 'alias.test', 'header.test': 'header-alias.test' };

interface Asked {
  domain?: string;
  target?: string;
  lines?: string[];
  method?: string;
}

export interface KeyCase {
  name: string;
  domain: string;
  first: Asked;
  second: Asked;
}

const apart: [name: string, domain: string, first: Asked, second: Asked][] = [
  ['another header', 'header.test', { lines: ['X-Doc: a#'] }, { lines: ['X-Doc: b#'] }],
  ['a header of another case', 'header.test', { lines: ['X-Doc: a#'] }, { lines: ['X-Doc: A#'] }],
  ['a header and none', 'header.test', { lines: ['X-Doc: a#'] }, {}],
  ['a tab inside', 'header.test', { lines: ['X-Doc: a# b'] }, { lines: ['X-Doc: a#\tb'] }],
  [
    'a copy of the header behind it',
    'header.test',
    { lines: ['X-Doc: a#'] },
    { lines: ['X-Doc: a#', 'X-Doc: z'] },
  ],
  [
    'a copy of the header before it',
    'header.test',
    { lines: ['X-Doc: a#'] },
    { lines: ['X-Doc: z', 'X-Doc: a#'] },
  ],
  [
    'a copy of the header with _',
    'header.test',
    { lines: ['X-Doc: a#'] },
    { lines: ['X_Doc: a#', 'X-Doc: b'] },
  ],
  [
    'an empty copy of the header with _',
    'two.test',
    { lines: ['X-B: #'] },
    { lines: ['X_A:', 'X-A: b', 'X-B: #'] },
  ],
  [
    'a copy of the header with _ behind it',
    'header.test',
    { lines: ['X-Doc: a#'] },
    { lines: ['X-Doc: a#', 'X_Doc: b'] },
  ],
  [
    'another one 7000 bytes on',
    'header.test',
    { lines: [`X-Doc: #${'a'.repeat(7000)}b`] },
    { lines: [`X-Doc: #${'a'.repeat(7000)}c`] },
  ],
  ['a byte beyond ASCII', 'header.test', { lines: ['X-Doc: a#\xe9'] }, { lines: ['X-Doc: a#\xe8'] }],
  [
    'one header with the text of two',
    'two.test',
    { lines: ['X-A: a#', 'X-B: b'] },
    { lines: ['X-A: a#\\nb'] },
  ],
  [
    'two headers changed about',
    'two.test',
    { lines: ['X-A: a#', 'X-B: b#'] },
    { lines: ['X-A: b#', 'X-B: a#'] },
  ],
  ['the one header or the other', 'two.test', { lines: ['X-A: a#'] }, { lines: ['X-B: a#'] }],
  [
    'text that moves over a border',
    'two.test',
    { lines: ['X-A: a#b', 'X-B: c'] },
    { lines: ['X-A: a#', 'X-B: bc'] },
  ],
  ['another cookie', 'cookie.test', { lines: ['Cookie: sid=a#'] }, { lines: ['Cookie: sid=b#'] }],
  ['an empty cookie and none', 'cookie.test', { lines: ['Cookie: k=#; sid='] }, { lines: ['Cookie: k=1#'] }],
  ['a cookie twice', 'cookie.test', { lines: ['Cookie: sid=a#'] }, { lines: ['Cookie: sid=b; sid=a#'] }],
  [
    'a cookie twice, first as before',
    'cookie.test',
    { lines: ['Cookie: sid=a#'] },
    { lines: ['Cookie: sid=a#; sid=b'] },
  ],
  [
    'a cookie in another case',
    'cookie.test',
    { lines: ['Cookie: sid=a#'] },
    { lines: ['Cookie: sid=a#; SID=b'] },
  ],
  [
    'a cookie in two headers',
    'cookie.test',
    { lines: ['Cookie: sid=a#'] },
    { lines: ['Cookie: sid=a#', 'Cookie: sid=b'] },
  ],
  ['a quoted cookie', 'cookie.test', { lines: ['Cookie: sid=a#'] }, { lines: ['Cookie: sid="a#"'] }],
  [
    'a cookie inside quotes',
    'cookie.test',
    { lines: ['Cookie: sid=a#'] },
    { lines: ['Cookie: x="; sid=a#'] },
  ],
  [
    'a cookie behind a comma',
    'cookie.test',
    { lines: ['Cookie: sid=a#'] },
    { lines: ['Cookie: x=1, sid=a#'] },
  ],
  [
    'a cookie behind a name alone',
    'cookie.test',
    { lines: ['Cookie: sid=a#'] },
    { lines: ['Cookie: sid; sid=a#'] },
  ],
  [
    'a cookie behind an attribute',
    'cookie.test',
    { lines: ['Cookie: sid=a#'] },
    { lines: ['Cookie: Path=/; sid=a#'] },
  ],
  [
    'a cookie behind bytes beyond ASCII',
    'cookie.test',
    { lines: ['Cookie: sid=a#'] },
    { lines: ['Cookie: x=\xe9; sid=a#'] },
  ],
  [
    'a cookie with the text of the argument',
    'mixed.test',
    { target: '/?doc=a#' },
    { lines: ['Cookie: sid=a#'] },
  ],
  [
    'a header with the text of a cookie',
    'mixed.test',
    { lines: ['Cookie: sid=a#'] },
    { lines: ['X-A: =a#'] },
  ],
  ['another argument', 'arg.test', { target: '/?doc=a#' }, { target: '/?doc=b#' }],
  ['an argument twice', 'arg.test', { target: '/?doc=a#' }, { target: '/?doc=a#&doc=b' }],
  ['an argument with an encoded name', 'arg.test', { target: '/?doc=a#' }, { target: '/?%64oc=a#' }],
  ['an argument in another case', 'arg.test', { target: '/?doc=a#' }, { target: '/?doc=a#&Doc=b' }],
  ['an argument behind a semicolon', 'arg.test', { target: '/?doc=a#' }, { target: '/?doc=a#;doc=b' }],
  ['an argument as a list', 'arg.test', { target: '/?doc=a#' }, { target: '/?doc=a#&doc[]=b' }],
  ['an argument with a plus', 'arg.test', { target: '/?doc=a#' }, { target: '/?doc=a#&+doc=b' }],
  ['an argument with and without a value', 'arg.test', { target: '/?x=#&doc=' }, { target: '/?x=#&doc' }],
  [
    'an argument behind more than anyone reads',
    'arg.test',
    { target: '/?doc=a#' },
    { target: `/?${'x&'.repeat(1000)}doc=a#` },
  ],
  ['another order of arguments', 'args.test', { target: '/?a=#&b=2' }, { target: '/?b=2&a=#' }],
  ['a question mark and none', 'args.test', { target: '/?#' }, { target: '/' }],
  ['another path', 'path.test', { target: '/a#' }, { target: '/b#' }],
  ['a path of another case', 'path.test', { target: '/a#' }, { target: '/A#' }],
  ['a path and its encoded slash', 'path.test', { target: '/a#/b' }, { target: '/a#%2fb' }],
  ['another method', 'method.test', { lines: ['X-Case: #'] }, { lines: ['X-Case: #'], method: 'DELETE' }],
  [
    'HEAD where the method counts',
    'method.test',
    { lines: ['X-Case: #'], method: 'HEAD' },
    { lines: ['X-Case: #'] },
  ],
  [
    'another name of the host',
    'host.test',
    { lines: ['X-Case: #'] },
    { domain: 'alias.test', lines: ['X-Case: #'] },
  ],
  [
    'another domain with the same policy',
    'same-1.test',
    { lines: ['X-Doc: #'] },
    { domain: 'same-2.test', lines: ['X-Doc: #'] },
  ],
];

const together: [name: string, domain: string, first: Asked, second: Asked][] = [
  ['the same header', 'header.test', { lines: ['X-Doc: a#'] }, { lines: ['x-doc:   a#  '] }],
  [
    'another path where it is not told',
    'header.test',
    { target: '/a', lines: ['X-Doc: a#'] },
    { target: '/b?c', lines: ['X-Doc: a#'] },
  ],
  [
    'HEAD where the method is not told',
    'header.test',
    { lines: ['X-Doc: a#'] },
    { lines: ['X-Doc: a#'], method: 'HEAD' },
  ],
  [
    'another name of the host where it is not told',
    'header.test',
    { lines: ['X-Doc: a#'] },
    { domain: 'header-alias.test', lines: ['X-Doc: a#'] },
  ],
  [
    'a header that is not told',
    'header.test',
    { lines: ['X-Doc: a#'] },
    { lines: ['X-Doc: a#', 'X-Other: 1'] },
  ],
  [
    'a cookie among others',
    'cookie.test',
    { lines: ['Cookie: sid=a#'] },
    { lines: ['Cookie: _ga=GA1.2.3; sid=a#; theme=dark;'] },
  ],
  [
    'a cookie in a header of its own',
    'cookie.test',
    { lines: ['Cookie: x=1; sid=a#'] },
    { lines: ['Cookie: y=1', 'Cookie: sid=a#'] },
  ],
  ['an argument among others', 'arg.test', { target: '/?doc=a#' }, { target: '/x?_=1&doc=a#&v=%202' }],
  ['the client’s address', 'address.test', { lines: ['X-Case: #'] }, { target: '/b', lines: ['X-Case: #'] }],
];

const numbered = (rows: typeof apart): KeyCase[] =>
  rows.map(
    ([name, domain, first, second], index) =>
      JSON.parse(
        JSON.stringify({ name, domain, first, second }).replaceAll('#', `n${rows.length}-${index}`),
      ) as KeyCase,
  );
export const apartCases = numbered(apart);
export const togetherCases = numbered(together);
