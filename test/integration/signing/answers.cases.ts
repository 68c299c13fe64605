interface RefusedCase {
  reason: string;
  /** `{sig}`: the value of a good signature of /f; the others are of /f, too, but not good. */
  target: string;
  method?: string;
  /** X-Tengine-Error, where it is switched on. */
  vendor: string;
}

const hash = 'denied by req auth: invalid md5hash';
const time = 'denied by req auth: expired timestamp';
const none = 'denied by req auth: no url arg auth_key';

/** Type A, 60 s of validity and of lead. */
export const refusedCases: RefusedCase[] = [
  { reason: 'no_signature', target: '/f', vendor: none },
  { reason: 'malformed', target: '/f?auth_key=1', vendor: hash },
  { reason: 'path_mismatch', target: '//f?auth_key={sig}', vendor: hash },
  { reason: 'not_yet_valid', target: '/f?auth_key={early}', vendor: time },
  { reason: 'expired', target: '/f?auth_key={old}', vendor: time },
  { reason: 'bad_signature', target: '/f?auth_key={bad}', vendor: hash },
  { reason: 'method_not_allowed', target: '/f?auth_key={sig}', method: 'POST', vendor: hash },
];

export const allowedCases = [
  { reason: 'signed', target: '/f?auth_key={sig}' },
  { reason: 'white_list', target: '/listed' },
  { reason: 'out_of_scope', target: '/outside/f' },
];

export const statuses = [400, 401, 403, 404, 405, 410, 416, 429, 451, 494, 497, 499, 500, 502, 503, 504, 599];
