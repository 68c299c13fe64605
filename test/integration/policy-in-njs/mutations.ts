import fc from 'fast-check';
import { goldenPolicies } from '../../unit/cli/golden-policies';
import { FILE, KEY } from '../../unit/policy/reading';
import type { PolicyText } from './recorded-texts';

const signed = {
  url_signing: {
    preset: 'tencent',
    type: 'D',
    key1: KEY,
    timeout: 600,
    white_list: '/a|/b/*',
    scope: { exclude_file_types: ['.css', 'js'], paths: ['/é/*', '/视频/*'] },
  },
};

/** JSON's own characters, what engines count or match differently, and what a conf would read. */
const pieces = fc.constantFrom(
  ...'{}[]:,"\\\'-.0159eEtfnua/ \n\r\t|=$;*%äß😀\u00a0\u0130\u017f\u2028\u202e\u212a\ufeff\ufffd\u0000\u0001\u007f\u0085',
  ...['\u0378', '\u{1e4d0}', '\u{105c0}', '\u{10d40}', '\u{323b0}', '\\ud800', '\\udc00', '\\ud83d\\ude00'],
  ...[
    '\\u0000',
    '\\u2028',
    '\\n',
    '\\x',
    '__proto__',
    'constructor',
    '1e3',
    '-0',
    '0.1',
    '1.0',
    '4.35',
    '8.41e21',
  ],
  ...[
    '123456789012345',
    '9007199254740993',
    '//',
    '..',
    '%41',
    'null',
    'true',
    '{}',
    '[]',
    '"":',
    ',"a":1',
    '"a"',
  ],
);

const change = fc.tuple(fc.nat(), fc.nat(4), fc.option(pieces, { nil: '', freq: 4 }));
const text = fc
  .tuple(
    fc.constantFrom(...[...Object.values(goldenPolicies), signed].map((policy) => JSON.stringify(policy))),
    fc.array(change, { minLength: 1, maxLength: 3 }),
  )
  .map(([good, changes]) =>
    changes.reduce((whole, [place, removed, put]) => {
      const characters = [...whole];
      characters.splice(place % (characters.length + 1), removed, put);
      return characters.join('');
    }, good),
  );

/** 1,500 texts, always the same ones: most are refused, some still policies. */
export function mutations(): PolicyText[] {
  return fc
    .sample(text, { numRuns: 1500, seed: 20_240_501 })
    .map((changed) => ({ test: 'a changed policy', file: FILE, text: changed }));
}
