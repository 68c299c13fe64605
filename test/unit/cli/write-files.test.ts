import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generatedMark } from '../../../src/conf/text';
import { writeFiles } from '../../../src/files/write-files';

jest.mock('node:fs', () => {
  const actual = jest.requireActual<typeof fs>('node:fs');
  return { ...actual, renameSync: jest.fn(actual.renameSync), writeFileSync: jest.fn(actual.writeFileSync) };
});

const own = (text: string) => `${generatedMark}: changes are lost.\n${text}`;
const rendered = (text: string, domain = 'a.example.com') =>
  new Map([
    ['edge_auth.js', `// ${text}`],
    [`ask/${domain}.conf`, own(`ask ${text}`)],
    [`domains/${domain}.conf`, own(`domain ${text}`)],
    [`servers/${domain}.conf`, own(`server ${text}`)],
    ['http.conf', own(`http ${text}`)],
  ]);

let root: string;
let out: string;
beforeEach(() => {
  root = fs.mkdtempSync(join(tmpdir(), 'edge-auth-write-'));
  out = join(root, 'out');
});
afterEach(() => {
  jest
    .mocked(fs.renameSync)
    .mockReset()
    .mockImplementation(jest.requireActual<typeof fs>('node:fs').renameSync);
  jest
    .mocked(fs.writeFileSync)
    .mockReset()
    .mockImplementation(jest.requireActual<typeof fs>('node:fs').writeFileSync);
  fs.rmSync(root, { recursive: true });
});

/** Every file below a folder with its content, so that nothing left over goes unseen. */
function treeOf(folder: string): Record<string, string> {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [file.slice(folder.length + 1), fs.readFileSync(file, 'utf8')]),
  );
}

const asTree = (files: Map<string, string>) =>
  Object.fromEntries([...files].sort(([a], [b]) => (a < b ? -1 : 1)));

describe('writeFiles', () => {
  test('writes into a folder that was not there, and leaves nothing else', () => {
    writeFiles(out, rendered('1'));
    expect(treeOf(out)).toEqual(asTree(rendered('1')));
  });

  test('replaces what is there', () => {
    writeFiles(out, rendered('1'));
    writeFiles(out, rendered('2'));
    expect(treeOf(out)).toEqual(asTree(rendered('2')));
  });

  test('writes the file that includes the others last', () => {
    writeFiles(out, rendered('1'));
    const targets = jest.mocked(fs.renameSync).mock.calls.map(([, target]) => target);
    expect(targets.at(-1)).toBe(join(out, 'http.conf'));
    expect(targets).toHaveLength(5);
  });

  test('has written every file before it renames the first', () => {
    const order: string[] = [];
    const { writeFileSync, renameSync } = jest.requireActual<typeof fs>('node:fs');
    jest
      .mocked(fs.writeFileSync)
      .mockImplementation((...args) => (order.push('write'), writeFileSync(...args)));
    jest.mocked(fs.renameSync).mockImplementation((...args) => (order.push('rename'), renameSync(...args)));
    writeFiles(out, rendered('1'));
    expect(order.join(' ')).toMatch(/^(?:write ?){5}(?:rename ?){5}$/);
  });

  test('gives temporary files names that no include of *.conf or *.js takes', () => {
    writeFiles(out, rendered('1'));
    for (const [temporary] of jest.mocked(fs.renameSync).mock.calls) {
      expect(String(temporary)).toMatch(/\/\.[^/]*\.tmp$/);
    }
  });

  test('follows a link to the folder', () => {
    const real = join(root, 'real');
    fs.mkdirSync(real);
    fs.symlinkSync(real, out);
    writeFiles(out, rendered('1'));
    writeFiles(out, rendered('2', 'b.example.com'));
    expect(fs.lstatSync(out).isSymbolicLink()).toBe(true);
    expect(treeOf(real)).toEqual(asTree(rendered('2', 'b.example.com')));
  });
});

