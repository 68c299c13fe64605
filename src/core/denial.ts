/** The status of a denied request: what nginx makes of it. */

/** Stands where there has to be a text. */
export const deniedText = 'Access denied';

/**
 * Does nginx take the status for one of its own, and answer with another: 400 for 494-497, nothing for 499? With a text it sends the status
 * as it is. 444 closes the connection without an answer, as in nginx's conf.
 */
export function isOfNginx(status: number): boolean {
  return (status >= 494 && status <= 497) || status === 499;
}
