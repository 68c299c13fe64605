import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillTemplate, openTemplates } from '../../../src/conf/template';

const fill = (template: string, values: Record<string, string>) => fillTemplate(template, values, 'x.conf');

describe('fillTemplate', () => {
  test.each([
    ['fills a word in', 'a ${EDGE_AUTH_A};', { EDGE_AUTH_A: 'b' }, 'a b;'],
    [
      'fills several words of a line in',
      '${EDGE_AUTH_A} ${EDGE_AUTH_B}\n',
      { EDGE_AUTH_A: '1', EDGE_AUTH_B: '2' },
      '1 2\n',
    ],
    ['fills every copy in', '${EDGE_AUTH_A}-${EDGE_AUTH_A}', { EDGE_AUTH_A: 'x' }, 'x-x'],
    [
      'leaves nginx variables alone',
      'set $a ${b}; ${edge_auth_c} $EDGE_AUTH_D',
      {},
      'set $a ${b}; ${edge_auth_c} $EDGE_AUTH_D',
    ],
    [
      'removes a line that held only an empty value',
      'a;\n    ${EDGE_AUTH_A}\nb;\n',
      { EDGE_AUTH_A: '' },
      'a;\nb;\n',
    ],
    ['removes such a line at the very start', '${EDGE_AUTH_A}\nb;\n', { EDGE_AUTH_A: '' }, 'b;\n'],
    [
      'keeps a line that holds more than an empty value',
      'a "${EDGE_AUTH_A}";\n',
      { EDGE_AUTH_A: '' },
      'a "";\n',
    ],
    [
      'indents every line of a value',
      '{\n    ${EDGE_AUTH_A}\n}\n',
      { EDGE_AUTH_A: 'a;\nb {\n    c;\n}' },
      '{\n    a;\n    b {\n        c;\n    }\n}\n',
    ],
    ['indents no empty line of a value', '  ${EDGE_AUTH_A}\n', { EDGE_AUTH_A: 'a;\n\nb;' }, '  a;\n\n  b;\n'],
    [
      'drops a final line break of a value that stands alone',
      '${EDGE_AUTH_A}\nb;\n',
      { EDGE_AUTH_A: 'a;\n' },
      'a;\nb;\n',
    ],
    ['leaves at most one empty line', 'a;\n\n${EDGE_AUTH_A}\n\nb;\n', { EDGE_AUTH_A: '' }, 'a;\n\nb;\n'],
    ['expands no $& of a value', 'a "${EDGE_AUTH_A}";', { EDGE_AUTH_A: "$&$1$$$`$'" }, 'a "$&$1$$$`$\'";'],
    [
      'expands no $& of a value that stands alone',
      '    ${EDGE_AUTH_A}\n',
      { EDGE_AUTH_A: "$&$1$$$`$'" },
      "    $&$1$$$`$'\n",
    ],
    [
      'expands no placeholder of a value',
      '${EDGE_AUTH_A} ${EDGE_AUTH_B}',
      { EDGE_AUTH_A: '${EDGE_AUTH_B}', EDGE_AUTH_B: 'b' },
      '${EDGE_AUTH_B} b',
    ],
    [
      'expands no placeholder of a value that stands alone',
      '${EDGE_AUTH_A}\n',
      { EDGE_AUTH_A: '${EDGE_AUTH_A}' },
      '${EDGE_AUTH_A}\n',
    ],
    ['takes a line without its line break', 'a;\n${EDGE_AUTH_A}', { EDGE_AUTH_A: 'b;' }, 'a;\nb;'],
    ['needs no value that the template does not name', 'a;', { EDGE_AUTH_A: 'b' }, 'a;'],
  ])('%s', (_name, template, values, filled) => {
    expect(fill(template, values as Record<string, string>)).toBe(filled);
  });

  test.each(['a ${EDGE_AUTH_MISSING};', '${EDGE_AUTH_MISSING}\n', '${EDGE_AUTH_MISSING}'])(
    'throws for %j, which has no value, naming the template and the key',
    (template) => {
      expect(() => fill(template, { EDGE_AUTH_OTHER: '' })).toThrow(
        'template x.conf: expected a value for EDGE_AUTH_MISSING, received none',
      );
    },
  );
});

describe('openTemplates', () => {
  const folder = mkdtempSync(join(tmpdir(), 'edge-auth-templates-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('fills a file of the folder, names it in errors, and reads it once', () => {
    writeFileSync(join(folder, 'a.conf'), 'a ${EDGE_AUTH_A};');
    const fillFile = openTemplates(folder);
    expect(fillFile('a.conf', { EDGE_AUTH_A: '1' })).toBe('a 1;');
    writeFileSync(join(folder, 'a.conf'), 'b;');
    expect(fillFile('a.conf', { EDGE_AUTH_A: '2' })).toBe('a 2;');
    expect(() => fillFile('a.conf', {})).toThrow('template a.conf: expected a value for EDGE_AUTH_A');
    expect(() => fillFile('none.conf', {})).toThrow(/ENOENT.*none\.conf/);
  });
});
