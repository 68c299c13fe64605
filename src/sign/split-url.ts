/**
 * Takes `https://www.example.com` apart from the request target behind it. Not the WHATWG parser's work: that resolves dot segments
 * and encodes, and what is signed and verified is the raw text.
 */
export function splitUrl(url: string): { origin: string; target: string } {
  if (url.startsWith('/')) return { origin: '', target: url };
  const [, origin, rest = ''] = /^(https?:\/\/[^\s\p{C}/?#\\]+)([/?#][^]*)?$/iu.exec(url) ?? [];
  if (origin === undefined) {
    const start = JSON.stringify(url.slice(0, 12));
    throw new Error(
      `expected an http(s) URL or a path that begins with "/", received a text that begins with ${start}`,
    );
  }
  return { origin, target: rest.startsWith('/') ? rest : '/' + rest };
}
