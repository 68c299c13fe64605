/**
 * Reads scope rules as nginx's map does, with PCRE on bytes: `i` folds ASCII letters only, and a character outside ASCII is
 * several. Both sides are therefore turned into one character a byte, and into lower case where case does not count.
 */
import { type Scope, scopeRules } from '../../../src/core/scope';

export function isAsked(scope: Scope, method: string, path: string): boolean {
  const { rules, fallback } = scopeRules(scope);
  const subject = bytesOf(`${method} ${path}`);
  const hit = rules.find(({ pattern, caseSensitive }) =>
    caseSensitive
      ? new RegExp(bytesOf(pattern)).test(subject)
      : new RegExp(lowerAscii(bytesOf(pattern))).test(lowerAscii(subject)),
  );
  return hit?.inScope ?? fallback;
}

function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
