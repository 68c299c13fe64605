import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPolicies } from '../../../src/files/read-policies';

const good = JSON.stringify({ remote_auth: { auth_server: 'http://auth.example.com' } });
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'edge-auth-policies-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const put = (name: string, text = good) => writeFileSync(join(folder, name), text);
const domains = () => readPolicies(folder).policies.map(({ domain }) => domain);

test('reads every policy of a folder in the order of names', () => {
  put('b.example.com.json');
  put('a.example.com.json');
  expect(readPolicies(folder)).toMatchObject({
    policies: [{ domain: 'a.example.com' }, { domain: 'b.example.com' }],
    issues: [],
  });
});

test.each([
  'README.md',
  'a.example.com.json.bak',
  'a.example.com.json~',
  '.hidden.json',
  '.a.example.com.json.swp',
  'b.JSON',
])('passes over %s', (name) => {
  put('a.example.com.json');
  put(name, 'not JSON');
  expect(readPolicies(folder).issues).toEqual([]);
  expect(domains()).toEqual(['a.example.com']);
});

test('reads no policy of a folder below', () => {
  put('a.example.com.json');
  mkdirSync(join(folder, 'old'));
  put('old/b.example.com.json', 'not JSON');
  expect(readPolicies(folder).issues).toEqual([]);
  expect(domains()).toEqual(['a.example.com']);
});

test.each([
  ['a folder that is missing', () => rmSync(folder, { recursive: true }), /ENOENT/],
  [
    'a file in the place of the folder',
    () => (rmSync(folder, { recursive: true }), writeFileSync(folder, '')),
    /ENOTDIR/,
  ],
])('reports %s', (_name, spoil, received) => {
  spoil();
  expect(readPolicies(folder)).toEqual({
    policies: [],
    texts: new Map(),
    issues: [
      {
        file: folder,
        pointer: '',
        expected: 'a readable folder of policies',
        received: expect.stringMatching(received) as string,
      },
    ],
  });
});

test.each([
  ['an empty folder', () => undefined],
  ['a folder of other files', () => put('README.md')],
])('reports %s', (_name, fill) => {
  fill();
  expect(readPolicies(folder)).toEqual({
    policies: [],
    texts: new Map(),
    issues: [{ file: folder, pointer: '', expected: 'at least one <domain>.json', received: 'none' }],
  });
});

test.each([
  ['a folder with the name of a policy', (file: string) => mkdirSync(file), /EISDIR/],
  ['a link that leads nowhere', (file: string) => symlinkSync('nowhere', file), /ENOENT/],
  ['a link to itself', (file: string) => symlinkSync(file, file), /ELOOP/],
])('reports %s as unreadable, and the problems of the others with it', (_name, make, received) => {
  make(join(folder, 'a.example.com.json'));
  put('b.example.com.json', '{}');
  put('c.example.com.json');
  const { policies, issues } = readPolicies(folder);
  expect(policies.map(({ domain }) => domain)).toEqual(['c.example.com']);
  expect(issues).toMatchObject([
    {
      file: join(folder, 'a.example.com.json'),
      expected: 'a readable file',
      received: expect.stringMatching(received) as string,
    },
    { file: join(folder, 'b.example.com.json') },
  ]);
});

test('follows a link to a policy, under the name of the link', () => {
  mkdirSync(join(folder, 'shared'));
  put('shared/any.json');
  symlinkSync('shared/any.json', join(folder, 'a.example.com.json'));
  expect(domains()).toEqual(['a.example.com']);
});

test('reports two files for one domain that differ in case', () => {
  put('WWW.Example.com.json');
  put('www.example.com.json');
  expect(readPolicies(folder).issues).toEqual([
    {
      file: join(folder, 'www.example.com.json'),
      pointer: '',
      expected: 'one policy a domain',
      received: 'several for www.example.com',
    },
  ]);
});
