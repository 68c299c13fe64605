import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPolicies, readPolicy } from '../../../src/files/read-policies';
import { formatIssue } from '../../../src/policy/policy';

const KEY = 'aPrimaryKey2024';
let folder: string;
let policy: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'edge-auth-keys-'));
  mkdirSync(join(folder, 'policies'));
  policy = join(folder, 'policies/a.example.com.json');
  use('../a.key');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A policy that names this key file, counted from policies/. */
function use(key_file: string, more: object = {}): void {
  writeFileSync(policy, JSON.stringify({ url_signing: { type: 'A', key_file }, ...more }));
}

function keysOf(text: string | Buffer): string[] | undefined {
  writeFileSync(join(folder, 'a.key'), text);
  return readPolicy(policy).policy?.urlSigning?.keys;
}

function issuesWith(text: string | Buffer): string[] {
  writeFileSync(join(folder, 'a.key'), text);
  return messages();
}

function messages(): string[] {
  return readPolicy(policy).issues.map((issue) => formatIssue(issue).replace(policy + ': ', ''));
}

const long = 'k'.repeat(128);

describe('a key file', () => {
  test.each([
    ['one line', KEY, [KEY]],
    ['one line that ends', KEY + '\n', [KEY]],
    ['two lines', `${KEY}\nanotherKey`, [KEY, 'anotherKey']],
    ['two lines that end', `${KEY}\nanotherKey\n`, [KEY, 'anotherKey']],
    ['two keys of 128 characters', `${long}\n${'l'.repeat(128)}\n`, [long, 'l'.repeat(128)]],
    ['a key of 6 characters', 'abcdef\n', ['abcdef']],
  ])('of %s is read', (_name, text, keys) => {
    expect(keysOf(text)).toEqual(keys);
  });

  const rule = '6-128 visible ASCII characters without quotes, backslash, dollar sign, semicolon or brace';
  const at = '/url_signing/key_file: expected ';
  test.each([
    ['nothing', '', `${rule} in line 1, received a text of 0 characters`],
    ['an empty line', '\n', `${rule} in line 1, received a text of 0 characters`],
    ['a short key', 'abcde\n', `${rule} in line 1, received a text of 5 characters`],
    ['a long key', long + 'k\n', `${rule} in line 1, received a text of 129 characters`],
    ['a second line without a key', `${KEY}\n\n`, `${rule} in line 2, received a text of 0 characters`],
    [
      'lines that end in CR LF',
      `${KEY}\r\n`,
      `${rule} in line 1, received a text of 16 characters, one of them a control character`,
    ],
    [
      'a byte order mark',
      `\uFEFF${KEY}\n`,
      `${rule} in line 1, received a text of 16 characters, one of them a character beyond ASCII`,
    ],
    [
      'a byte that is no UTF-8',
      Buffer.from([0x61, 0x62, 0x63, 0xff, 0x64, 0x65, 0x66]),
      `${rule} in line 1, received a text of 7 characters, one of them a character beyond ASCII`,
    ],
    [
      'a key with a quote',
      `"${KEY}"`,
      `${rule} in line 1, received a text of 17 characters, one of them a quote`,
    ],
    [
      'three lines',
      `${KEY}\nanotherKey\nathirdKey`,
      'a file of one line with key1, or two with key1 and key2, received 3 lines',
    ],
    [
      'the same key twice',
      `${KEY}\n${KEY}\n`,
      'two keys of which neither begins or ends with the other, received the same key twice',
    ],
    [
      'a key that begins with the other',
      `${KEY}\n${KEY}x\n`,
      'two keys of which neither begins or ends with the other, received one that does',
    ],
    [
      '301 bytes',
      'k'.repeat(301),
      "a readable text file (a relative path counts from the policy's folder), received more than 300 bytes",
    ],
  ])('of %s is refused, without printing it', (_name, text, message) => {
    expect(issuesWith(text)).toEqual([at + message]);
  });

  test('of two faulty lines is reported line by line', () => {
    expect(issuesWith('abc\nxyz')).toHaveLength(2);
  });
});

describe('the path of a key file', () => {
  test('counts from the folder of the policy', () => {
    mkdirSync(join(folder, 'policies/keys'));
    writeFileSync(join(folder, 'policies/keys/a.key'), KEY);
    use('keys/a.key');
    expect(readPolicy(policy).policy?.urlSigning).toMatchObject({ keys: [KEY], keyFile: 'keys/a.key' });
  });

  test('may be absolute', () => {
    writeFileSync(join(folder, 'b.key'), KEY);
    use(join(folder, 'b.key'));
    expect(readPolicy(policy).policy?.urlSigning?.keys).toEqual([KEY]);
  });

  test('may lead through a link', () => {
    writeFileSync(join(folder, 'b.key'), KEY);
    symlinkSync('b.key', join(folder, 'a.key'));
    expect(readPolicy(policy).policy?.urlSigning?.keys).toEqual([KEY]);
  });

  const file = () => join(folder, 'a.key');
  test.each([
    ['nowhere', () => undefined, 'ENOENT'],
    ['to a folder', () => mkdirSync(file()), 'no regular file'],
    ['to a link to itself', () => symlinkSync('a.key', file()), 'ELOOP'],
    ['to a device', () => symlinkSync('/dev/zero', file()), 'no regular file'],
    ['to a pipe, without waiting for a writer', () => execFileSync('mkfifo', [file()]), 'no regular file'],
  ])('leads %s', (_name, make, received) => {
    make();
    expect(messages()).toEqual([
      `/url_signing/key_file: expected a readable text file (a relative path counts from the policy's folder), received ${received}`,
    ]);
  });

  test('is not printed where the file is missing: it may be a key', () => {
    use(KEY);
    expect(messages()).toHaveLength(1);
    expect(messages().join()).not.toContain(KEY);
  });
});

describe('the policies around it', () => {
  test('are read with their keys', () => {
    writeFileSync(join(folder, 'a.key'), KEY);
    expect(readPolicies(join(folder, 'policies'))).toMatchObject({
      policies: [{ domain: 'a.example.com', urlSigning: { keys: [KEY] } }],
      issues: [],
    });
  });

  test('a policy without its key file is not among them', () => {
    expect(readPolicies(join(folder, 'policies'))).toMatchObject({
      policies: [],
      issues: [{ file: policy, pointer: '/url_signing/key_file' }],
    });
  });

  test('a policy that is switched off is checked all the same', () => {
    use('../a.key', { enabled: false });
    expect(messages()).toHaveLength(1);
  });

  test('a policy with another problem is not asked for its key file', () => {
    use('../a.key', { enabled: 'no' });
    expect(messages()).toEqual(['/enabled: expected true or false, received "no"']);
  });
});

describe('one policy', () => {
  test('that is missing is reported as unreadable', () => {
    expect(readPolicy(join(folder, 'b.example.com.json')).issues).toMatchObject([
      {
        pointer: '',
        expected: 'a readable file',
        received: expect.stringContaining('ENOENT') as string,
      },
    ]);
  });

  test('with keys of its own needs no file', () => {
    writeFileSync(policy, JSON.stringify({ url_signing: { type: 'A', key1: KEY } }));
    expect(readPolicy(policy).policy?.urlSigning).toMatchObject({ keys: [KEY], keyFile: undefined });
  });
});
