import { findRoute } from '../../../src/api/route';

const LONGEST = `${'a'.repeat(62)}.${'b'.repeat(62)}.${'c'.repeat(62)}.${'d'.repeat(60)}`;

function found(method: string, target: string): unknown {
  const result = findRoute(method, target);
  if ('route' in result) return result.route;
  const { status, error, headers } = result.refused;
  return [status, error?.code, headers['Allow']].filter(Boolean).join(' ');
}

describe('a request is for', () => {
  test.each([
    ['GET', '/v1/policies', { name: 'list', page: { limit: 1000, after: '' } }],
    ['HEAD', '/v1/policies?limit=1&after=a.test', { name: 'list', page: { limit: 1, after: 'a.test' } }],
    ['GET', '/v1/policies?', { name: 'list', page: { limit: 1000, after: '' } }],
    ['PUT', '/v1/policies/a.test', { name: 'policy', domain: 'a.test' }],
    ['PUT', '/v1/policies/A.Test', { name: 'policy', domain: 'a.test' }],
    ['DELETE', '/v1/policies/localhost', { name: 'policy', domain: 'localhost' }],
    ['GET', '/v1/policies/_x.test?', { name: 'policy', domain: '_x.test' }],
    ['GET', `/v1/policies/${LONGEST}`, { name: 'policy', domain: LONGEST }],
    ['POST', '/v1/policies/a.test/verify', { name: 'verify', domain: 'a.test' }],
    ['PUT', '/v2/domain/a.test/config?requestAuth', { name: 'request_auth', domain: 'a.test' }],
    ['GET', '/v2/domain/a.test/config?requestAuth=', { name: 'request_auth', domain: 'a.test' }],
  ])('%s %s', (method, target, route) => {
    expect(found(method, target)).toEqual(route);
  });
});

describe('no path of the API', () => {
  test.each([
    '',
    '/',
    '/v1',
    '/v1/',
    '/v1/policies/',
    '//v1/policies',
    '/v1//policies',
    '/v1/./policies',
    '/v1/x/../policies',
    '/V1/policies',
    '/v1/%70olicies',
    '/v1/policies;x',
    '/v1/policies/a.test/',
    '/v1/policies/a.test/x',
    '/v1/policies/a.test/verify/',
    '/v1/policies//verify',
    '/v1/policies/../a.test',
    '/v1/policies/.live/a.test',
    '/v2/domain/a.test',
    '/v2/domain/a.test/config/',
    '/v1/policies#x',
    '/v1/policies\n',
    'http://127.0.0.1/v1/policies',
  ])('%j', (target) => {
    expect(found('GET', target)).toBe('404 NotFound');
  });
});

describe('no domain, whatever the method:', () => {
  test.each([
    '.',
    '..',
    '.live',
    '.a.test',
    'a.test.',
    'a..test',
    '-a.test',
    '*.test',
    '*',
    'a%2etest',
    '%61.test',
    'a.test%00',
    'a.test%0a',
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e',
    'a.test%2f..',
    'a\\b',
    'a.test:80',
    'a test',
    'ä.test',
    'a.test\u0000',
    'a.test\n',
    'ａ.test',
    '[::1]',
    'a$b.test',
    'a;b',
    "a'b",
    'a.test;x=1',
    '\u212a.test', // the Kelvin sign, whose lower case is k
    '\u017f.test', // the long s, whose upper case is S
    LONGEST + 'd',
    'a'.repeat(64),
  ])('%j', (segment) => {
    for (const method of ['GET', 'PUT', 'DELETE', 'TRACE'])
      expect(found(method, `/v1/policies/${segment}`)).toBe('404 NoSuchDomain');
    expect(found('POST', `/v1/policies/${segment}/verify`)).toBe('404 NoSuchDomain');
    expect(found('PUT', `/v2/domain/${segment}/config?requestAuth`)).toBe('404 NoSuchDomain');
  });
});

describe('a method that the path does not have:', () => {
  test.each([
    ['POST', '/v1/policies', 'GET, HEAD'],
    ['get', '/v1/policies', 'GET, HEAD'],
    ['POST', '/v1/policies/a.test', 'GET, HEAD, PUT, DELETE'],
    ['OPTIONS', '/v1/policies/a.test', 'GET, HEAD, PUT, DELETE'],
    ['PATCH', '/v1/policies/a.test?x', 'GET, HEAD, PUT, DELETE'],
    ['GET', '/v1/policies/a.test/verify', 'POST'],
    ['DELETE', '/v2/domain/a.test/config?requestAuth', 'GET, HEAD, PUT'],
    ['constructor', '/v1/policies', 'GET, HEAD'],
  ])('%s %s', (method, target, allow) => {
    expect(found(method, target)).toBe(`405 MethodNotAllowed ${allow}`);
  });
});

describe('a query that the path does not have:', () => {
  test.each([
    ['GET', '/v1/policies/a.test?x'],
    ['PUT', '/v1/policies/a.test?requestAuth'],
    ['POST', '/v1/policies/a.test/verify??'],
    ['GET', '/v2/domain/a.test/config'],
    ['GET', '/v2/domain/a.test/config?'],
    ['PUT', '/v2/domain/a.test/config?requestauth'],
    ['PUT', '/v2/domain/a.test/config?requestAuth=1'],
    ['PUT', '/v2/domain/a.test/config?requestAuth&x'],
    ['PUT', '/v2/domain/a.test/config?requestAuth&requestAuth'],
    ['PUT', '/v2/domain/a.test/config?%72equestAuth'],
    ['PUT', '/v2/domain/a.test/config?ipACL'],
    ['GET', '/v1/policies?limit=0'],
    ['GET', '/v1/policies?limit=1001'],
    ['GET', '/v1/policies?limit=01'],
    ['GET', '/v1/policies?limit=1e2'],
    ['GET', '/v1/policies?limit='],
    ['GET', '/v1/policies?limit'],
    ['GET', '/v1/policies?limit=1&limit=1'],
    ['GET', '/v1/policies?after='],
    ['GET', '/v1/policies?after=..'],
    ['GET', '/v1/policies?after=a.test&'],
    ['GET', '/v1/policies?__proto__=1'],
  ])('%s %s', (method, target) => {
    expect(found(method, target)).toBe('400 InvalidURI');
  });
});
