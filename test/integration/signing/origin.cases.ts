export interface OriginCase {
  name: string;
  /** `{sig}`: the arguments, or the two segments, of a good signature. */
  target: string;
  /** The request target that the origin receives. */
  receives: string;
}

/** Types A and D (`{sig}` is one argument, or two), with `proxy_pass http://origin;`. */
export const otherArguments: OriginCase[] = [
  { name: 'the signature alone', target: '/f?{sig}', receives: '/f' },
  { name: 'the signature and an empty pair', target: '/f?{sig}&', receives: '/f' },
  { name: 'an empty pair and the signature', target: '/f?&{sig}', receives: '/f' },
  { name: 'the signature first', target: '/f?{sig}&a=1', receives: '/f?a=1' },
  { name: 'the signature last', target: '/f?a=1&{sig}', receives: '/f?a=1' },
  { name: 'the signature in the middle', target: '/f?a=1&{sig}&b=2', receives: '/f?a=1&b=2' },
  { name: 'repetitions and order', target: '/f?b=2&a=1&{sig}&a=2&a=1', receives: '/f?b=2&a=1&a=2&a=1' },
  { name: 'empty pairs', target: '/f?a&&=&{sig}&&b=', receives: '/f?a&&=&&b=' },
  { name: 'an empty pair before', target: '/f?a=1&&{sig}', receives: '/f?a=1&' },
  { name: 'an empty pair behind', target: '/f?{sig}&&a=1', receives: '/f?&a=1' },
  {
    name: 'bytes of arguments',
    target: '/f?a=%2f%2B+%e9\xc3\xa9&{sig}&b="\'<>[]{}|^`;/?:@,$!*()~%',
    receives: '/f?a=%2f%2B+%e9\xc3\xa9&b="\'<>[]{}|^`;/?:@,$!*()~%',
  },
  {
    name: 'what looks like a variable',
    target: '/f?$host={sig}&{sig}&${args}',
    receives: '/f?$host={sig}&${args}',
  },
  { name: 'an address in a value', target: '/f?to=http://x/?a=1&{sig}', receives: '/f?to=http://x/?a=1' },
  {
    name: '6000 characters',
    target: `/f?a=${'b'.repeat(3000)}&{sig}&c=${'d'.repeat(3000)}`,
    receives: `/f?a=${'b'.repeat(3000)}&c=${'d'.repeat(3000)}`,
  },
];

/** The path as nginx spells it once the arguments, or the path, were changed: known behaviour of proxy_pass without a URI. */
export const spelledByNginx: OriginCase[] = [
  ['an encoded plus sign', '/a%2Bb', '/a+b'],
  ['lower-case percent-encoding', '/caf%e9', '/caf%E9'],
  ['upper-case percent-encoding', '/caf%E9', '/caf%E9'],
  ['an encoded space', '/a%20b', '/a%20b'],
  ['an encoded number sign', '/a%23b', '/a%23b'],
  ['an encoded question mark', '/a%3fb', '/a%3Fb'],
  ['an encoded percent sign', '/a%25b', '/a%25b'],
  ['an encoded letter', '/%41', '/A'],
  ['an encoded dot', '/a%2eb', '/a.b'],
  ['an encoded ampersand and equals sign', '/a%26b%3Dc', '/a&b=c'],
].map(([name = '', target = '', receives = '']) => ({ name, target, receives }));

/** nginx escapes what was escaped before, and everything once it has rewritten the path, as it does behind a signature in front. */
export const rawUtf8 = { target: '/\xe4\xb8\xad', inArguments: '/\xe4\xb8\xad', inPath: '/%E4%B8%AD' };

/** Both `proxy_pass http://origin$edge_auth_clean_uri` and requests from which nothing is taken off keep every byte. */
export const rawPaths = [
  ...spelledByNginx.map(({ target }) => target),
  rawUtf8.target,
  '/a;b=1/c',
  '/[a]|b^c`d',
  '/a%252eb',
  "/!'()*,:@~",
];

/** Only without a signature, or with none that is well formed. */
export const onlyUnsigned = ['//a//b', '/./a/../b', '/a%2fb', '/a%5cb', '/a\\b', '/a?', '/a?&', '/a%3Bb'];

/** As the vendor escapes: `=` and `+` of the path and of values, not what is encoded already. */
export const escaped: OriginCase[] = [
  { name: 'the path', target: '/a+b=c%2B', receives: '/a%2Bb%3Dc%2B' },
  { name: 'an argument', target: '/f?a=b+c=d&{sig}', receives: '/f?a=b%2Bc%3Dd' },
  { name: 'the signature alone', target: '/f?{sig}', receives: '/f' },
];
