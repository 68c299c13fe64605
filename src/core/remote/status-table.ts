/** The status table of a policy: which of the auth server's statuses mean what, as rows of an nginx map. */

import { clientFaults } from './verdict';

/** The policy's status fields. Codes and classes, such as `200` and `2xx`. */
export interface StatusLists {
  success: string[];
  failure: string[];
  other: 'allow' | 'deny';
  failureAction: 'deny' | 'throttle';
}

export interface StatusRow {
  /** Three digits, or a pattern of nginx that begins with `~`. */
  status: string;
  /** Decision and reason with one space between. */
  verdict: string;
}

export interface StatusTable {
  /** In the order in which nginx tries them: codes first, then classes. The first that fits decides. */
  rows: StatusRow[];
  /** What no row fits: always a denial. */
  fallback: string;
}

const isClass = (entry: string): boolean => entry.slice(1) === 'xx';

function pattern(entry: string): string {
  return isClass(entry) ? '~^' + entry.charAt(0) + '\\d\\d$' : entry;
}

/** Says the same as `judge` for each status from 100 to 599. A status that nobody could send is denied. */
export function statusTable(lists: StatusLists): StatusTable {
  const onFailure = lists.failureAction === 'throttle' ? 'throttle failure_status' : 'deny failure_status';
  const listed = lists.failure
    .map((entry) => ({ entry, verdict: onFailure }))
    .concat(lists.success.map((entry) => ({ entry, verdict: 'allow success_status' })));
  const names = listed.map(({ entry }) => entry);
  const isListed = (code: string): boolean => names.includes(code) || names.includes(code.charAt(0) + 'xx');
  const rows = listed.filter(({ entry }) => !isClass(entry));
  if (names.includes('2xx') && lists.success.includes('2xx'))
    // The two most usual, found without a pattern.
    ['200', '204']
      .filter((entry) => !names.includes(entry))
      .forEach((entry) => rows.push({ entry, verdict: 'allow success_status' }));
  if (lists.other === 'allow')
    clientFaults
      .trim()
      .split(' ')
      .filter((entry) => !isListed(entry))
      .forEach((entry) => rows.push({ entry, verdict: 'deny request_refused' }));
  const all = rows
    .concat(listed.filter(({ entry }) => isClass(entry)))
    .map(({ entry, verdict }) => ({ status: pattern(entry), verdict }));
  if (lists.other === 'allow') all.push({ status: '~^[2-5]\\d\\d$', verdict: 'allow other_status' });
  return { rows: all, fallback: 'deny other_status' };
}

/** What the table says of a status, as nginx reads it. */
export function lookUp(table: StatusTable, status: string): string {
  const exact = table.rows.find((row) => row.status === status);
  const hit =
    exact ?? table.rows.find((row) => row.status[0] === '~' && new RegExp(row.status.slice(1)).test(status));
  return hit ? hit.verdict : table.fallback;
}
