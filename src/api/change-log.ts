/** One line of JSON a change: who, what, before and after, without secrets. */

import { changesBetween } from './changes';
import type { Edge } from './edge';
import type { StoredPolicy } from './stored-policy';

const maxChanges = 100;
const maxValue = 200;

/** `before`, `after`: undefined for no policy. `now`: milliseconds. */
export function changeLine(
  edge: Edge,
  domain: string,
  before: StoredPolicy | undefined,
  after: StoredPolicy | undefined,
  now: number,
): string {
  const changes = changesBetween(before && before.value, after && after.value);
  const line = JSON.stringify({
    time: new Date(now).toISOString(),
    request_id: edge.requestId,
    who: edge.caller.role + ' ' + edge.caller.id + ' ' + edge.clientAddress,
    method: edge.method,
    path: edge.path,
    domain: domain,
    before: tagOf(before),
    after: tagOf(after),
    changes: changes.slice(0, maxChanges).map(function (change) {
      return Object.assign({}, change, cut('before', change.before), cut('after', change.after));
    }),
    changes_left_out: Math.max(0, changes.length - maxChanges),
  });
  return line.replace(/[^ -~…]/g, escaped);
}

function tagOf(stored: StoredPolicy | undefined): string | null {
  return stored === undefined ? null : stored.etag.slice(1, -1);
}

function cut(name: string, value: unknown): object {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined || text.length <= maxValue) return {};
  const entry: Record<string, unknown> = {};
  entry[name] = text.slice(0, maxValue) + '…';
  return entry;
}

/** What a terminal would obey, such as a control character of C1, is none in the log. One UTF-16 unit, or in njs one character. */
function escaped(char: string): string {
  let units = '';
  const point = char.codePointAt(0) as number;
  const codes =
    point < 0x10000 ? [point] : [0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff)];
  codes.forEach(function (code) {
    units += '\\u' + ('000' + code.toString(16)).slice(-4);
  });
  return units;
}
