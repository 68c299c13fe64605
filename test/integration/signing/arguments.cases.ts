export interface ArgumentCase {
  name: string;
  /** The target: `{hash}` and `{time}` of the good signature, `{bad}` of another one. */
  target: string;
  /** What is signed. Default: /f. */
  path?: string;
  /** Default: signed. */
  refused?: string;
  rand?: string;
  uid?: string;
}

const pairs = 'sign={hash}&t={time}';

export const twoArguments: ArgumentCase[] = [
  { name: 'the two arguments', target: `/f?${pairs}` },
  { name: 'the two arguments the other way round', target: '/f?t={time}&sign={hash}' },
  { name: 'other arguments around and between', target: '/f?a&sign={hash}&b=&t={time}&=c' },
  { name: 'another name that begins alike', target: `/f?sign2={bad}&${pairs}&time=1&signt=1` },
  { name: 'another name that ends alike', target: `/f?xsign={bad}&${pairs}&xt=1` },
  { name: 'the name in capitals, which is another', target: `/f?SIGN={bad}&${pairs}&T=1` },
  { name: 'the name with brackets, which is another', target: `/f?sign[]={bad}&${pairs}&t%5b%5d=1` },
  { name: 'the name in a value', target: `/f?a=sign={bad}&${pairs}&b=?sign=1` },
  { name: 'a bad signature before the good one', target: `/f?sign={bad}&${pairs}`, refused: 'malformed' },
  { name: 'a bad signature behind the good one', target: `/f?${pairs}&sign={bad}`, refused: 'malformed' },
  { name: 'the good signature twice', target: `/f?sign={hash}&${pairs}`, refused: 'malformed' },
  { name: 'both arguments twice', target: `/f?${pairs}&${pairs}`, refused: 'malformed' },
  {
    name: 'an encoded name with a bad signature before',
    target: `/f?%73ign={bad}&${pairs}`,
    refused: 'malformed',
  },
  {
    name: 'an encoded name with a bad signature behind',
    target: `/f?${pairs}&si%67n={bad}`,
    refused: 'malformed',
  },
  {
    name: 'an encoded name in upper case behind',
    target: `/f?${pairs}&s%69%67%6E={bad}`,
    refused: 'malformed',
  },
  { name: 'an encoded name alone', target: '/f?%73ign={hash}&t={time}', refused: 'malformed' },
  { name: 'the name without a value before', target: `/f?sign&${pairs}`, refused: 'malformed' },
  { name: 'the name with an empty value behind', target: `/f?${pairs}&sign=`, refused: 'malformed' },
  { name: 'another time before', target: `/f?t=1999999999&${pairs}`, refused: 'malformed' },
  { name: 'another time behind', target: `/f?${pairs}&t=1999999999`, refused: 'malformed' },
  { name: 'an encoded name of another time', target: `/f?${pairs}&%74=1999999999`, refused: 'malformed' },
  { name: 'no time', target: '/f?sign={hash}', refused: 'malformed' },
  { name: 'no signature', target: '/f?t={time}', refused: 'no_signature' },
  { name: 'neither', target: '/f?a=1', refused: 'no_signature' },
  { name: 'a signature in capitals', target: '/f?sign={HASH}&t={time}', refused: 'malformed' },
  { name: 'a digit too few', target: '/f?sign={short}&t={time}', refused: 'malformed' },
  { name: 'a digit too many', target: '/f?sign={hash}0&t={time}', refused: 'malformed' },
  { name: '64 digits for md5', target: '/f?sign={hash}{hash}&t={time}', refused: 'malformed' },
  { name: 'an encoded digit', target: '/f?sign={encoded}&t={time}', refused: 'malformed' },
  { name: 'an encoded space behind', target: '/f?sign={hash}%20&t={time}', refused: 'malformed' },
  { name: 'an encoded NUL behind', target: '/f?sign={hash}%00&t={time}', refused: 'malformed' },
  { name: 'a semicolon between', target: '/f?sign={hash};t={time}', refused: 'malformed' },
  { name: 'an ampersand as HTML writes it', target: '/f?sign={hash}&amp;t={time}', refused: 'malformed' },
  { name: 'a second question mark', target: `/f?a?${pairs}`, refused: 'no_signature' },
  { name: 'a fragment behind', target: `/f?${pairs}#`, refused: 'malformed' },
  { name: 'a fragment between', target: '/f?sign={hash}#&t={time}', refused: 'malformed' },
  { name: 'arguments of a fragment', target: `/f#?${pairs}`, refused: 'malformed' },
];

const value = '{time}-{rand}-{uid}-{hash}';

export const oneArgument: ArgumentCase[] = [
  { name: 'the argument', target: `/f?auth_key=${value}` },
  { name: 'letters for rand and uid', target: `/f?auth_key=${value}`, rand: 'im1acp76', uid: 'u_7.~' },
  { name: 'an empty rand and an empty uid', target: `/f?auth_key=${value}`, rand: '', uid: '' },
  {
    name: 'a percent-encoded hyphen, hashed as it is spelled',
    target: `/f?auth_key=${value}`,
    rand: 'a%2Db',
    uid: 'c=d',
  },
  { name: 'raw UTF-8 for uid', target: `/f?auth_key=${value}`, uid: '\xc3\xa9' },
  { name: 'a hyphen in rand', target: `/f?auth_key=${value}`, rand: 'a-b', refused: 'malformed' },
  { name: 'a hyphen in uid', target: `/f?auth_key=${value}`, uid: '-', refused: 'malformed' },
  { name: 'no uid', target: '/f?auth_key={time}-{rand}-{hash}', refused: 'malformed' },
  { name: 'the hash alone', target: '/f?auth_key={hash}', refused: 'malformed' },
  { name: 'nothing', target: '/f?auth_key=', refused: 'malformed' },
  { name: 'the name alone', target: '/f?auth_key', refused: 'malformed' },
  { name: 'the name in capitals', target: `/f?AUTH_KEY=${value}`, refused: 'no_signature' },
  { name: 'an encoded hyphen between', target: '/f?auth_key={time}%2D0-0-{hash}', refused: 'malformed' },
  {
    name: 'a bad one before',
    target: `/f?auth_key={time}-0-0-{bad}&auth_key=${value}`,
    refused: 'malformed',
  },
  {
    name: 'a bad one behind',
    target: `/f?auth_key=${value}&auth_key={time}-0-0-{bad}`,
    refused: 'malformed',
  },
  {
    name: 'an encoded name behind',
    target: `/f?auth_key=${value}&auth%5Fkey={time}-0-0-{bad}`,
    refused: 'malformed',
  },
  {
    name: 'a capital in a digest',
    target: '/f?auth_key={time}-0-0-{HASH}',
    refused: 'malformed',
  },
];
