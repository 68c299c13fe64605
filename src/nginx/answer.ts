/** Ends a request of `js_content`. A client that has left meanwhile is no fault of anything. */
export function answer(r: NginxHTTPRequest, status: number, text?: string): void {
  try {
    r.return(status, text);
  } catch {
    // There is nobody to tell.
  }
}
