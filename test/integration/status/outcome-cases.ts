// What a decision does to the client, and what the access log says about it.
import { silent } from '../harness/misbehaviour';
import type { Answer } from '../harness/auth-server';

/** `{auth}` is the address of the auth server, `{refused}` one that refuses connections. */
export interface Outcome {
  name: string;
  policy: Record<string, unknown>;
  answer?: Answer;
  path?: string;
  status: number;
  log: { decision: string; reason: string; answer: string; time: RegExp };
  /** How often the auth server is asked. Default: once. */
  questions?: number;
  /** Matches the one line that the error log may have. Default: none. */
  error?: RegExp;
}

const measured = /^0\.\d{3}$/;
const denyStatuses = [400, 403, 404, 429, 451, 503, 599];

/** Lines of 100 bytes each. */
function headersOf(bytes: number): Record<string, string> {
  const names = Array.from({ length: bytes / 100 }, (_, i) => `x-header-${100 + i}`);
  return Object.fromEntries(names.map((name) => [name, 'v'.repeat(84)]));
}

export const outcomes: Outcome[] = [
  {
    name: 'allowed',
    policy: {},
    status: 200,
    log: { decision: 'allow', reason: 'success_status', answer: '200', time: measured },
  },
  // The decider passes on what is less than 1000 bytes with the status line; the edge has room for little more.
  ...[700, 1_000, 4_000, 15_000].flatMap((bytes): Outcome[] => [
    {
      name: `allowed in an answer with ${bytes} bytes of headers`,
      policy: {},
      answer: { status: 200, headers: headersOf(bytes) },
      status: 200,
      log: { decision: 'allow', reason: 'success_status', answer: '200', time: measured },
    },
    {
      name: `denied in an answer with ${bytes} bytes of headers`,
      policy: { failure_action: { deny: 451 } },
      answer: { status: 401, headers: headersOf(bytes) },
      status: 451,
      log: { decision: 'deny', reason: 'failure_status', answer: '401', time: measured },
    },
  ]),
  ...denyStatuses.map((deny): Outcome => ({
    name: `denied with ${deny}`,
    policy: { failure_action: { deny } },
    answer: { status: 403 },
    status: deny,
    log: { decision: 'deny', reason: 'failure_status', answer: '403', time: measured },
  })),
  {
    name: 'denied by a 503 of the auth server',
    policy: { failure_action: { deny: 429 } },
    answer: { status: 503 },
    status: 429,
    log: { decision: 'deny', reason: 'other_status', answer: '503', time: measured },
  },
  {
    name: 'allowed by a 503 of the auth server',
    policy: { other_status: 'allow' },
    answer: { status: 503 },
    status: 200,
    log: { decision: 'allow', reason: 'other_status', answer: '503', time: measured },
  },
  {
    name: 'denied by a 414 of the auth server, which is about the request',
    policy: { other_status: 'allow' },
    answer: { status: 414 },
    status: 403,
    log: { decision: 'deny', reason: 'request_refused', answer: '414', time: measured },
  },
  {
    name: 'throttled',
    policy: { failure_action: { throttle: '1m' } },
    answer: { status: 403 },
    status: 200,
    log: { decision: 'throttle', reason: 'failure_status', answer: '403', time: measured },
  },
  {
    name: 'denied all the same where throttling is for failures, by another status',
    policy: { failure_action: { throttle: '1m' } },
    answer: { status: 500 },
    status: 403,
    log: { decision: 'deny', reason: 'other_status', answer: '500', time: measured },
  },
  {
    name: 'out of scope',
    policy: { scope: { file_types: ['mp4'] } },
    answer: { status: 403 },
    path: '/a.png',
    status: 200,
    questions: 0,
    log: { decision: 'allow', reason: 'out_of_scope', answer: '', time: /^$/ },
  },
  {
    name: 'timed out and denied',
    policy: { timeout_ms: 300, failure_action: { deny: 451 } },
    answer: silent(),
    status: 451,
    error: /upstream timed out/,
    log: { decision: 'deny', reason: 'timeout', answer: '', time: /^0\.3\d\d$/ },
  },
  {
    name: 'timed out and allowed',
    policy: { timeout_ms: 300, timeout_action: 'allow' },
    answer: silent(),
    status: 200,
    error: /upstream timed out/,
    log: { decision: 'allow', reason: 'timeout', answer: '', time: /^0\.3\d\d$/ },
  },
  {
    name: 'unreachable and denied',
    policy: { auth_server: '{refused}' },
    status: 403,
    questions: 0,
    error: /Connection refused/,
    log: { decision: 'deny', reason: 'unreachable', answer: '', time: measured },
  },
  {
    name: 'unreachable and allowed',
    policy: { auth_server: '{refused}', timeout_action: 'allow' },
    status: 200,
    questions: 0,
    error: /Connection refused/,
    log: { decision: 'allow', reason: 'unreachable', answer: '', time: measured },
  },
  {
    name: 'in a location that opts out',
    policy: {},
    answer: { status: 403 },
    path: '/free/a',
    status: 200,
    questions: 0,
    log: { decision: '', reason: '', answer: '', time: /^$/ },
  },
];
