import { createHash } from 'node:crypto';
import { findCaller } from '../../../src/api/token';

const digest = (token: string): string => createHash('sha256').update(token).digest('hex');
const READ = 'read-token-000001';
const WRITE = 'write-token-00001';
const BOTH = 'token-in-both-roles';
const KNOWN = [
  `read:${digest(READ)}`,
  `write:${digest(WRITE)}`,
  `write:${digest(BOTH)}`,
  `read:${digest(BOTH)}`,
].join(' ');

describe('a bearer token is taken:', () => {
  test.each([
    ['a reading one', `Bearer ${READ}`, 'read', READ],
    ['a writing one', `Bearer ${WRITE}`, 'write', WRITE],
    ['one in both roles writes', `Bearer ${BOTH}`, 'write', BOTH],
    ["the scheme's case does not matter", `bEARER ${READ}`, 'read', READ],
    ['two spaces', `Bearer  ${READ}`, 'read', READ],
  ])('%s', (_, header, role, token) => {
    expect(findCaller([header], KNOWN)).toEqual({ role, id: digest(token).slice(0, 8) });
  });
});

describe('no token:', () => {
  test.each<[string, string[]]>([
    ['no header', []],
    ['two headers, even equal ones', [`Bearer ${READ}`, `Bearer ${READ}`]],
    ['an empty one', ['']],
    ['the scheme alone', ['Bearer']],
    ['the scheme and a space', ['Bearer ']],
    ['another scheme', [`Basic ${READ}`]],
    ['no scheme', [READ]],
    ['a tab', [`Bearer\t${READ}`]],
    ['something behind it', [`Bearer ${READ} x`]],
    ['a list', [`Bearer ${READ}, Bearer ${READ}`]],
    ['one character less', [`Bearer ${READ.slice(0, -1)}`]],
    ['one character more', [`Bearer ${READ}x`]],
    ['another case', [`Bearer ${READ.toUpperCase()}`]],
    ['its digest', [`Bearer ${digest(READ)}`]],
    ['its digest with the role', [`Bearer read:${digest(READ)}`]],
    ['257 characters', [`Bearer ${'x'.repeat(257)}`]],
    ['a character beyond ASCII', [`Bearer ${READ}é`]],
  ])('%s', (_, headers) => {
    expect(findCaller(headers, KNOWN)).toBeUndefined();
  });

  test.each([
    '',
    ' ',
    'read:',
    'read: write:',
    `admin:${digest(READ)}`,
    digest(READ),
    `read:${digest(READ)}0`,
  ])('where %j is what the conf knows', (known) => {
    expect(findCaller([`Bearer ${READ}`], known)).toBeUndefined();
  });

  test('the empty text, whose digest somebody put into the conf', () => {
    expect(findCaller(['Bearer '], `write:${digest('')}`)).toBeUndefined();
  });
});

test('every pair is read to its end, whichever fits', () => {
  const reads = (token: string): number => {
    let count = 0;
    const original = Object.getOwnPropertyDescriptor(String.prototype, 'charCodeAt')?.value as (
      at: number,
    ) => number;
    const spy = jest.spyOn(String.prototype, 'charCodeAt').mockImplementation(function (this: string, at) {
      count++;
      return original.call(this, at);
    });
    findCaller([`Bearer ${token}`], KNOWN);
    spy.mockRestore();
    return count;
  };
  expect(reads(READ)).toBeGreaterThanOrEqual(4 * 2 * 64);
  expect(new Set([READ, WRITE, BOTH, 'no-token-of-any-kind'].map(reads)).size).toBe(1);
});
