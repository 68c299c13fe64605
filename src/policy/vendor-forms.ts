import type { Report } from './issue';
import { describe, pointerTo } from './issue';

/**
 * A vendor console writes a list as one string: "mp4|flv", "200,206", "token=$arg_token|vendor=ali_cdn". They are
 * spread into lists and maps before the schema looks at them, so that one rule holds for both forms.
 */
type Form = 'single' | 'bars' | 'commas' | 'bars_or_word' | 'map';

const FORMS: Record<string, Form> = {
  '/remote_auth/auth_server': 'single',
  ...scopeForms('/remote_auth/scope'),
  '/remote_auth/keep_args': 'bars_or_word',
  '/remote_auth/keep_headers': 'bars_or_word',
  '/remote_auth/add_args': 'map',
  '/remote_auth/add_headers': 'map',
  '/remote_auth/success_status': 'commas',
  '/remote_auth/failure_status': 'commas',
  '/remote_auth/cache/key': 'bars',
  '/url_signing/white_list': 'bars',
  '/url_signing/methods': 'bars',
  ...scopeForms('/url_signing/scope'),
};

function scopeForms(at: string): Record<string, Form> {
  const names = ['file_types', 'paths', 'exclude_file_types', 'exclude_paths', 'exclude_methods'];
  return Object.fromEntries(names.map((name) => [`${at}/${name}`, 'bars']));
}

export interface SpreadPolicy {
  value: unknown;
  /** Pointers whose string was spread: what is below them does not exist in the file. */
  spread: Set<string>;
}

export function spreadVendorForms(value: unknown, report: Report): SpreadPolicy {
  const spread = new Set<string>();
  const visit = (node: unknown, pointer: string): unknown => {
    const form = Object.hasOwn(FORMS, pointer) ? FORMS[pointer] : undefined;
    if (form !== undefined && typeof node === 'string') {
      const list = spreadString(node, form, (received) => {
        report(pointer, 'entries of the form name=value, each name once', received);
      });
      if (list !== node) spread.add(pointer);
      return list;
    }
    if (!isObject(node) || pointer.split('/').length > 3) return node;
    return Object.fromEntries(Object.entries(node).map(([k, v]) => [k, visit(v, pointer + pointerTo(k))]));
  };
  return { value: visit(value, ''), spread };
}

function spreadString(text: string, form: Form, refuse: (received: string) => void): unknown {
  if (form === 'single') return [text];
  if (form === 'commas') return split(text, ',');
  if (form === 'bars') return split(text, '|');
  if (form === 'bars_or_word') return text === 'all' || text === 'none' ? text : split(text, '|');
  const entries = new Map<string, string>();
  for (const entry of split(text, '|')) {
    const equals = entry.indexOf('=');
    const name = entry.slice(0, Math.max(equals, 0)).trim();
    if (equals < 1 || entries.has(name)) refuse(describe(entry));
    else entries.set(name, entry.slice(equals + 1));
  }
  return Object.fromEntries(entries);
}

/** One entry more than any list may have: what is too long need not be read to its end. */
const MAX_ENTRIES = 1001;

function split(text: string, separator: string): string[] {
  return text.split(separator, MAX_ENTRIES).map(withoutOuterSpaces);
}

/** By index: a pattern such as / +$/ takes quadratic time where a long run of spaces does not end the text. */
function withoutOuterSpaces(text: string): string {
  let start = 0;
  let end = text.length;
  while (text[start] === ' ') start++;
  while (end > start && text[end - 1] === ' ') end--;
  return text.slice(start, end);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
