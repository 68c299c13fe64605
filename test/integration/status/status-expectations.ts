// For each policy, what each status of the auth server must lead to: written from the fields' meaning, without the product's code.

export type Decision = 'allow' | 'deny' | 'throttle';

/** Statuses `"200-299 304"` that lead to the same outcome, and what `$edge_auth_reason` says. */
export type Row = [statuses: string, decision: Decision, reason: string];

export interface StatusPolicy {
  /** Policy's domain is `<name>.test`. */
  name: string;
  policy: Record<string, unknown>;
  /** What a denied client gets. Default: 403. */
  denied?: number;
  /** The rows together name every status from 200 to 599 once. */
  rows: Row[];
}

/** By these a server says that the request was at fault: a client can provoke them, so other_status: allow leaves them out. */
const faults = '304 400 405-406 408 411-417 421-422 425-426 428-429 431 494 501 505';
const noFault300To399 = '300-303 305-399';
const noFaultAbove400 = '404 407 409-410 418-420 423-424 427 430 432-450 452-493 495-500 502-504 506-599';

export const statusPolicies: StatusPolicy[] = [
  {
    name: 'default',
    policy: {},
    rows: [
      ['200-299', 'allow', 'success_status'],
      ['401 403', 'deny', 'failure_status'],
      ['300-400 402 404-599', 'deny', 'other_status'],
    ],
  },
  {
    name: 'listed',
    policy: { success_status: [200, 206, 304] },
    rows: [
      ['200 206 304', 'allow', 'success_status'],
      ['401 403', 'deny', 'failure_status'],
      ['201-205 207-303 305-400 402 404-599', 'deny', 'other_status'],
    ],
  },
  {
    name: 'other-allow',
    policy: { other_status: 'allow', failure_status: [401, 403, 451] },
    rows: [
      ['200-299', 'allow', 'success_status'],
      ['401 403 451', 'deny', 'failure_status'],
      [faults, 'deny', 'request_refused'],
      [`${noFault300To399} 402 ${noFaultAbove400}`, 'allow', 'other_status'],
    ],
  },
  {
    name: 'classes',
    policy: { success_status: ['2xx', '3xx'], failure_status: ['4xx', '5xx'] },
    rows: [
      ['200-399', 'allow', 'success_status'],
      ['400-599', 'deny', 'failure_status'],
    ],
  },
  {
    name: 'exact-success',
    policy: { success_status: [200, 404], failure_status: ['4xx', 500], other_status: 'deny' },
    rows: [
      ['200 404', 'allow', 'success_status'],
      ['400-403 405-499 500', 'deny', 'failure_status'],
      ['201-399 501-599', 'deny', 'other_status'],
    ],
  },
  {
    name: 'exact-failure',
    policy: { success_status: ['2xx', 400], failure_status: [204, '5xx'], other_status: 'allow' },
    rows: [
      ['200-203 205-299 400', 'allow', 'success_status'],
      ['204 500-599', 'deny', 'failure_status'],
      [faults.replace('400 ', '').replace(' 501 505', ''), 'deny', 'request_refused'],
      [
        `${noFault300To399} 401-404 407 409-410 418-420 423-424 427 430 432-493 495-499`,
        'allow',
        'other_status',
      ],
    ],
  },
  {
    name: 'throttle',
    policy: { failure_action: { throttle: '64k' }, failure_status: ['4xx'] },
    rows: [
      ['200-299', 'allow', 'success_status'],
      ['400-499', 'throttle', 'failure_status'],
      ['300-399 500-599', 'deny', 'other_status'],
    ],
  },
  {
    name: 'tencent',
    policy: { preset: 'tencent' },
    rows: [
      ['200 206 304', 'allow', 'success_status'],
      ['401 403', 'deny', 'failure_status'],
      ['201-205 207-303 305-400 402 404-599', 'deny', 'other_status'],
    ],
  },
  {
    name: 'alibaba',
    policy: { preset: 'alibaba', auth_path: 'append', failure_action: { deny: 451 } },
    denied: 451,
    rows: [
      ['200-299', 'allow', 'success_status'],
      ['401 403', 'deny', 'failure_status'],
      [faults, 'deny', 'request_refused'],
      [`${noFault300To399} 402 451 ${noFaultAbove400}`, 'allow', 'other_status'],
    ],
  },
];

/** `"200-202 206"` as numbers. */
export function statusesOf(text: string): number[] {
  return text.split(' ').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}
