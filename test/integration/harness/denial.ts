/** What a client that is denied gets: nginx's own page of the status, and nothing where nginx has none for it. */

/** Of those that policies of the tests deny with. */
const withoutPage = [418, 451, 599];
/** nginx's codes for itself: it sends them with a text only. */
export const ofNginx = [494, 495, 496, 497, 499];

export function denialPage(status = 403): RegExp {
  if (ofNginx.includes(status)) return /^Access denied$/;
  if (withoutPage.includes(status)) return /^$/;
  return new RegExp(`^<html>\r\n<head><title>${status} [^<]+</title></head>\r\n<body>[^]*</html>\r\n$`);
}

/** The body of a denial, as a matcher. */
export const denialBody = (status = 403): string => expect.stringMatching(denialPage(status)) as string;

/** Status and body of a denial, as a matcher. */
export const denial = (status = 403): { status: number; body: string } => ({
  status,
  body: denialBody(status),
});
