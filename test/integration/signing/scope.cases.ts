/** `/time/hash` and `auth_key=…` are filled in: `{pre}` and `{sig}` of /private/x, `{pubpre}` of /public/x, `{bad…}` of another key. */
export interface ScopeCase {
  name: string;
  method: string;
  target: string;
  verdict: string;
  /** What the origin receives; undefined where the request is refused. */
  origin: string | undefined;
}

/** `[what it is, target, verdict, what the origin receives]`; a target may begin with a method. */
type Row = [string, string, string, string?];

const outside = 'allow out_of_scope';
const listed = 'allow white_list';
const signed = 'allow signed';
const unsigned = 'deny no_signature';
const bad = 'deny bad_signature';
const mismatch = 'deny path_mismatch';
const closed = 'deny method_not_allowed';

const caseOf = ([name, target, verdict, origin]: Row): ScopeCase => {
  const [method = '', path = ''] =
    target.startsWith('/') || target.startsWith('{') ? ['GET', target] : target.split(' ');
  return { name, method, target: path, verdict, origin };
};

/** Scope /private/*, but for OPTIONS; white list /crossdomain.xml and /private/open/*. Type A. */
export const withArguments: ScopeCase[] = (
  [
    ['outside', '/public/x', outside, '/public/x'],
    ['inside without a signature', '/private/x', unsigned],
    ['inside with one', '/private/x?{sig}', signed, '/private/x'],
    ['inside in other letters', '/PRIVATE/x', unsigned],
    ['inside, encoded', '/%70rivate/x', unsigned],
    ['inside behind a double dot', '/public/../private/x', unsigned],
    ['inside behind an encoded double dot', '/public/%2e%2e/private/x', unsigned],
    ['inside behind an encoded slash', '/public/..%2fprivate/x', unsigned],
    ['inside behind slashes', '//private//x', unsigned],
    ['outside behind a double dot', '/private/../public/x', unsigned],
    ['outside behind a dot', '/./public/x', unsigned],
    ['the white list behind a double dot', '/private/../crossdomain.xml', unsigned],
    ['outside behind two slashes', '//public/x', unsigned],
    ['what an origin may read otherwise', '/public/x;y', unsigned],
    ['a second layer of encoding', '/public/%252e%252e/private/x', unsigned],
    ['the white list', '/crossdomain.xml', listed, '/crossdomain.xml'],
    ['the white list inside the scope', '/private/open/x', listed, '/private/open/x'],
    ['the white list in other letters', '/private/Open/x', unsigned],
    ['out of the white list by a double dot', '/private/open/../x', unsigned],
    ['out of the white list by an encoded double dot', '/private/open/%2e%2E/x', unsigned],
    ['out of the white list by an encoded slash', '/private/open/..%2fx', unsigned],
    ['out of the white list by two layers of encoding', '/private/open/..%252fx', unsigned],
    ['out of the white list by a path parameter', '/private/open/..;/x', unsigned],
    ['a bad signature outside is taken off', '/public/x?a=1&{badsig}', outside, '/public/x?a=1'],
    [
      'a bad signature on the white list is taken off',
      '/crossdomain.xml?{badsig}',
      listed,
      '/crossdomain.xml',
    ],
    ['a malformed one outside is left', '/public/x?auth_key=junk', outside, '/public/x?auth_key=junk'],
    [
      'a malformed one on the white list is left',
      '/crossdomain.xml?{sig}&{sig}',
      listed,
      '/crossdomain.xml?{sig}&{sig}',
    ],
    ['a bad signature inside', '/private/x?{badsig}', bad],
    ['another method outside', 'DELETE /public/x', outside, '/public/x'],
    ['another method on the white list', 'PUT /crossdomain.xml', listed, '/crossdomain.xml'],
    ['another method inside with a signature', 'DELETE /private/x?{sig}', closed],
    ['another method inside without one', 'DELETE /private/x', closed],
    ['an excluded method inside', 'OPTIONS /private/x', outside, '/private/x'],
  ] as Row[]
).map(caseOf);

/** The same policy, type B. */
export const inPath: ScopeCase[] = (
  [
    ['the path form inside', '{pre}/private/x', signed, '/private/x'],
    ['the path form with a bad signature inside', '{badpre}/private/x', bad],
    ['the path form with a signature of another path', '{pre}/private/y', bad],
    [
      'the path form outside with a good signature is taken off',
      '{pubpre}/public/x?a=1',
      signed,
      '/public/x?a=1',
    ],
    ['the path form outside with a bad signature', '{badpre}/public/x', bad],
    ['the path form on the white list with a bad signature', '{badpre}/crossdomain.xml', bad],
    ['the path form in capitals is left', '{BADPRE}/crossdomain.xml', outside, '{BADPRE}/crossdomain.xml'],
    ['the path form from outside to inside', '{badpre}/public/../private/x', mismatch],
    ['the path form from inside to outside', '{badpre}/private/../public/x', mismatch],
    ['out of the path form to inside', '{pre}/../../private/x', mismatch],
    ['out of the path form to outside', '{pre}/../../public/x', mismatch],
    ['into the path form', '/private/..{badpre}/private/x', unsigned],
    ['two path forms, the outer one bad', '{badpre}{pre}/private/x', bad],
  ] as Row[]
).map(caseOf);
