import type { AuthServer } from './auth-server';
import { checkTogether, isLocal, parseAuthServer } from './auth-server';
import type { AuthRequest } from './auth-request';
import { type DecisionCache, parseCache } from './decision-cache';
import type { Report } from './issue';
import { describe, pointerTo } from './issue';
import { argumentName, asWritten, headerName, parseAdded, parseKept, parseNames } from './lists';
import type { Scope } from '../core/scope';
import { parseScope } from './scope';
import type { Settings } from './settings';
import { withDefaults } from './settings';

export interface RemoteAuth extends AuthRequest {
  authServers: AuthServer[];
  scope: Scope | undefined;
  /** '200' or '2xx'. */
  successStatus: string[];
  failureStatus: string[];
  otherStatus: 'allow' | 'deny';
  /** A status, or an nginx size in bytes a second such as '64k'. */
  failureAction: { deny: number } | { throttle: string };
  timeoutMs: number;
  timeoutAction: 'allow' | 'deny';
  tls: {
    verify: boolean;
    caFile: string | undefined;
    serverName: string | undefined;
    clientCertificate: string | undefined;
    clientKey: string | undefined;
  };
  cache: DecisionCache | undefined;
}

const AT = '/remote_auth';

/** Reads fields that the schema let through (the others are left out of `written`) and reports what it cannot say. */
export function parseRemoteAuth(
  written: Partial<Settings>,
  faulty: ReadonlySet<string>,
  report: Report,
): RemoteAuth {
  const settings = withDefaults(written);
  const successStatus = parseNames(settings.success_status, AT + '/success_status', asWritten, report);
  const failureStatus = parseNames(settings.failure_status, AT + '/failure_status', asWritten, report);
  if (!faulty.has(AT + '/success_status') && !faulty.has(AT + '/failure_status')) {
    checkOverlap(written, successStatus, failureStatus, report);
  }
  const auth = {
    authServers: parseServers(settings, report),
    authPath: settings.auth_path,
    requestMethod: settings.request_method,
    scope: settings.scope && parseScope(settings.scope, AT + '/scope', report),
    keepArgs: parseKept(settings.keep_args, AT + '/keep_args', argumentName, report),
    addArgs: parseAdded(settings.add_args, AT + '/add_args', argumentName, report),
    keepHeaders: parseKept(settings.keep_headers, AT + '/keep_headers', headerName, report),
    addHeaders: parseAdded(settings.add_headers, AT + '/add_headers', headerName, report),
    successStatus,
    failureStatus,
    otherStatus: settings.other_status,
    failureAction: parseFailureAction(settings, report),
    timeoutMs: settings.timeout_ms,
    timeoutAction: settings.timeout_action,
    tls: {
      verify: settings.tls.verify ?? true,
      caFile: settings.tls.ca_file,
      serverName: settings.tls.server_name?.toLowerCase(),
      clientCertificate: settings.tls.client_certificate,
      clientKey: settings.tls.client_key,
    },
  };
  // What a faulty field was to carry nobody knows: its own report is enough.
  const isKnown = !['keep_args', 'add_args', 'keep_headers', 'add_headers'].some((name) =>
    faulty.has(`${AT}/${name}`),
  );
  return { ...auth, cache: settings.cache && parseCache(settings.cache, auth, isKnown, report) };
}

function parseServers(settings: Settings, report: Report): AuthServer[] {
  const pointerOf = (i: number) => AT + '/auth_server' + pointerTo(i);
  const servers: AuthServer[] = [];
  settings.auth_server.forEach((text, i) => {
    const server = parseAuthServer(text, pointerOf(i), report);
    if (server === undefined) return;
    servers[i] = server;
    if (settings.preset === 'alibaba' && isLocal(server)) {
      report(pointerOf(i), 'an address on another host, under preset "alibaba"', describe(text));
    }
  });
  checkTogether(servers, pointerOf, report);
  const isPlain = servers.some((server) => server.scheme === 'http');
  if (isPlain && Object.keys(settings.tls).length > 0) {
    report(AT + '/tls', 'no tls beside an http:// auth_server', describe(settings.tls));
  }
  return servers;
}

/** The same entry on both sides has no meaning; a code on one and its class on the other has: the code wins. */
function checkOverlap(
  written: Partial<Settings>,
  success: string[],
  failure: string[],
  report: Report,
): void {
  const field = written.failure_status === undefined ? 'success_status' : 'failure_status';
  const other = field === 'success_status' ? 'failure_status' : 'success_status';
  const both = success.filter((entry) => failure.includes(entry));
  for (const entry of both) report(`${AT}/${field}`, `no entry that is also in ${other}`, describe(entry));
}

function parseFailureAction(settings: Settings, report: Report): RemoteAuth['failureAction'] {
  const { deny, throttle } = settings.failure_action;
  if (throttle === undefined) return { deny: deny ?? 403 };
  const unit = { k: 1024, m: 1024 * 1024 }[throttle.slice(-1).toLowerCase()] ?? 1;
  if (parseInt(throttle, 10) * unit > 1024 ** 3) {
    report(AT + '/failure_action/throttle', 'a rate of at most "1024m"', describe(throttle));
  }
  return { throttle };
}
