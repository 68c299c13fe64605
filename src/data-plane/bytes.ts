/**
 * Bytes of a request. A string of an engine is not one to one with them: the njs engine reads U+FFFD for what is no UTF-8, QuickJS reads
 * surrogates that were encoded one by one, and so two paths become one.
 */

/** One character a byte. `text`: the variable as a string, which most of the time is ASCII and then says it all. */
export function bytesOf(r: NginxHTTPRequest, name: string, text: string): string {
  if (isPlain(text)) return text;
  return (r.rawVariables[name] as Buffer).toString('hex').replace(/../g, function (hex) {
    return String.fromCharCode(parseInt(hex, 16));
  });
}

/** Is it printable ASCII, each character of which is a byte? */
function isPlain(text: string): boolean {
  return !/[^ -~]/.test(text);
}

/** What a variable is set to so that it holds these bytes: it takes a buffer, although its type says string. `bytes`: one character each. */
export function variableOf(bytes: string): string {
  if (isPlain(bytes)) return bytes;
  let hex = '';
  for (let i = 0; i < bytes.length; i++) hex += (bytes.charCodeAt(i) + 256).toString(16).slice(1);
  // eslint-disable-next-line no-restricted-globals -- every njs has it
  return Buffer.from(hex, 'hex') as unknown as string;
}

/** The text that the bytes are in UTF-8; U+FFFD takes the place of characters in a row that are not ASCII and not all UTF-8. */
export function textOf(bytes: string): string {
  return bytes.replace(/[^ -~]+/g, function (part) {
    try {
      return decodeURIComponent(
        part.replace(/[\s\S]/g, function (byte) {
          return '%' + (byte.charCodeAt(0) + 256).toString(16).slice(1);
        }),
      );
    } catch {
      return '\ufffd';
    }
  });
}
