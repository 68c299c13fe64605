import * as broken from '../harness/misbehaviour';
import type { AuthServer } from '../harness/auth-server';

export interface Failure {
  /** Completes: an auth server that … */
  name: string;
  /** Makes the server fail so. */
  make: (server: AuthServer) => unknown;
  /** The reason in the access log where every server fails so. */
  reason: string;
  /** Names the error-log lines that it may leave. */
  logged: RegExp;
  /** Does each try take its share of the deadline? */
  isSlow?: boolean;
  /** What decides where every server fails so. Default: timeout_action. */
  decision?: 'deny';
}

const hopCut = 'upstream timed out \\(110: Connection timed out\\) while reading response header';

// prettier-ignore
export const failures: Failure[] = [
  { name: 'refuses connections', make: (server) => server.stop(), reason: 'unreachable', logged: /connect\(\) failed \(111: Connection refused\)/ },
  { name: 'is silent', make: (server) => server.misbehave(broken.silent()), reason: 'timeout', logged: new RegExp(hopCut), isSlow: true },
  { name: 'closes without a byte', make: (server) => server.misbehave(broken.closeEarly()), reason: 'closed', logged: /upstream prematurely closed connection/ },
  { name: 'resets the connection', make: (server) => server.misbehave(broken.reset()), reason: 'closed', logged: /Connection reset by peer/ },
  { name: 'closes in the middle of a header', make: (server) => server.misbehave(broken.closeMidHeader()), reason: 'invalid_answer', logged: /upstream prematurely closed connection/ },
  { name: 'sends 32 KB of header', make: (server) => server.misbehave(broken.rawBytes(`HTTP/1.1 200 OK\r\nX-Big: ${'a'.repeat(32_768)}\r\n\r\n`)), reason: 'answer_too_large', logged: /upstream sent too big header/, decision: 'deny' },
];
