/** The statuses by which an auth server blames the request rather than the user. */

/**
 * Is `status` one that a client can provoke at will: with an oversized header, an odd method, conditions and ranges (304, 412, 416), early
 * data (425), or too many requests (429)? RFC 9110 section 15, RFC 8470 section 5.2, RFC 6585 section 4; 494 is nginx's own. It says nothing
 * about the next client, so `other_status: allow` does not cover it and no cache stores it.
 */
export function isClientFault(status: number): boolean {
  const faults = ' 304 400 405 406 408 411 412 413 414 415 416 417 421 422 425 426 428 429 431 494 501 505 ';
  return faults.indexOf(' ' + status + ' ') >= 0;
}
