interface PathCase {
  name: string;
  /** As signed and as sent: raw, one character a byte. */
  path: string;
  /** `$uri` as the edge serves it, one character a byte. */
  serves?: string;
  /** The reason of the refusal, or 400 where nginx itself answers. */
  refused?: string | 400;
  /** The same where the signature stands in front of the path, if that differs. */
  refusedInPath?: string | 400;
}

export const served: PathCase[] = [
  { name: 'the root', path: '/', serves: '/' },
  { name: 'a directory', path: '/video/', serves: '/video/' },
  { name: 'a name that begins with a dot', path: '/.hidden', serves: '/.hidden' },
  { name: 'a name that begins with two dots', path: '/..a/...', serves: '/..a/...' },
  { name: 'an encoded dot inside a name', path: '/a%2eb/%2ec', serves: '/a.b/.c' },
  { name: 'a path parameter', path: '/a;b=1/c;d', serves: '/a;b=1/c;d' },
  { name: 'an encoded number sign', path: '/a%23b', serves: '/a#b' },
  { name: 'an encoded question mark', path: '/a%3fb', serves: '/a?b' },
  { name: 'an encoded percent sign', path: '/a%25b', serves: '/a%b' },
  { name: 'two layers of encoding', path: '/%252e%252e/b', serves: '/%2e%2e/b' },
  { name: 'lower-case percent-encoding', path: '/caf%e9', serves: '/caf\xe9' },
  { name: 'upper-case percent-encoding', path: '/caf%E9', serves: '/caf\xe9' },
  { name: 'percent-encoded UTF-8', path: '/%e4%b8%ad', serves: '/\xe4\xb8\xad' },
  { name: 'raw UTF-8', path: '/\xe4\xb8\xad', serves: '/\xe4\xb8\xad' },
  { name: 'raw UTF-8 beyond the first plane', path: '/\xf0\x9f\x8e\xac', serves: '/\xf0\x9f\x8e\xac' },
  { name: 'a plus sign', path: '/a+b', serves: '/a+b' },
  { name: 'an encoded plus sign', path: '/a%2Bb', serves: '/a+b' },
  { name: 'an encoded space', path: '/a%20b', serves: '/a b' },
  { name: 'an equals sign and an ampersand', path: '/a=b&c', serves: '/a=b&c' },
  { name: 'the name of the argument', path: '/auth_key=1', serves: '/auth_key=1' },
  {
    name: 'punctuation',
    path: "/a!b'c(d)e*f,g:h@i~j_k-l[m]n|o^p`q<r>s",
    serves: "/a!b'c(d)e*f,g:h@i~j_k-l[m]n|o^p`q<r>s",
  },
  { name: 'an encoded quote', path: '/a%22b', serves: '/a"b' },
  { name: 'what looks like a variable', path: '/$edge_auth_signed', serves: '/$edge_auth_signed' },
  { name: 'what looks like a variable in braces', path: '/${host}/$1', serves: '/${host}/$1' },
  { name: '4000 characters', path: `/${'a'.repeat(4000)}`, serves: `/${'a'.repeat(4000)}` },
];

/** Where the signature is an argument; in front of the path it is refused, for nginx sends a rewritten path on decoded. */
export const servedBesideArguments: PathCase[] = [
  { name: 'an encoded semicolon', path: '/a%3bb', serves: '/a;b' },
  { name: 'an upper-case encoded semicolon', path: '/a%3Bb/%3B', serves: '/a;b/;' },
  { name: 'an encoded semicolon behind raw UTF-8', path: '/\xe4\xb8\xad%3Bb', serves: '/\xe4\xb8\xad;b' },
];

/** Served under `merge_slashes off` as it was signed; elsewhere as another path, so refused. */
export const unmerged: PathCase[] = [
  { name: 'an empty segment in front', path: '//a', serves: '//a' },
  { name: 'an empty segment inside', path: '/a//b', serves: '/a//b' },
  { name: 'empty segments at the end', path: '/a///', serves: '/a///' },
  { name: 'an empty segment behind raw UTF-8', path: '/\xe4\xb8\xad//b', serves: '/\xe4\xb8\xad//b' },
];

