// What must hold of each answer, whatever the request was.
import { READ, WRITE } from '../contract/api-edge';
import { KEY_MARK } from './harmless';
import type { Reply } from './lane';
import type { HostileRequest } from './requests';

const statuses = new Set([200, 201, 304, 400, 401, 403, 404, 405, 409, 412, 413, 414, 415, 431, 501, 505]);
const requestId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** The token is judged before anything that tells of paths and domains. */
const ofStrangers = new Set([400, 401, 403, 405, 413, 414, 431, 501, 505]);

/** Undefined: nothing is wrong with it. */
export function faultOf(request: HostileRequest, { status, headers, body }: Reply): string | undefined {
  if (!statuses.has(status)) return 'a status that no answer has';
  if (headers['cache-control'] !== 'no-store') return 'no Cache-Control';
  if (!requestId.test(headers['x-bce-request-id'] ?? '')) return 'no request id';
  if (Object.keys(headers).some((name) => name.startsWith('access-control'))) return 'CORS';
  if (status === 304) return undefined;
  // nginx refuses TRACE, finds a broken chunk while it throws the body away, and does not ask for our page a second time.
  if (request.isLast && request.method === 'TRACE' && status === 400 && body.startsWith('<html>'))
    return undefined;
  if (headers['content-type'] !== 'application/json; charset=utf-8') return 'another Content-Type';
  const everything = body + JSON.stringify(headers);
  if (everything.includes(WRITE) || everything.includes(READ)) return 'a token';
  const mayHoldKeys =
    status === 200 && request.bytes.includes(WRITE) && /^(?:GET|HEAD)$/.test(request.method);
  if (!mayHoldKeys && everything.includes(KEY_MARK)) return 'a key';
  if (request.method === 'HEAD') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return 'no JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'no object';
  if (status < 300)
    return request.token === 'none' && !request.isLast ? 'an answer to a stranger' : undefined;
  if (request.token === 'none' && !request.isLast && !ofStrangers.has(status)) return 'a hint to a stranger';
  return faultOfError(value as Record<string, unknown>, headers['x-bce-request-id'] as string);
}

function faultOfError(error: Record<string, unknown>, id: string): string | undefined {
  const names = Object.keys(error).join();
  if (names !== 'code,message,requestId' && names !== 'code,message,requestId,problems')
    return `an error with ${names}`;
  if (typeof error['code'] !== 'string' || typeof error['message'] !== 'string')
    return 'an error of other types';
  if (error['requestId'] !== id) return 'two request ids';
  const problems = (error['problems'] ?? []) as Record<string, unknown>[];
  const isWhole = problems.every(
    (problem) =>
      Object.keys(problem).join() === 'pointer,expected,received' &&
      Object.values(problem).every((text) => typeof text === 'string' && text.length < 1000),
  );
  return isWhole ? undefined : 'a problem of another form';
}
