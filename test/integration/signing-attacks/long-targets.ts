// Targets of 32 KB that a backtracking pattern may choke on. No one of them is signed.

const SIZE = 32_000;
const HASH = '0123456789abcdef'.repeat(2);
const fill = (piece: string, more = '') =>
  piece.repeat(Math.floor((SIZE - more.length) / piece.length)) + more;

export const plain = fill('a');

export const longTargets: [name: string, target: string][] = [
  ['a long path', `/v/${plain}`],
  ['a long query', `/v/x?${plain}`],
  ['ampersands', `/v/x?${fill('&')}`],
  ['names of the argument', `/v/x?${fill('&auth_key')}`],
  ['names that begin as the argument', `/v/x?${fill('auth_keys=1&')}`],
  ['encoded names of the argument', `/v/x?${fill('%61uth_key=1&')}`],
  ['many arguments', `/v/x?${fill('x&')}`],
  ['percent signs in the query', `/v/x?${fill('%61')}`],
  ['percent signs in the path', `/v/${fill('%61')}`],
  ['segments', `/v${fill('/b')}`],
  ['slashes', `/v${fill('/')}`],
  ['hidden files', `/v${fill('/.a')}`],
  ['dot segments', `/v${fill('/x/..')}`],
  ['dots and spaces', `/v/${fill('.%20')}`],
  ['semicolons', `/v/${fill(';')}`],
  ['UTF-8', `/v/${fill('\xc3\xa9')}`],
  ['bytes that are no UTF-8', `/v/${fill('\x80')}`],
  ['signatures', `/v/x?${fill(`sign=${HASH}&t=1721029907&`)}`],
  ['a signature that does not end', `/v/x?auth_key=1721029907-${fill('0')}`],
  ['a signature with hyphens', `/v/x?auth_key=1721029907${fill('-0')}`],
  [
    'a signature and arguments',
    `/v/x?auth_key=1721029907-0-0-${HASH}&sign=${HASH}&t=1721029907&${fill('x&')}`,
  ],
  [
    'arguments and a signature',
    `/v/x?${fill('x&')}auth_key=1721029907-0-0-${HASH}&sign=${HASH}&t=1721029907`,
  ],
  ['arguments, a signature and a fragment', `/v/x?${fill('x&')}auth_key=1721029907-0-0-${HASH}#`],
  ['a prefix and segments', `/${HASH}/5e577978/v${fill('/b')}`],
  ['a prefix and arguments', `/${HASH}/5e577978/v/x?${fill('x&')}`],
  ['a prefix of type B and segments', `/202001010000/${HASH}/v${fill('/b')}`],
];
