/** The paths whose instructions are counted: the policy of each, the request, and the edge that serves it. */
import { signUrl, type SignOptions } from '../../../src/sign/sign';
import type { Policies } from '../../integration/harness/render';

/**
 * Each is a process of its own, with policies of one kind, or one policy of each. (!) Every kind of signing brings 15 to 25 variables along,
 * and beyond some 250 of them nginx clears, on each request of any server, 9 instructions more for each: few operators sign in so many ways
 * that one nginx gets there. Live: the same policies behind the API.
 */
export type EdgeName =
  | 'signed'
  | 'signed-slow'
  | 'signed-path'
  | 'signed-scope'
  | 'hop'
  | 'inline'
  | 'cached'
  | 'all'
  | 'live-signed'
  | 'live-hop'
  | 'live-inline'
  | 'live-cached';

export interface Row {
  /** As the budget names it. */
  path: string;
  edge: EdgeName;
  host: string;
  target: string;
  /** What the edge answers. Default: 200. */
  status?: number;
  /** A request that is refused, or the row would be cheap for letting everyone in. */
  refused?: string;
  /** The row whose cost is taken off instead of plain nginx's. */
  beside?: string;
}

const KEY1 = 'primary-key-4f1d08';
const KEY2 = 'secondary-key-9c2b';
const FILE = '/video.mp4';
const PAGE = '/page.html';
const DENY = `${FILE}?deny=1`;
export const OTHER_HOST = 'plain.test';

/**
 * The time of signing. A timeout is added to it digit by digit on a fast path, and the few times whose upper digits change then are left
 * to the fallback: none of these is measured, but a time a little later, which opens as well.
 */
function signingTime(): number {
  const now = Math.floor(Date.now() / 1000);
  return now % 1_000_000 < 996_000 ? now : now + 4_000;
}

const at = signingTime();
const signed = (options: Omit<SignOptions, 'key'>, key = KEY1, path = FILE): string =>
  signUrl(path, { ...options, key, at });

/** Of a.test, or sha256.test. */
export const signedFile = (file: string, hash: 'md5' | 'sha256'): string =>
  signed({ type: 'A', hash }, KEY1, file);

interface Signing {
  path: string;
  edge: EdgeName;
  host: string;
  policy: object;
  target: string;
}

const signings: Signing[] = [
  { path: 'type A', edge: 'signed', host: 'a.test', policy: { type: 'A' }, target: signed({ type: 'A' }) },
  { path: 'type D', edge: 'signed', host: 'd.test', policy: { type: 'D' }, target: signed({ type: 'D' }) },
  {
    path: 'type F',
    edge: 'signed',
    host: 'f.test',
    policy: { type: 'F', timestamp_format: 'dec' },
    target: signed({ type: 'F', timestampFormat: 'dec' }),
  },
  {
    path: 'by key2',
    edge: 'signed-slow',
    host: 'key2.test',
    policy: { type: 'A', key2: KEY2 },
    target: signed({ type: 'A' }, KEY2),
  },
  {
    path: 'sha256',
    edge: 'signed-slow',
    host: 'sha256.test',
    policy: { type: 'A', hash: 'sha256' },
    target: signed({ type: 'A', hash: 'sha256' }),
  },
  {
    path: 'hex time',
    edge: 'signed-slow',
    host: 'hex.test',
    policy: { type: 'D', timestamp_format: 'hex' },
    target: signed({ type: 'D', timestampFormat: 'hex' }),
  },
  {
    path: 'type B',
    edge: 'signed-path',
    host: 'b.test',
    policy: { type: 'B' },
    target: signed({ type: 'B' }),
  },
  {
    path: 'type C',
    edge: 'signed-path',
    host: 'c.test',
    policy: { type: 'C' },
    target: signed({ type: 'C' }),
  },
];

const scope = { file_types: ['mp4'] };
const auth = (port: number, more: object = {}): object => ({
  remote_auth: { auth_server: `http://127.0.0.1:${port}/auth`, ...more },
});
/** As in the comparison. */
const cache = { allow_ttl: 60, key: ['method', 'path', 'args', 'header:Authorization'] };

