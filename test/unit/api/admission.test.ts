import { createHash } from 'node:crypto';
import { admit } from '../../../src/api/admission';

const digest = (token: string): string => createHash('sha256').update(token).digest('hex');
const READ = 'read-token-000001';
const WRITE = 'write-token-00001';
const DOOR = {
  askedHost: '127.0.0.1',
  hosts: '127.0.0.1:9181 localhost:9181',
  tokens: `read:${digest(READ)} write:${digest(WRITE)}`,
};
const GOOD: Record<string, string | string[] | undefined> = {
  Host: '127.0.0.1:9181',
  Authorization: `Bearer ${WRITE}`,
  'Content-Type': 'application/json',
};

/** `headers` over the good ones; undefined takes one away. */
function outcome(
  method: string,
  target: string,
  headers: typeof GOOD = {},
  askedHost = DOOR.askedHost,
): string {
  const all = Object.entries({ ...GOOD, ...headers }).flatMap(([name, value]) =>
    (value === undefined ? [] : [value].flat()).map((one): [string, string] => [name, one]),
  );
  const result = admit({ method, target, headers: all }, { ...DOOR, askedHost });
  if ('refused' in result) return `${result.refused.status} ${result.refused.error?.code}`;
  return `${result.caller.role} ${result.route.name}`;
}

const BAD = { Host: 'evil.test', Authorization: 'Bearer x', 'Content-Type': 'text/plain' };
const { Host, Authorization } = GOOD;
const PUT = 'PUT';
const POLICY = '/v1/policies/a.test';

describe('of several faults the first in this order counts:', () => {
  test.each<[string, string, string, typeof GOOD]>([
    ['403 AccessDenied', 'PATCH', '/x', BAD],
    ['401 InvalidHTTPAuthHeader', 'PATCH', '/x', { ...BAD, Host }],
    ['404 NotFound', 'PATCH', '/x', { ...BAD, Host, Authorization: `Bearer ${READ}` }],
    ['405 MethodNotAllowed', 'PATCH', POLICY, { ...BAD, Host, Authorization: `Bearer ${READ}` }],
    ['400 InvalidURI', PUT, POLICY + '?x', { ...BAD, Host, Authorization: `Bearer ${READ}` }],
    ['403 AccessDenied', PUT, POLICY, { ...BAD, Host, Authorization: `Bearer ${READ}` }],
    ['415 UnsupportedMediaType', PUT, POLICY, { ...BAD, Host, Authorization }],
    ['write policy', PUT, POLICY, {}],
  ])('%s: %s %s', (expected, method, target, headers) => {
    expect(outcome(method, target, headers)).toBe(expected);
  });
});

describe('a token that may only read', () => {
  test.each([
    ['GET', '/v1/policies', 'read list'],
    ['GET', POLICY, 'read policy'],
    ['HEAD', POLICY, 'read policy'],
    ['POST', POLICY + '/verify', 'read verify'],
    ['GET', '/v2/domain/a.test/config?requestAuth', 'read request_auth'],
    ['PUT', POLICY, '403 AccessDenied'],
    ['DELETE', POLICY, '403 AccessDenied'],
    ['PUT', '/v2/domain/a.test/config?requestAuth', '403 AccessDenied'],
  ])('%s %s: %s', (method, target, expected) => {
    expect(outcome(method, target, { Authorization: `Bearer ${READ}` })).toBe(expected);
  });
});

describe('Host', () => {
  test.each<[string, string | string[] | undefined, string, boolean]>([
    ['as it is listed', '127.0.0.1:9181', '127.0.0.1', true],
    ['another listed one', 'localhost:9181', 'localhost', true],
    ['in capitals', 'LOCALHOST:9181', 'localhost', true],
    ['missing', undefined, '127.0.0.1', false],
    ['empty', '', '', false],
    ['without the port', '127.0.0.1', '127.0.0.1', false],
    ['with another port', '127.0.0.1:80', '127.0.0.1', false],
    ['of somebody who points a name here', 'rebind.test:9181', 'rebind.test', false],
    ['with a final dot', 'localhost.:9181', 'localhost', false],
    ['two listed ones in one', '127.0.0.1:9181 localhost:9181', '127.0.0.1', false],
    ['twice', ['127.0.0.1:9181', '127.0.0.1:9181'], '127.0.0.1', false],
    ['another one in the request line', '127.0.0.1:9181', 'rebind.test', false],
  ])('%s', (_, host, asked, isAccepted) => {
    expect(outcome('GET', '/v1/policies', { Host: host }, asked)).toBe(
      isAccepted ? 'write list' : '403 AccessDenied',
    );
  });
});

describe('Content-Type', () => {
  test.each<[string | string[] | undefined, boolean]>([
    ['application/json', true],
    ['text/json', true],
    ['text/json;utf-8', true],
    ['Application/JSON; charset=UTF-8', true],
    ['application/json;charset', true],
    ['application/json ; x', true],
    [undefined, false],
    ['', false],
    ['application/jsonx', false],
    ['application/json, text/plain', false],
    ['application/json text/plain', false],
    ['text/plain; application/json', false],
    ['application/x-www-form-urlencoded', false],
    [['application/json', 'application/json'], false],
  ])('%j', (type, isAccepted) => {
    const expected = isAccepted ? 'write policy' : '415 UnsupportedMediaType';
    expect(outcome(PUT, POLICY, { 'Content-Type': type })).toBe(expected);
    expect(outcome('POST', POLICY + '/verify', { 'Content-Type': type })).toBe(
      isAccepted ? 'write verify' : '415 UnsupportedMediaType',
    );
    expect(outcome('GET', POLICY, { 'Content-Type': type })).toBe('write policy');
  });

  test.each([
    ['gzip', false],
    ['GZIP', false],
    ['identity, gzip', false],
    ['br', false],
    ['identity', true],
    ['', true],
  ])('beside Content-Encoding %j', (encoding, isAccepted) => {
    const expected = isAccepted ? 'write policy' : '415 UnsupportedMediaType';
    expect(outcome(PUT, POLICY, { 'Content-Encoding': encoding })).toBe(expected);
  });
});
