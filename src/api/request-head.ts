/** A request's line and headers, as they came. */
export interface RequestHead {
  method: string;
  /** Path and query, raw. */
  target: string;
  /** In the order received, names in any case, a repeated one as often as it came. */
  headers: [string, string][];
}

/** `name` in lower case. */
export function headersNamed(head: RequestHead, name: string): string[] {
  return head.headers
    .filter(function (header) {
      return header[0].toLowerCase() === name;
    })
    .map(function (header) {
      return header[1];
    });
}

/** A list header, its copies in one; undefined where there is none. */
export function listHeader(head: RequestHead, name: string): string | undefined {
  const copies = headersNamed(head, name);
  return copies.length === 0 ? undefined : copies.join(', ');
}

/** The value of a header that stands once; undefined where it is missing or repeated. */
export function singleHeader(head: RequestHead, name: string): string | undefined {
  const copies = headersNamed(head, name);
  return copies.length === 1 ? copies[0] : undefined;
}