const askedPolicies: Policies = {
  'asked.test': auth(9001),
  'list.test': auth(9001, { preset: 'tencent' }),
  'body.test': auth(9002),
  'asked-scope.test': auth(9001, { scope }),
};
const signedOf = (name: EdgeName): Policies =>
  Object.fromEntries(
    signings
      .filter(({ edge }) => edge === name)
      .map(({ host, policy }) => [host, { url_signing: { key1: KEY1, ...policy } }]),
  );
const cachedPolicies: Policies = {
  'cached.test': auth(9001, { keep_headers: ['Authorization'], cache }),
};

export const policiesOf: Record<EdgeName, Policies> = {
  signed: signedOf('signed'),
  'signed-slow': signedOf('signed-slow'),
  'signed-path': signedOf('signed-path'),
  'signed-scope': { 'signed-scope.test': { url_signing: { type: 'A', key1: KEY1, scope } } },
  hop: askedPolicies,
  inline: askedPolicies,
  cached: cachedPolicies,
  all: { 'a.test': signedOf('signed')['a.test']!, 'asked.test': auth(9001), ...cachedPolicies },
  'live-signed': signedOf('signed'),
  'live-hop': askedPolicies,
  'live-inline': askedPolicies,
  'live-cached': cachedPolicies,
};

const signedRows: Row[] = signings.map(({ path, ...one }) => ({
  ...one,
  path: `signed URL, ${path}`,
  refused: one.target.slice(0, -1),
}));
const refusedRows: Row[] = [
  { path: 'refused, unsigned URL', edge: 'signed', host: 'a.test', target: FILE, status: 403 },
  {
    path: 'refused, malformed signature',
    edge: 'signed',
    host: 'a.test',
    target: `${FILE}?auth_key=${at}-0-0-0123456789`,
    status: 403,
  },
  {
    path: 'refused, wrong signature',
    edge: 'signed',
    host: 'a.test',
    target: signed({ type: 'A' }, KEY2),
    status: 403,
  },
];

const asked = (path: string, edge: EdgeName, host: string): Row => ({
  path,
  edge,
  host,
  target: FILE,
  refused: DENY,
});
const askedRows: Row[] = [
  asked('auth request inline, every 2xx allows', 'inline', 'asked.test'),
  asked('auth request inline, any policy', 'inline', 'list.test'),
  asked('auth request by hop, every 2xx allows', 'hop', 'asked.test'),
  asked('auth request by hop, any policy', 'hop', 'list.test'),
  asked('auth request by hop, answer of 200 bytes', 'hop', 'body.test'),
  asked('cached decision, hit', 'cached', 'cached.test'),
];

const live = (path: string, edge: EdgeName, beside: string): Row => {
  const row = [...signedRows, ...askedRows].find((one) => one.path === beside)!;
  return { ...row, path, edge, beside };
};
/** Of runtimes with live policies. */
export const liveRows: Row[] = [
  live('live, added to a signed URL', 'live-signed', 'signed URL, type A'),
  live('live, added to an auth request by hop', 'live-hop', 'auth request by hop, every 2xx allows'),
  live('live, added to an auth request inline', 'live-inline', 'auth request inline, every 2xx allows'),
  live('live, added to a cached decision', 'live-cached', 'cached decision, hit'),
  { path: 'another server, live policies', edge: 'live-hop', host: OTHER_HOST, target: FILE },
];

const otherRows: Row[] = [
  { path: 'out of scope, signed URL', edge: 'signed-scope', host: 'signed-scope.test', target: PAGE },
  { path: 'out of scope, auth request by hop', edge: 'hop', host: 'asked-scope.test', target: PAGE },
  { path: 'out of scope, auth request inline', edge: 'inline', host: 'asked-scope.test', target: PAGE },
  { path: 'another server', edge: 'all', host: OTHER_HOST, target: FILE },
];

export const rows: Row[] = [...signedRows, ...refusedRows, ...askedRows, ...otherRows];
