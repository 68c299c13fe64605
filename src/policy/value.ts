import type { Report } from './issue';
import { describe } from './issue';
import { nearest } from './nearest';

/** A piece of an added value: text, or a variable of the client's request by its canonical name, such as `arg_token`. */
export type ValuePart = { literal: string } | { variable: string };

/** Alibaba Cloud CDN, Configure remote authentication, "Variable names". */
const NAMED = [
  'http_host',
  'http_user_agent',
  'http_referer',
  'http_content_type',
  'http_x_forward_for',
  'remote_addr',
  'scheme',
  'server_protocol',
  'uri',
  'args',
  'request_method',
  'request_uri',
];

const CANDIDATES = [...NAMED, 'http_x_forwarded_for', 'arg_NAME', 'http_NAME', 'cookie_NAME'];

/**
 * Splits an added value into parts; as in nginx a variable's name is the longest run of letters, digits and `_`.
 * `report` gets the first `$` that starts no known variable.
 */
export function parseValue(text: string, pointer: string, report: Report): ValuePart[] {
  const parts: ValuePart[] = [];
  for (const [piece] of text.matchAll(/\$[A-Za-z0-9_]*|[^$]+/g)) {
    const variable = piece.startsWith('$') ? canonicalName(piece.slice(1)) : undefined;
    if (variable !== undefined) parts.push({ variable });
    else if (!piece.startsWith('$')) parts.push({ literal: piece });
    else {
      report(pointer, expectedInstead(piece), describe(text));
      return [];
    }
  }
  return parts;
}

/** nginx reads 4,095 bytes of a conf value; the pattern of an argument's name takes up to 14 for each letter. */
const MAX_NAME = 128;

/** Argument and cookie names keep their case, header names have none. */
function canonicalName(name: string): string | undefined {
  if (name.length > MAX_NAME) return undefined;
  if (name === 'http_x_forward_for') return 'http_x_forwarded_for'; // the vendor's own spelling
  if (NAMED.includes(name) || /^(?:arg|cookie)_[A-Za-z0-9_]+$/.test(name)) return name;
  return /^http_[A-Za-z0-9_]+$/.test(name) ? name.toLowerCase() : undefined;
}

function expectedInstead(piece: string): string {
  if (piece.length > MAX_NAME + 1) return `a variable's name of at most ${MAX_NAME} characters`;
  if (piece === '$')
    return 'a variable such as $arg_token after "$" (no ${…} form; "$" itself cannot be written)';
  return `a known variable instead of ${describe(piece)} (did you mean "$${nearest(piece.slice(1), CANDIDATES)}"?)`;
}
