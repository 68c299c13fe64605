/**
 * A pattern of an argument's name (letters, digits and `_`), each character plain or percent-encoded: whoever decodes a query reads
 * `%73ign` as `sign`. Means the same to PCRE and to JavaScript.
 */
export function anySpelling(name: string): string {
  return name.replace(/./g, function (char) {
    const code = char.charCodeAt(0).toString(16);
    const last = code.charAt(1);
    const digits = code.charAt(0) + (/[a-f]/.test(last) ? '[' + last + last.toUpperCase() + ']' : last);
    return '(?:' + char + '|%' + digits + ')';
  });
}
