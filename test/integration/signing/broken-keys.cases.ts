interface BrokenKeys {
  name: string;
  /** For sed, on keys/<domain>.conf of type A: two `set` lines. */
  expression: string;
  reason: string;
}

const first = 's|^\\(set \\$edge_auth_signed *"\\)';

export const brokenKeys: BrokenKeys[] = [
  { name: 'no line', expression: '/^set/d', reason: 'policy_invalid' },
  { name: 'an empty value', expression: `${first}.*"|\\1"|`, reason: 'policy_invalid' },
  {
    name: 'an empty value behind a good one',
    expression: `s|^\\(set \\$edge_auth_signed_again *"\\).*"|\\1"|`,
    reason: 'signed',
  },
  { name: 'half a value', expression: `${first}\\(.\\{20\\}\\).*"|\\1\\2"|`, reason: 'policy_invalid' },
  {
    name: 'the rules of the signature alone',
    expression: `${first}\\(.\\{25\\}\\).*"|\\1\\2"|`,
    reason: 'policy_invalid',
  },
  { name: 'a word', expression: `${first}.*"|\\1signed"|`, reason: 'policy_invalid' },
  {
    name: 'other letters for the rules',
    expression: `${first}.\\{25\\}|\\1${'z'.repeat(25)}|`,
    reason: 'policy_invalid',
  },
  {
    name: 'zeros for the rules',
    expression: `${first}.\\{25\\}|\\1${'0'.repeat(25)}|`,
    reason: 'policy_invalid',
  },
  { name: 'a character missing in front', expression: `${first}.|\\1|`, reason: 'policy_invalid' },
  { name: 'a character too many in front', expression: `${first}|\\10|`, reason: 'policy_invalid' },
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
