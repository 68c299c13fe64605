/** A policy's status table as maps of http {}: the lines that decide, and what edge and decider read of them. */

import { lookUp, type StatusTable, statusTable } from '../../core/remote/status-table';
import type { RemoteAuth } from '../../policy/policy';
import { quoted } from '../text';

export function tableOf(auth: RemoteAuth): StatusTable {
  return statusTable({
    success: auth.successStatus,
    failure: auth.failureStatus,
    other: auth.otherStatus,
    failureAction: 'throttle' in auth.failureAction ? 'throttle' : 'deny',
  });
}

/** A word for a table, such as `2xx` or `200_206_304_else_allow`. */
export function tableHint(auth: RemoteAuth): string {
  const success = auth.successStatus.join('_');
  const other = auth.otherStatus === 'allow' ? '_else_allow' : '';
  return `${success}${other}${'throttle' in auth.failureAction ? '_throttle' : ''}`;
}

const plain = 'allow success_status';
const isDenial = (verdict: string): boolean => verdict.startsWith('deny ');

/** Pads keys so that values stand in one column. */
function columns(rows: [key: string, value: string][]): string {
  const width = Math.max(0, ...rows.map(([key]) => key.length));
  return rows.map(([key, value]) => `${key.padEnd(width)} ${value};`).join('\n');
}

const keyOf = (status: string): string => (status.startsWith('~') ? quoted(status) : status);

export function verdictRows(table: StatusTable): string {
  return columns(table.rows.map(({ status, verdict }) => [keyOf(status), quoted(verdict)]));
}

const is2xx = (status: string): boolean => status.startsWith('2') || status.startsWith('~^2');

/** What lets in by itself: a 2xx that is listed. nginx's own default lets every 2xx in, so all others are steered. */
export function steerRows(table: StatusTable): string {
  const steered = table.rows.flatMap(({ status, verdict }): [string, string][] => {
    const key = keyOf(status);
    if (is2xx(status) && verdict === plain) return [[key, '""']];
    return isDenial(verdict) ? [[key, '@edge_auth_deny']] : [[key, '@edge_auth_allow']];
  });
  return columns(steered);
}

/** Does any status let in that is no plain 2xx? */
export function opensBeyond2xx(table: StatusTable): boolean {
  return table.rows.some(
    ({ status, verdict }) => !isDenial(verdict) && !(is2xx(status) && verdict === plain),
  );
}

/** The 2xx that let in, for whatever reason; nginx's auth_request would let in all hundred. */
export function allowed2xx(table: StatusTable): number[] {
  const all = Array.from({ length: 100 }, (_none, i) => 200 + i);
  return all.filter((status) => !isDenial(lookUp(table, String(status))));
}

/** Of the edge that asks itself: what it knows of a status without looking whether somebody sent it. */
export function plainRows(table: StatusTable): string {
  return columns(
    ['200', '204']
      .filter((status) => lookUp(table, status) === plain)
      .map((status): [string, string] => [status, quoted(plain)]),
  );
}

/** Codes that servers send in practice. nginx sets 73 KB of each server aside for all from 300 to 599, and 9 KB for these. */
const usualCodes = [
  ...[300, 301, 302, 303, 304, 305, 306, 307, 308],
  ...[400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418],
  ...[421, 422, 423, 424, 425, 426, 428, 429, 431, 451],
  ...[500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511],
  ...[520, 521, 522, 523, 524, 525, 526, 527, 530, 598, 599],
];

/** Up to so many domains each lists all codes. */
const domainsWithAll = 100;

/** nginx ends the client's connection on 408 and 444, and has no error_page for 499. */
const unlisted = [408, 444, 499];
/** The table of the edge that asks itself: what it cannot let in denies. */
export function inlineTable(table: StatusTable): StatusTable {
  const denied = unlisted.map(String).filter((code) => !isDenial(lookUp(table, code)));
  const others = table.rows.filter(({ status }) => !denied.includes(status));
  return {
    ...table,
    rows: [...denied.map((status) => ({ status, verdict: 'deny other_status' })), ...others],
  };
}

const everyCode = Array.from({ length: 300 }, (_none, i) => 300 + i);

/**
 * The error_page lines of the edge that asks itself: all codes, or on an edge with many domains the usual ones and those that the policy
 * names. nginx's auth_request answers a code that is not listed with 500, which lets nobody in.
 */
export function judgedCodes(auth: RemoteAuth, domains: number): string {
  const named = [...auth.successStatus, ...auth.failureStatus].filter((code) => /^[345]\d\d$/.test(code));
  const some = [...new Set([...usualCodes, ...named.map(Number)])].sort((a, b) => a - b);
  const codes = (domains <= domainsWithAll ? everyCode : some).filter((code) => !unlisted.includes(code));
  const lines: string[] = [];
  for (const hundred of [3, 4, 5]) {
    const some = codes.filter((code) => Math.floor(code / 100) === hundred);
    for (let i = 0; i < some.length; i += 20)
      lines.push(`error_page ${some.slice(i, i + 20).join(' ')} = @edge_auth_judge;`);
  }
  return lines.join('\n');
}