/** Refused under `merge_slashes off`, too. */
export const refusedUnmerged: PathCase[] = [
  { name: 'an empty and a dot segment', path: '/a//./b', refused: 'path_mismatch' },
  { name: 'a climb over an empty segment', path: '/a//../b', refused: 'path_mismatch' },
  { name: 'an encoded climb over an empty segment', path: '/a//%2e%2E/b', refused: 'path_mismatch' },
  { name: 'an encoded slash beside an empty segment', path: '/a//b%2fc', refused: 'path_mismatch' },
  { name: 'an encoded slash that makes one', path: '/a/%2fb', refused: 'path_mismatch' },
  { name: 'a backslash beside an empty segment', path: '/a//b\\c', refused: 'path_mismatch' },
  { name: 'an encoded newline beside an empty segment', path: '/a//b%0a', refused: 'path_mismatch' },
];

export const refused: PathCase[] = [
  { name: 'an empty segment in front', path: '//a', refused: 'path_mismatch' },
  { name: 'an empty segment inside', path: '/a//b', refused: 'path_mismatch' },
  { name: 'an empty segment at the end', path: '/a//', refused: 'path_mismatch' },
  { name: 'a dot segment', path: '/./a', refused: 'path_mismatch' },
  { name: 'a dot segment at the end', path: '/a/.', refused: 'path_mismatch' },
  { name: 'a double dot inside', path: '/a/../b', refused: 'path_mismatch' },
  { name: 'a double dot at the end', path: '/a/..', refused: 'path_mismatch' },
  { name: 'an encoded double dot', path: '/a/%2e%2e/b', refused: 'path_mismatch' },
  { name: 'a half encoded double dot', path: '/a/%2E./b', refused: 'path_mismatch' },
  { name: 'a double dot whose second half is encoded', path: '/a/.%2e/b', refused: 'path_mismatch' },
  { name: 'an encoded dot segment', path: '/a/%2E/b', refused: 'path_mismatch' },
  // Above the root nginx refuses; behind a signature there are two segments to spare.
  { name: 'a double dot above the root', path: '/../a', refused: 400, refusedInPath: 'path_mismatch' },
  { name: 'three double dots above the root', path: '/../../../a', refused: 400 },
  { name: 'a double dot behind a path parameter', path: '/a;/../b', refused: 'path_mismatch' },
  { name: 'an encoded slash', path: '/a%2fb', refused: 'path_mismatch' },
  { name: 'an upper-case encoded slash', path: '/a%2Fb', refused: 'path_mismatch' },
  { name: 'a backslash', path: '/a\\b', refused: 'path_mismatch' },
  { name: 'an encoded backslash', path: '/a%5cb', refused: 'path_mismatch' },
  { name: 'an upper-case encoded backslash', path: '/a%5Cb', refused: 'path_mismatch' },
  { name: 'an encoded NUL', path: '/a%00b', refused: 400 },
  { name: 'an encoded newline', path: '/a%0ab', refused: 'path_mismatch' },
  { name: 'an encoded return', path: '/a%0Db', refused: 'path_mismatch' },
  { name: 'an encoded escape', path: '/a%1bb', refused: 'path_mismatch' },
  { name: 'an encoded delete', path: '/a%7Fb', refused: 'path_mismatch' },
  { name: 'a fragment', path: '/a#b', refused: 'malformed' },
  { name: 'a raw control character', path: '/a\x01b', refused: 400 },
  { name: 'a raw delete', path: '/a\x7fb', refused: 400 },
  { name: 'a raw tab', path: '/a\tb', refused: 400 },
  { name: 'a raw space', path: '/a b', refused: 400 },
  { name: 'a percent sign without digits', path: '/a%b', refused: 400 },
  { name: 'a percent sign before letters', path: '/a%zz', refused: 400 },
  { name: 'no slash', path: 'a', refused: 400, refusedInPath: 'malformed' },
];
