import { slow, startAuthServer, type Answer } from '../harness/auth-server';
import { refusingPort } from '../harness/listening';
import * as broken from '../harness/misbehaviour';
import { TEST_HOST } from '../harness/test-host';
import { startStoppedListener } from './stopped-listener';

/** Every policy of the table waits this long. */
export const TIMEOUT_MS = 400;

/** How long before the deadline an answer comes that must count: a busy machine may delay it. */
export const EARLY_MS = 150;

/** An address that behaves in one way until it is stopped. */
export interface Behaving {
  url: string;
  stop(): unknown;
}

export interface Behaviour extends Outcome {
  /** Completes: an auth server that … */
  name: string;
  start: () => Promise<Behaving>;
  /** Default: TIMEOUT_MS. */
  timeoutMs?: number;
  /** Moves so many bytes that it would disturb the timing of the others: measured after them. */
  isHeavy?: boolean;
  /** Where the wirings differ: the decider reads the answer to its end, the edge itself only its header. */
  hop?: Partial<Outcome>;
  inline?: Partial<Outcome>;
}

export interface Outcome {
  /** The reason in the access log. */
  reason: string;
  /** When the client has its answer. `at once` is soon enough for any deadline. */
  answered: 'at the deadline' | 'at once' | 'with the answer';
  /** What decides. Default: timeout_action. */
  decision?: 'allow' | 'deny';
  /** What a denied client gets. Default: the policy's status. */
  status?: number;
  /** Names every error-log line that the case may leave. None: it must leave no line. */
  logged?: RegExp;
}

const deadline = /upstream timed out \(110: Connection timed out\)/;
const cut = /upstream prematurely closed connection while reading response header/;

function answering(answer: Answer): () => Promise<Behaving> {
  return async () => {
    const server = await startAuthServer();
    server.answer(() => answer);
    return server;
  };
}

async function refusing(): Promise<Behaving> {
  return { url: `http://${TEST_HOST}:${await refusingPort()}`, stop: () => {} };
}

function stopped(isFull: boolean): () => Promise<Behaving> {
  return async () => {
    const listener = await startStoppedListener({ isFull });
    return { url: `http://${TEST_HOST}:${listener.port}`, stop: () => listener.stop() };
  };
}

const late = { reason: 'timeout', answered: 'at the deadline', logged: deadline } as const;
/** The verdict stands with the header, whatever becomes of the body. */
const headerOnly = {
  reason: 'success_status',
  answered: 'at once',
  decision: 'allow',
  logged: /^$/,
} as const;
const invalid = { reason: 'invalid_answer', answered: 'at once' } as const;
/** nginx takes what is no HTTP for an answer without a status, and its auth_request answers that with 500. */
const garbage = {
  ...invalid,
  decision: 'deny',
  status: 500,
  logged: /upstream sent (?:no valid|invalid) |auth request unexpected status: [09] /,
} as const;

// prettier-ignore
export const behaviours: Behaviour[] = [
  { name: 'is silent', start: answering(broken.silent()), ...late },
  { name: 'is stopped, so that the kernel accepts and nobody answers', start: stopped(false), ...late },
  { name: 'has a full backlog, so that connecting hangs', start: stopped(true), ...late },
  { name: 'drips the header, one byte a second', start: answering(broken.drip('header', 1000)), ...late },
  { name: 'drips the header, one byte every 50 ms', start: answering(broken.drip('header', 50)), ...late },
  { name: 'answers 60 ms too late', start: answering(slow(TIMEOUT_MS + 60)), ...late },
  { name: 'denies 60 ms too late', start: answering(slow(TIMEOUT_MS + 60, { status: 403 })), ...late },
  { name: 'answers 150 ms before the deadline', start: answering(slow(TIMEOUT_MS - EARLY_MS)), reason: 'success_status', answered: 'with the answer', decision: 'allow' },
  { name: 'denies 150 ms before the deadline', start: answering(slow(TIMEOUT_MS - EARLY_MS, { status: 403 })), reason: 'failure_status', answered: 'with the answer', decision: 'deny' },
  { name: 'drips the body, one byte a second', start: answering(broken.drip('body', 1000)), ...headerOnly },
  { name: 'drips the body, one byte every 50 ms', start: answering(broken.drip('body', 50)), ...headerOnly },
  { name: 'closes in the middle of the body', start: answering(broken.closeMidBody()), ...headerOnly, logged: /upstream prematurely closed connection/ },
  { name: 'refuses connections', start: refusing, reason: 'unreachable', answered: 'at once', logged: /connect\(\) failed \(111: Connection refused\)/ },
  { name: 'closes without a byte', start: answering(broken.closeEarly()), reason: 'closed', answered: 'at once', logged: cut },
  { name: 'resets the connection', start: answering(broken.reset()), reason: 'closed', answered: 'at once', logged: /recv\(\) failed \(104: Connection reset by peer\)/ },
  { name: 'closes in the middle of a header', start: answering(broken.closeMidHeader()), ...invalid, logged: cut },
  { name: 'sends bytes that are not HTTP', start: answering(broken.garbage()), ...garbage },
  { name: 'sends text that is not HTTP', start: answering(broken.rawBytes('SSH-2.0-OpenSSH_9.2\r\n')), ...garbage },
  { name: 'sends a status that is no number', start: answering(broken.rawBytes('HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n')), ...garbage },
  { name: 'sends a header line that is none', start: answering(broken.rawBytes('HTTP/1.1 200 OK\r\n\0\0: \0\r\n\r\n')), ...invalid, logged: /upstream sent (?:no valid|invalid) / },
  { name: 'sends a header without end', start: answering(broken.endlessHeader()), reason: 'answer_too_large', answered: 'at once', decision: 'deny', logged: /upstream sent too big header/, isHeavy: true },
  { name: 'allows with a body of 100 MB', start: answering(broken.bigBody(100_000_000)), timeoutMs: 20_000, reason: 'success_status', answered: 'at once', decision: 'allow', isHeavy: true },
  { name: 'sends a body of 100 MB that no deadline waits for', start: answering(broken.bigBody(100_000_000)), ...headerOnly, isHeavy: true },
  { name: 'allows with a body without end', start: answering(broken.bigBody(1e15)), ...headerOnly, isHeavy: true },
];
