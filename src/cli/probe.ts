/** `edge-auth check --probe`: asks each auth server once, as the edge would. */

import { readFileSync } from 'node:fs';
import type { Agent } from 'undici';
import { verdictForStatus } from '../core/remote/verdict';
import type { AuthServer, Policy, RemoteAuth } from '../policy/policy';

export interface ProbeResult {
  domain: string;
  address: string;
  /** One sentence: what came back, how fast, and what the policy makes of it. */
  text: string;
  /** True if the auth server gave a valid answer within `timeout_ms`. */
  answered: boolean;
}

/** Asks every auth server of every enabled policy once, all at the same time. Sends no client's headers and no arguments. */
export async function probe(policies: Policy[]): Promise<ProbeResult[]> {
  const questions = policies.flatMap(({ domain, enabled, remoteAuth }) =>
    enabled && remoteAuth ? remoteAuth.authServers.map((server) => ask(domain, remoteAuth, server)) : [],
  );
  return Promise.all(questions);
}

async function ask(domain: string, auth: RemoteAuth, server: AuthServer): Promise<ProbeResult> {
  const address = `${server.scheme}://${server.host}:${server.port}${server.path || '/'}`;
  // Loaded here, because it takes longer to load than any other command takes to run.
  const undici = await import('undici');
  const started = performance.now();
  const elapsed = (): string => `${(performance.now() - started).toFixed(0)} ms`;
  let agent: Agent | undefined;
  try {
    agent = new undici.Agent({ connect: connectOptions(auth, server) });
    const { statusCode, body } = await undici.request(address, {
      dispatcher: agent,
      method: auth.requestMethod === 'follow' ? 'GET' : auth.requestMethod,
      headers: { host: auth.authServers[0]?.hostHeader ?? server.hostHeader },
      signal: AbortSignal.timeout(auth.timeoutMs),
    });
    body.on('error', () => undefined).destroy();
    return {
      domain,
      address,
      answered: true,
      text: `answered ${statusCode} in ${elapsed()}: ${meaning(auth, statusCode)}`,
    };
  } catch (error) {
    const action = `timeout_action: ${auth.timeoutAction}`;
    const reason = isTimeout(error)
      ? `no answer within timeout_ms (${auth.timeoutMs} ms)`
      : `no answer: ${describe(error)}`;
    return {
      domain,
      address,
      answered: false,
      text: `${reason} after ${elapsed()}, so ${action} would hold`,
    };
  } finally {
    await agent?.destroy();
  }
}

function connectOptions(auth: RemoteAuth, server: AuthServer): object {
  if (server.scheme !== 'https') return {};
  const { verify, caFile, serverName, clientCertificate, clientKey } = auth.tls;
  const name = serverName ?? (auth.authServers[0] ?? server).host;
  return {
    rejectUnauthorized: verify,
    // An address is no name to ask for (RFC 6066 section 3).
    ...(/^[\d.]+$|^\[/.test(name) ? {} : { servername: name }),
    ...(caFile ? { ca: readFileSync(caFile) } : {}),
    ...(clientCertificate && clientKey
      ? { cert: readFileSync(clientCertificate), key: readFileSync(clientKey) }
      : {}),
  };
}

function meaning(auth: RemoteAuth, status: number): string {
  const { decision, reason } = verdictForStatus(
    {
      success: auth.successStatus.join(' '),
      failure: auth.failureStatus.join(' '),
      other: auth.otherStatus,
      failureAction: 'throttle' in auth.failureAction ? 'throttle' : 'deny',
    },
    status,
  );
  return `the policy reads that as ${reason}, so ${decision}`;
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  // OpenSSL ends its messages in a line break.
  const message = error.message.replace(/\s+/g, ' ').trim();
  return message === '' ? code : `${code} (${message})`;
}
