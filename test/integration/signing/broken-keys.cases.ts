interface BrokenKeys {
  name: string;
  /** For sed, on keys/<domain>.conf of type A: a `set` line for each key, and what secure_link hashes. */
  expression: string;
  reason: string;
}

const slow = '/^secure_link_md5/d';
const key = 's|^\\(set \\$edge_auth_key *"\\)';
const second = 's|^\\(set \\$edge_auth_key2 *"\\)';

export const brokenKeys: BrokenKeys[] = [
  { name: 'no line', expression: '/^s/d', reason: 'policy_invalid' },
  { name: 'an empty value', expression: `${slow}; ${key}.*"|\\1"|`, reason: 'policy_invalid' },
  { name: 'no line for secure_link', expression: slow, reason: 'signed' },
  { name: 'no line but that for secure_link', expression: '/^set/d', reason: 'signed' },
  { name: 'an empty value behind a good one', expression: `${key}.*"|\\1"|`, reason: 'signed' },
  {
    name: 'half a value',
    expression: `${slow}; ${second}\\(.\\{9\\}\\).*"|\\1\\2"|`,
    reason: 'bad_signature',
  },
  { name: 'a word', expression: `${slow}; ${second}.*"|\\1signed"|`, reason: 'bad_signature' },
  { name: 'a character missing in front', expression: `${slow}; ${second}.|\\1|`, reason: 'bad_signature' },
  { name: 'a character too many in front', expression: `${slow}; ${second}|\\10|`, reason: 'bad_signature' },
  {
    name: 'another key',
    expression: 's|primary-key|another-key|; s|secondary-key|another-key|',
    reason: 'bad_signature',
  },
];

/** What stands in for `verify` of edge_auth.js. */
export const brokenModules = [
  { name: 'throws', verify: 'throw new Error("broken");' },
  { name: 'says nothing', verify: 'return;' },
  { name: 'says an empty word', verify: 'return "";' },
  { name: 'says another word', verify: 'return "yes";' },
  { name: 'says true', verify: 'return true;' },
  { name: 'says the word and more', verify: 'return "signed; yes";' },
  { name: 'says a list', verify: 'return "signed,signed";' },
];
