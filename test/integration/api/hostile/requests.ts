// Whole requests around hostile bodies: path, query, method, headers, token.
import { HOST, READ, WRITE } from '../contract/api-edge';
import { policies, questions, vendorBodies } from './harmless';
import { hostileBody } from './mutations';
import type { Random } from './random';
import { long, SPITE } from './spite';

export interface HostileRequest {
  bytes: Buffer;
  method: string;
  target: string;
  token: 'none' | 'read' | 'write';
  /** Text of the body. */
  body: string;
  /** nginx may close the connection, or wait for more: nothing is sent behind it. */
  isLast: boolean;
}

const tokens = { none: undefined, read: READ, write: WRITE };

/** `lane`: whose domains are asked about, so that what each says follows from the answers to one connection. */
export function hostileRequest(random: Random, lane: number): HostileRequest {
  const domain = `${random.pick(['a', 'b', 'c', 'd'])}.lane${lane}.test`;
  const kind = random.pick(['put', 'put', 'put', 'vendor', 'vendor', 'verify', 'read', 'delete']);
  const token = random.oneIn(5) ? random.pick(['none', 'read'] as const) : 'write';
  const [likelyMethod, likelyTarget, harmless] = likely(random, kind, domain);
  let [method, target] = [likelyMethod, likelyTarget];
  const isBodyless = harmless === undefined;
  const body = isBodyless && !random.oneIn(30) ? Buffer.alloc(0) : hostileBody(random, harmless ?? {});
  if (random.oneIn(12)) target = hostileTarget(random, target, domain, lane);
  if (random.oneIn(40)) method = random.pick(methods);
  const headers = [`Host: ${HOST}`];
  if (tokens[token] !== undefined) headers.push(`Authorization: Bearer ${tokens[token]}`);
  if (!isBodyless || body.length > 0) headers.push('Content-Type: application/json');
  const isOdd = random.oneIn(12);
  if (isOdd) spoilHeaders(random, headers);
  const isChunked = body.length > 0 && random.oneIn(30);
  if (isChunked) headers.push('Transfer-Encoding: chunked');
  else if (body.length > 0 || !isBodyless) headers.push(`Content-Length: ${body.length}`);
  const head = `${method} ${target} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`;
  const framed = isChunked ? chunked(random, body) : body;
  let bytes: Buffer = Buffer.concat([Buffer.from(head, 'latin1'), framed]);
  const isRaw = random.oneIn(150);
  if (isRaw) bytes = spoiltBytes(random, bytes);
  const isLast = isRaw || isOdd || body.length > 65536 || target.length > 4000 || method === 'CONNECT';
  return { bytes, method, target, token, body: body.toString(), isLast };
}

function likely(random: Random, kind: string, domain: string): [string, string, object | undefined] {
  const own = `/v1/policies/${domain}`;
  const vendor = `/v2/domain/${domain}/config?requestAuth`;
  if (kind === 'put') return ['PUT', own, random.pick(policies)];
  if (kind === 'vendor') return ['PUT', vendor, random.pick(vendorBodies)];
  if (kind === 'verify') return ['POST', `${own}/verify`, random.pick(questions)];
  if (kind === 'delete') return [random.oneIn(3) ? 'DELETE' : 'HEAD', own, undefined];
  return ['GET', random.pick([own, vendor, '/v1/policies', '/v1/policies?limit=2']), undefined];
}

const methods = ['POST', 'PATCH', 'OPTIONS', 'TRACE', 'CONNECT', 'PROPFIND', 'MKCOL', 'put', 'A_B', 'GETT'];

