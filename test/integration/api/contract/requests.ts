// For each operation a good request, and what makes it a bad one.
import type { ClientRequest } from '../../harness/client';
import { READ } from './api-edge';

export interface Sent {
  method: string;
  target: string;
  headers?: Record<string, string>;
  body?: string;
}

const json = { 'content-type': 'application/json' };
const requestAuth = JSON.stringify({ requestAuth: { type: 'A', key1: 'JFSDKFJLS' } });
export const signedPolicy = { url_signing: { type: 'A', key1: 'contract-key-one' } };
const policy = JSON.stringify(signedPolicy);
const url = JSON.stringify({ url: '/a' });

const vendor = (domain: string) => `/v2/domain/${domain}/config?requestAuth`;
const own = (domain: string) => `/v1/policies/${domain}`;

/** A request that would do its work, by operationId, at a domain (where it has one). */
export const good: Record<string, (domain: string) => Sent> = {
  listPolicies: () => ({ method: 'GET', target: '/v1/policies' }),
  headPolicies: () => ({ method: 'HEAD', target: '/v1/policies' }),
  getPolicy: (domain) => ({ method: 'GET', target: own(domain) }),
  headPolicy: (domain) => ({ method: 'HEAD', target: own(domain) }),
  putPolicy: (domain) => ({ method: 'PUT', target: own(domain), headers: json, body: policy }),
  deletePolicy: (domain) => ({ method: 'DELETE', target: own(domain) }),
  purgeDecisions: (domain) => ({ method: 'DELETE', target: `${own(domain)}/decisions` }),
  verifyUrl: (domain) => ({ method: 'POST', target: `${own(domain)}/verify`, headers: json, body: url }),
  getRequestAuth: (domain) => ({ method: 'GET', target: vendor(domain) }),
  headRequestAuth: (domain) => ({ method: 'HEAD', target: vendor(domain) }),
  putRequestAuth: (domain) => ({ method: 'PUT', target: vendor(domain), headers: json, body: requestAuth }),
};

export const takesBody = (operation: string): boolean => /^(?:put|verify)/.test(operation);
export const changes = (operation: string): boolean => /^(?:put|delete|purge)/.test(operation);
export const hasDomain = (operation: string): boolean => !/Policies$/.test(operation);

export interface Refusal {
  name: string;
  status: number;
  code: string;
  /** Operations that it can happen to. */
  of: (operation: string) => boolean;
  spoil: (sent: Sent) => Sent;
  /** Default: signed.test. */
  domain?: string;
  /** Header names of the answer beside those that the document tells. */
  around?: 'unreadable' | 'locked';
}

const all = (): boolean => true;
const withHeaders = (more: Record<string, string>) => (sent: Sent) => ({
  ...sent,
  headers: { ...sent.headers, ...more },
});
const withBody = (body: string) => (sent: Sent) => ({ ...sent, body });
const withQuery = (query: string) => (sent: Sent) => ({
  ...sent,
  target: sent.target + (sent.target.includes('?') ? '&' : '?') + query,
});

