/** Everything that is checked before the body is looked at, in the order that the contract gives. */

import type { Answer } from './answer';
import { refusal } from './answer';
import { isAcceptedHost } from './host';
import { headersNamed, type RequestHead, singleHeader } from './request-head';
import { findRoute, type Route } from './route';
import { type Caller, findCaller } from './token';

/** What nginx's conf says about the API itself. */
export interface Door {
  /** The name that nginx goes by, `$host`. */
  askedHost: string;
  hosts: string;
  tokens: string;
}

export interface Admitted {
  caller: Caller;
  route: Route;
}

/** A stranger learns neither paths nor methods. */
export function admit(head: RequestHead, door: Door): Admitted | { refused: Answer } {
  if (!isAcceptedHost(singleHeader(head, 'host'), door.askedHost, door.hosts))
    return {
      refused: refusal(403, 'AccessDenied', 'expected a Host that this API goes by, received another one'),
    };
  const caller = findCaller(headersNamed(head, 'authorization'), door.tokens);
  if (caller === undefined) return { refused: unauthorized() };
  const found = findRoute(head.method, head.target);
  if ('refused' in found) return found;
  if (isChange(head.method) && caller.role !== 'write')
    return {
      refused: refusal(403, 'AccessDenied', 'expected a token that may write, received one that may read'),
    };
  if (hasBody(head.method) && !isJson(head))
    return {
      refused: refusal(
        415,
        'UnsupportedMediaType',
        'expected Content-Type application/json, not encoded, received another one',
      ),
    };
  return { caller: caller, route: found.route };
}

function unauthorized(): Answer {
  const refused = refusal(
    401,
    'InvalidHTTPAuthHeader',
    'expected one header "Authorization: Bearer TOKEN" with a token of this API, received none',
  );
  refused.headers['WWW-Authenticate'] = 'Bearer';
  return refused;
}

function isChange(method: string): boolean {
  return method === 'PUT' || method === 'DELETE';
}

export function hasBody(method: string): boolean {
  return method === 'PUT' || method === 'POST';
}

/** Parameters are not read: the vendor's own examples say `text/json;utf-8`. A browser cannot send either type without asking first. */
function isJson(head: RequestHead): boolean {
  const encodings = headersNamed(head, 'content-encoding');
  const isEncoded = encodings.some(function (encoding) {
    return !/^(?:identity)?$/i.test(encoding);
  });
  const type = singleHeader(head, 'content-type');
  return !isEncoded && type !== undefined && /^(?:application|text)\/json[ \t]*(?:;|$)/i.test(type);
}
