/** What is different between two policies, field by field. */

import { pointerTo } from '../policy/issue';
import { withoutSecrets } from './secrets';

/** `before` and `after` without secrets; left out where the field is not there. */
export interface Change {
  pointer: string;
  before?: unknown;
  after?: unknown;
}

type Fields = Record<string, unknown>;

/** Either may be undefined, for no policy. A list is one value. */
export function changesBetween(before: unknown, after: unknown): Change[] {
  const changes: Change[] = [];
  compare('', [before, after], [withoutSecrets(before, '…'), withoutSecrets(after, '…')], changes);
  return changes;
}

type Pair = [unknown, unknown];

/** `plain` decides, `shown` is told. */
function compare(pointer: string, plain: Pair, shown: Pair, changes: Change[]): void {
  if (JSON.stringify(plain[0]) === JSON.stringify(plain[1])) return;
  if (!isFields(plain[0]) && !isFields(plain[1])) {
    changes.push(changeOf(pointer, shown[0], shown[1]));
    return;
  }
  // A value in the place of an object, or the other way: the value is told, then the object's fields one by one.
  if (isValue(plain[0])) changes.push(changeOf(pointer, shown[0], undefined));
  if (isValue(plain[1])) changes.push(changeOf(pointer, undefined, shown[1]));
  const names = Object.keys(fieldsOf(plain[0]));
  Object.keys(fieldsOf(plain[1])).forEach(function (name) {
    if (names.indexOf(name) < 0) names.push(name);
  });
  names.forEach(function (name) {
    const of = function (pair: Pair): Pair {
      return [fieldOf(pair[0], name), fieldOf(pair[1], name)];
    };
    compare(pointer + pointerTo(name), of(plain), of(shown), changes);
  });
}

function changeOf(pointer: string, before: unknown, after: unknown): Change {
  const change: Change = { pointer: pointer };
  if (before !== undefined) change.before = before;
  if (after !== undefined) change.after = after;
  return change;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isValue(value: unknown): boolean {
  return value !== undefined && !isFields(value);
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** A header may be called like something that every object inherits. */
function fieldOf(value: unknown, name: string): unknown {
  return isFields(value) && Object.prototype.hasOwnProperty.call(value, name) ? value[name] : undefined;
}