/** In the order in which they are checked. */
export const refusals: Refusal[] = [
  {
    name: 'a header line of 9 KB',
    ...{ status: 431, code: 'RequestHeaderTooLarge', of: all },
    spoil: withHeaders({ 'x-long': 'a'.repeat(9000) }),
  },
  {
    name: 'a request line of 9 KB',
    ...{ status: 414, code: 'RequestURITooLong', of: all },
    spoil: withQuery('a'.repeat(9000)),
  },
  {
    name: 'another Host',
    ...{ status: 403, code: 'AccessDenied', of: all },
    spoil: withHeaders({ host: 'evil.test', authorization: 'Bearer x' }),
  },
  {
    name: 'a token of nobody',
    ...{ status: 401, code: 'InvalidHTTPAuthHeader', of: all },
    spoil: withHeaders({ authorization: 'Bearer no-token-of-this-api-0123456789' }),
  },
  {
    name: 'another scheme than Bearer',
    ...{ status: 401, code: 'InvalidHTTPAuthHeader', of: all },
    spoil: withHeaders({ authorization: 'Basic dXNlcjpwYXNzd29yZA==' }),
  },
  {
    name: 'a token of nobody, whatever the path is',
    ...{ status: 401, code: 'InvalidHTTPAuthHeader', of: all },
    spoil: (sent) => ({ ...sent, target: '/nowhere', headers: { ...sent.headers, authorization: '' } }),
  },
  {
    name: 'a query of its own',
    ...{ status: 400, code: 'InvalidURI', of: all },
    spoil: withQuery('x=1'),
  },
  {
    name: 'a domain that is none',
    ...{ status: 404, code: 'NoSuchDomain', of: hasDomain },
    spoil: (sent) => ({ ...sent, target: sent.target.replace('signed.test', '..%2fsigned.test') }),
  },
  {
    name: 'a token that may read only',
    ...{ status: 403, code: 'AccessDenied', of: changes },
    spoil: withHeaders({ authorization: `Bearer ${READ}` }),
  },
  {
    name: 'a Content-Type of a form',
    ...{ status: 415, code: 'UnsupportedMediaType', of: takesBody },
    spoil: withHeaders({ 'content-type': 'application/x-www-form-urlencoded' }),
  },
  {
    name: 'an encoded body',
    ...{ status: 415, code: 'UnsupportedMediaType', of: takesBody },
    spoil: withHeaders({ 'content-encoding': 'gzip' }),
  },
  {
    name: 'a body of 64 KiB and a byte',
    ...{ status: 413, code: 'RequestTooLarge', of: takesBody },
    spoil: withBody(' '.repeat(65537)),
  },
  {
    name: 'no JSON',
    ...{ status: 400, code: 'MalformedJSON', of: takesBody },
    spoil: withBody('{"url":'),
  },
  {
    name: 'no body',
    ...{ status: 400, code: 'MalformedJSON', of: takesBody },
    spoil: withBody(''),
  },
  {
    name: 'JSON of another kind',
    ...{ status: 400, code: 'InappropriateJSON', of: takesBody },
    spoil: withBody('[5]'),
  },
  {
    name: 'a key twice',
    ...{ status: 400, code: 'InappropriateJSON', of: takesBody },
    spoil: withBody('{"url":"/a","url":"/b"}'),
  },
  {
    name: 'a domain without a policy',
    ...{
      status: 404,
      code: 'NoSuchDomain',
      of: (operation) => hasDomain(operation) && operation !== 'putPolicy',
    },
    spoil: (sent) => sent,
    domain: 'unknown.test',
  },
  {
    name: 'another If-Match',
    ...{ status: 412, code: 'PreconditionFailed', of: changes },
    spoil: withHeaders({ 'if-match': '"0123456789abcdef0123456789abcdef"' }),
  },
  {
    name: 'If-None-Match: * where there is one',
    ...{ status: 412, code: 'PreconditionFailed', of: changes },
    spoil: withHeaders({ 'if-none-match': '*' }),
  },
  {
    name: 'a lock that another writer holds',
    ...{ status: 409, code: 'Conflict', of: changes, around: 'locked' },
    spoil: (sent) => sent,
  },
  {
    name: 'a policy file with a fault',
    ...{ status: 409, code: 'FaultyPolicyFile' },
    of: (operation) => hasDomain(operation) && !['putPolicy', 'deletePolicy'].includes(operation),
    spoil: (sent) => sent,
    domain: 'faulty.test',
  },
  {
    name: 'a policy without url_signing to verify with',
    ...{ status: 409, code: 'NoSigning', of: (operation) => operation === 'verifyUrl' },
    spoil: (sent) => sent,
    domain: 'open.test',
  },
  {
    name: 'a policy without a cache to purge',
    ...{ status: 409, code: 'NoCache', of: (operation) => operation === 'purgeDecisions' },
    spoil: (sent) => sent,
  },
  {
    name: 'a folder that nginx cannot read',
    ...{ status: 500, code: 'InternalError', of: all, around: 'unreadable' },
    spoil: (sent) => sent,
  },
];

export const asRequest = ({ headers, body }: Sent): Partial<ClientRequest> => ({
  ...(headers && { headers }),
  ...(body !== undefined && { body }),
});