describe('where something fails, every file is as it was and no temporary file is left', () => {
  const broken = (name: string) => {
    throw new Error(`no space left for ${name}`);
  };
  const failures: [string, () => void][] = [
    [
      'a file stands where a folder belongs',
      () => {
        fs.rmSync(join(out, 'domains'), { recursive: true });
        fs.writeFileSync(join(out, 'domains'), 'foreign');
      },
    ],
    [
      'a folder stands where a file belongs',
      () => {
        fs.rmSync(join(out, 'servers/a.example.com.conf'));
        fs.mkdirSync(join(out, 'servers/a.example.com.conf'));
      },
    ],
    [
      'a folder stands where the last file belongs',
      () => {
        fs.rmSync(join(out, 'http.conf'));
        fs.mkdirSync(join(out, 'http.conf'));
      },
    ],
    [
      'the third write fails',
      () => {
        const { writeFileSync } = jest.requireActual<typeof fs>('node:fs');
        let count = 0;
        jest
          .mocked(fs.writeFileSync)
          .mockImplementation((file, ...rest) =>
            ++count === 3 ? broken(String(file)) : writeFileSync(file, ...rest),
          );
      },
    ],
    [
      'the fourth rename fails',
      () => {
        const { renameSync } = jest.requireActual<typeof fs>('node:fs');
        let count = 0;
        jest
          .mocked(fs.renameSync)
          .mockImplementation((from, to) => (++count === 4 ? broken(String(to)) : renameSync(from, to)));
      },
    ],
  ];

  test.each(failures)('%s', (_name, spoil) => {
    writeFiles(out, rendered('old'));
    jest.mocked(fs.writeFileSync).mockClear();
    spoil();
    const before = treeOf(out);
    expect(() => writeFiles(out, rendered('new'))).toThrow();
    expect(treeOf(out)).toEqual(before);
  });

  test('the fourth rename of a first render fails', () => {
    failures[4]![1]();
    expect(() => writeFiles(out, rendered('new'))).toThrow('no space left');
    expect(treeOf(out)).toEqual({});
  });

  test('the folder itself is a file', () => {
    fs.writeFileSync(out, 'foreign');
    expect(() => writeFiles(out, rendered('new'))).toThrow(/EEXIST|ENOTDIR/);
    expect(treeOf(root)).toEqual({ out: 'foreign' });
  });
});

describe('files of an earlier render', () => {
  test('that are no longer rendered are removed', () => {
    writeFiles(out, new Map([...rendered('1', 'gone.example.com'), ...rendered('1')]));
    writeFiles(out, rendered('2'));
    expect(treeOf(out)).toEqual(asTree(rendered('2')));
  });

  test('are removed where their folder gets no file any more', () => {
    writeFiles(out, rendered('1'));
    const off = new Map([
      ['edge_auth.js', ''],
      ['servers/a.example.com.conf', own('off')],
      ['http.conf', own('http')],
    ]);
    writeFiles(out, off);
    expect(treeOf(out)).toEqual(asTree(off));
  });

  test.each([
    ['a conf of the operator', 'servers/mine.conf', 'server {}'],
    ['a conf that only mentions the mark', 'servers/mine.conf', `# about ${generatedMark}\n`],
    ['an empty conf', 'ask/empty.conf', ''],
    ['a file of another kind with the mark', 'servers/mine.txt', own('x')],
    ['a conf in a folder that render does not use', 'more/mine.conf', own('x')],
    ['a conf deeper down', 'servers/more/mine.conf', own('x')],
  ])('%s is foreign and kept', (_name, path, content) => {
    fs.mkdirSync(join(out, path, '..'), { recursive: true });
    fs.writeFileSync(join(out, path), content);
    writeFiles(out, rendered('1'));
    expect(treeOf(out)).toEqual({ ...asTree(rendered('1')), [path]: content });
  });

  test('a link with the name of a conf is foreign and kept, and so is what it leads to', () => {
    fs.mkdirSync(join(out, 'servers'), { recursive: true });
    fs.writeFileSync(join(root, 'elsewhere.conf'), own('x'));
    fs.symlinkSync(join(root, 'elsewhere.conf'), join(out, 'servers/link.conf'));
    writeFiles(out, rendered('1'));
    expect(fs.readFileSync(join(out, 'servers/link.conf'), 'utf8')).toBe(own('x'));
  });
});
