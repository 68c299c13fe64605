import type { ServerResponse } from 'node:http';
import { sha256, type RecordedRequest } from './recorded-request';

const bytes = Buffer.alloc(1_048_576, 'PROTECTED-BY-EDGE-AUTH-0123456789\n');

/** The large object of the origin: 1 MB whose every line carries the marker. */
export const OBJECT = {
  path: '/object',
  bytes,
  sha256: sha256(bytes),
  etag: `"${sha256(bytes).slice(0, 16)}"`,
  lastModified: 'Sat, 01 Jun 2024 00:00:00 GMT',
};

/** Answers 200, 206 for a single range, 304 for a validator that matches, 416 for a range beyond the end. */
export function serveObject(request: RecordedRequest, response: ServerResponse): void {
  const validators = { ETag: OBJECT.etag, 'Last-Modified': OBJECT.lastModified, 'Accept-Ranges': 'bytes' };
  if (isUnchanged(request)) {
    response.writeHead(304, validators).end();
    return;
  }
  const range = readRange(request);
  if (range === 'unsatisfiable') {
    response.writeHead(416, { ...validators, 'Content-Range': `bytes */${bytes.length}` }).end();
    return;
  }
  const [first, last] = range ?? [0, bytes.length - 1];
  response.writeHead(range ? 206 : 200, {
    ...validators,
    'Content-Type': 'application/octet-stream',
    'Content-Length': last - first + 1,
    ...(range && { 'Content-Range': `bytes ${first}-${last}/${bytes.length}` }),
  });
  response.end(bytes.subarray(first, last + 1));
}

function isUnchanged({ headers }: RecordedRequest): boolean {
  const etags = headers['if-none-match'];
  if (etags !== undefined) return etags === '*' || etags.includes(OBJECT.etag);
  const since = headers['if-modified-since'];
  return since !== undefined && Date.parse(since) >= Date.parse(OBJECT.lastModified);
}

/** A list of ranges gets the whole object, which RFC 9110 allows. */
function readRange({ headers }: RecordedRequest): [number, number] | 'unsatisfiable' | undefined {
  const condition = headers['if-range'];
  if (condition !== undefined && condition !== OBJECT.etag && condition !== OBJECT.lastModified)
    return undefined;
  const match = /^bytes=(\d*)-(\d*)$/.exec(headers['range'] ?? '');
  if (!match || match[0] === 'bytes=-') return undefined;
  const end = bytes.length - 1;
  const [first, last] = match[1]
    ? [Number(match[1]), match[2] ? Math.min(Number(match[2]), end) : end]
    : [Math.max(0, bytes.length - Number(match[2])), end];
  return first > last ? 'unsatisfiable' : [first, last];
}
