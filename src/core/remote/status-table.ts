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

interface Listed {
  entry: string;
  verdict: string;
}

/** Says the same as `judge` for each status from 100 to 599. A status that nobody could send is denied. */
export function statusTable(lists: StatusLists): StatusTable {
  const onFailure = lists.failureAction === 'throttle' ? 'throttle failure_status' : 'deny failure_status';
  const rowOf = function (verdict: string): (entry: string) => Listed {
    return function (entry) {
      return { entry: entry, verdict: verdict };
    };
  };
  const listed = lists.failure.map(rowOf(onFailure)).concat(lists.success.map(rowOf('allow success_status')));
  const names = lists.failure.concat(lists.success);
  const isNamed = (code: string): boolean => names.includes(code) || names.includes(code.charAt(0) + 'xx');
  // The two most usual, found without a pattern.
  const usual = lists.success.includes('2xx') ? ['200', '204'].filter((code) => !names.includes(code)) : [];
  const faults =
    lists.other === 'allow'
      ? clientFaults
          .trim()
          .split(' ')
          .filter((code) => !isNamed(code))
      : [];
  const rows = listed
    .filter((row) => !isClass(row.entry))
    .concat(usual.map(rowOf('allow success_status')))
    .concat(faults.map(rowOf('deny request_refused')))
    .concat(listed.filter((row) => isClass(row.entry)))
    .map((row): StatusRow => ({ status: pattern(row.entry), verdict: row.verdict }));
  if (lists.other === 'allow') rows.push({ status: '~^[2-5]\\d\\d$', verdict: 'allow other_status' });
  return { rows: rows, fallback: 'deny other_status' };
}

/** What the table says of a status, as nginx reads it. */
export function lookUp(table: StatusTable, status: string): string {
  const exact = table.rows.find((row) => row.status === status);
  const hit =
    exact ||
    table.rows.find((row) => row.status.charAt(0) === '~' && new RegExp(row.status.slice(1)).test(status));
  return hit ? hit.verdict : table.fallback;
}