/** Segments and queries. What is no path of nginx gets an answer of its own and ends the connection. */
function hostileTarget(random: Random, target: string, domain: string, lane: number): string {
  const segment = random.pick([
    '..',
    '.',
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e',
    '%252e%252e%252f',
    '..\\..\\x',
    '.live',
    '.live%2f' + domain,
    `${domain}.next`,
    `${domain}.json`,
    `${domain}.`,
    `.${domain}`,
    `${domain}%00`,
    `${domain}%0a`,
    `${domain};x`,
    `${domain}:80`,
    `${domain}/`,
    `${domain}//`,
    domain.toUpperCase(),
    `*.${domain}`,
    `-${domain}`,
    `_.${domain}`,
    `a_b-c.${domain}`,
    `__proto__.lane${lane}`,
    `xn--${SPITE}.lane${lane}`,
    `${'l'.repeat(63)}.lane${lane}`,
    `${'l'.repeat(64)}.lane${lane}`,
    `${'l.'.repeat(120)}lane${lane}`.slice(-250),
    `${'l.'.repeat(120)}llllllll-lane${lane}`,
    '\xc2\xad' + domain,
    'K.test',
    '\xe2\x84\xaa.test',
    '%c0%ae%c0%ae%2f',
    '"',
    '$host',
    '${' + SPITE + '}',
    `;${SPITE}`,
    '{}',
    '<script>',
    "'",
    '\x01',
    'a b',
    'a\tb',
    long(random.pick([300, 3000, 9000])).replace(/\//g, 'x'),
  ]);
  const path = random.pick([
    `/v1/policies/${segment}`,
    `/v1/policies/${segment}/verify`,
    `/v2/domain/${segment}/config?requestAuth`,
    target.replace(domain, segment),
    `/${segment}`,
    `//v1/policies/${segment}`,
    `/_edge_auth_api_refused/${segment}`,
    `/v1/policies/../../${segment}`,
    `http://${HOST}/v1/policies/${segment}`,
    segment,
  ]);
  const query = random.pick([
    '',
    '',
    '',
    '?',
    '?x',
    '?requestAuth',
    '?requestAuth=',
    '?requestAuth=1',
    oddQuery(random),
  ]);
  return path + query;
}

const oddQuery = (random: Random): string =>
  `?${random.pick([
    'limit=0',
    'limit=1001',
    'limit=1e3',
    'limit=-1',
    'limit=1&limit=2',
    'after=../',
    'after=%00',
    'after=',
    'a=1&b',
    '__proto__=1',
    'token=x',
    '%72equestAuth',
    'requestAuth&requestAuth',
    'requestAuth#',
    '&'.repeat(3000),
  ])}`;

/** Each for `name: value`; the last of them a lie about the body. */
function spoilHeaders(random: Random, headers: string[]): void {
  const line = random.pick([
    'Host: evil.test',
    `Host: ${HOST}:80`,
    `Host: ${HOST}.`,
    'Host:',
    `Authorization: Bearer ${'x'.repeat(40)}`,
    `Authorization: Basic ${WRITE}`,
    `Authorization: Bearer ${WRITE} x`,
    `Authorization: bearer  ${WRITE}`,
    `X-Authorization: Bearer ${WRITE}`,
    'Content-Type: text/plain',
    'Content-Type: application/json, text/plain',
    'Content-Type: text/json;utf-8',
    'Content-Encoding: gzip',
    'Content-Encoding: identity',
    'X-HTTP-Method-Override: DELETE',
    'X-Original-URL: /v1/policies',
    'If-Match: *',
    'If-Match: "x", W/"y", z',
    'If-None-Match: *',
    'If-None-Match: ' + '"a",'.repeat(1500),
    'If-Unmodified-Since: Mon, 01 Jan 2001 00:00:00 GMT',
    'Range: bytes=0-1',
    'Expect: 100-continue',
    'Expect: nothing',
    'Connection: close',
    'Connection: Upgrade\r\nUpgrade: websocket',
    'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
    'Origin: http://evil.test',
    'Cookie: token=' + WRITE,
    'X-Forwarded-For: 127.0.0.1',
    'x-bce-request-id: ' + SPITE,
    'Accept-Encoding: gzip, br',
    'Accept: text/html',
    `X-Long: ${long(random.pick([3000, 9000]))}`,
    'X_Under: 1',
    'X-Bytes: \xff\xfe\x80',
    ' folded: 1',
    'no colon',
    'X\x01: 1',
    'Content-Length: 0',
    'Content-Length: 5',
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: gzip',
    'Transfer-Encoding: chunked, identity',
    ...Array<string>(3).fill('Content-Length: 1000000'),
  ]);
  const name = line.split(':', 1)[0] as string;
  const same = headers.findIndex((header) => header.startsWith(`${name}:`));
  if (same >= 0 && random.oneIn(2)) headers[same] = line;
  else if (random.oneIn(2)) headers.push(line);
  else headers.unshift(line);
  if (random.oneIn(100)) headers.push(...Array.from({ length: 300 }, (_none, i) => `X-${i}: ${i}`));
}

function chunked(random: Random, body: Buffer): Buffer {
  const size = random.pick([1, 7, 100, 4096].filter((one) => body.length / one < 500)) ?? 65536;
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; at += size) {
    const chunk = body.subarray(at, at + size);
    chunks.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
  }
  return Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')]);
}

function spoiltBytes(random: Random, bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  const kind = random.below(4);
  if (kind === 0) return changed.subarray(0, random.below(changed.length));
  if (kind === 1) return Buffer.from(Array.from({ length: 1 + random.below(400) }, () => random.below(256)));
  // The request line and its headers, most of the time.
  const end = random.oneIn(3) ? changed.length : Math.min(changed.length, 200);
  for (let left = 1 + random.below(5); left > 0; left--) changed[random.below(end)] = random.below(256);
  return changed;
}
