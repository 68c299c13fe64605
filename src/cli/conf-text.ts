/** A double-quoted nginx string that nginx reads back as `text`; its variables are expanded. */
export function quoted(text: string): string {
  if (/[\r\n\0]/.test(text))
    throw new Error(`expected no line break in a conf value, received ${JSON.stringify(text)}`);
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
