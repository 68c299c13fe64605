/** How render writes text into conf, and names what it declares there. */

import { createHash } from 'node:crypto';
import { deniedText, isOfNginx } from '../core/denial';

/** Names nginx variables: short, because they share one hash table with all others; long enough that no two texts share one. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** A double-quoted nginx string that nginx reads back as `text`; its variables are expanded. */
export function quoted(text: string): string {
  if (/[\r\n\0]/.test(text))
    throw new Error(`expected no line break in a conf value, received ${JSON.stringify(text)}`);
  const escaped = text.replace(/[\\"]/g, '\\$&');
  const bytes = Buffer.byteLength(escaped) + 1;
  if (bytes > 4095)
    throw new Error(
      `expected a conf value of at most 4095 bytes, which is all that nginx reads, received ${bytes}: ${text.slice(0, 60)}…`,
    );
  return `"${escaped}"`;
}

/** What `return` takes for the status of a denial. */
export function denial(status: number): string {
  return isOfNginx(status) ? `${status} ${quoted(deniedText)}` : String(status);
}

/** Lines that set a variable to a text of any length without `$`, piece by piece. */
export function setLines(variable: string, text: string): string[] {
  const pieces = text.match(/[^]{1,2000}/g) ?? [''];
  return pieces.map((piece, i) => `set $${variable} ${quoted((i === 0 ? '' : `\${${variable}}`) + piece)};`);
}

/** Every file that a render writes begins so; only such files are ever removed. */
export const generatedMark = '# Made by edge-auth render';
