/** What a policy may say in a file that the operator writes, and not in a request: it would lead the edge to places of the requester's choice. */

import type { Policy, RemoteAuth } from '../policy/policy';
import { addressKind, type AddressKind, type AuthServer } from '../policy/auth-server';
import { pointerTo } from '../policy/issue';
import type { Problem } from './answer';

/**
 * `before`: the policy that stands there; what it already says may be said again. `allowed`: hosts, or hosts with a port, spaces
 * between, that the operator lets requests name. `isProtected`: does this edge protect the domain?
 */
export function findForbidden(
  policy: Policy,
  before: Policy | undefined,
  allowed: string,
  isProtected: (host: string) => boolean,
): Problem[] {
  const problems = forbiddenFiles(policy, before);
  const servers = policy.remoteAuth === undefined ? [] : policy.remoteAuth.authServers;
  const known = before === undefined || before.remoteAuth === undefined ? [] : before.remoteAuth.authServers;
  servers.forEach(function (server, index) {
    const fault = faultOf(server, isProtected);
    if (fault === undefined || isAllowed(server, allowed) || isAmong(server, known)) return;
    problems.push({
      pointer: '/remote_auth/auth_server' + (servers.length > 1 ? pointerTo(index) : ''),
      expected: 'an auth server elsewhere, or one that the operator allows to be set here',
      received: fault,
    });
  });
  return problems;
}

/** Paths by which nginx, or this API, would read a file of the edge. */
function forbiddenFiles(policy: Policy, before: Policy | undefined): Problem[] {
  const problems: Problem[] = [];
  const refuse = function (pointer: string, now: string | undefined, then: string | undefined): void {
    if (now === undefined || now === then) return;
    problems.push({
      pointer: pointer,
      expected: 'no file, or the one that the policy already names: the operator names files',
      received: 'another one',
    });
  };
  const keyFileOf = function (of: Policy | undefined): string | undefined {
    return of && of.urlSigning && of.urlSigning.keyFile;
  };
  refuse('/url_signing/key_file', keyFileOf(policy), keyFileOf(before));
  const tls = tlsOf(policy);
  const tlsBefore = tlsOf(before);
  refuse('/remote_auth/tls/ca_file', tls.caFile, tlsBefore.caFile);
  refuse('/remote_auth/tls/client_certificate', tls.clientCertificate, tlsBefore.clientCertificate);
  refuse('/remote_auth/tls/client_key', tls.clientKey, tlsBefore.clientKey);
  return problems;
}

function tlsOf(policy: Policy | undefined): Partial<RemoteAuth['tls']> {
  return policy === undefined || policy.remoteAuth === undefined ? {} : policy.remoteAuth.tls;
}

const kindNames: Record<Exclude<AddressKind, 'other'>, string> = {
  loopback: 'an address of the edge itself',
  unspecified: 'an address of the edge itself',
  link_local: 'a link-local address',
  metadata: 'the address of a metadata service',
};

function faultOf(server: AuthServer, isProtected: (host: string) => boolean): string | undefined {
  const kind = addressKind(server.host);
  if (kind !== 'other') return kindNames[kind];
  return isProtected(server.host.replace(/\.$/, '')) ? 'a domain that this edge protects' : undefined;
}

function isAllowed(server: AuthServer, allowed: string): boolean {
  const list = allowed.toLowerCase().split(' ');
  return list.indexOf(server.host) >= 0 || list.indexOf(server.host + ':' + server.port) >= 0;
}

function isAmong(server: AuthServer, known: AuthServer[]): boolean {
  return known.some(function (one) {
    return one.host === server.host && one.port === server.port;
  });
}
