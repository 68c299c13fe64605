/** The rows of the bench, and what the edge has to know for them. */
import { createHash } from 'node:crypto';
import { signUrl, type SignOptions } from '../../src/sign/sign';

export interface Case {
  name: string;
  host: string;
  target: string;
  /** What the edge answers. Default: 200. */
  status?: number;
  /** Asked at the second edge, which differs in `pcre_jit on`. */
  isJit?: boolean;
}

/** A download that is in flight while memory is measured. */
export const FILE = '/files/video.mp4';
export const TIMEOUT_MS = 300;
export const SECRET = 'a-secret-of-nginx';
const KEY1 = 'primary-key-4f1d08';
const KEY2 = 'secondary-key-9c2b';

export function policiesOf(silentAuthServer: string): Record<string, object> {
  const scope = { file_types: ['mp4'] };
  return {
    'edge.test': { remote_auth: { auth_server: 'http://127.0.0.1:9001', scope } },
    'silent.test': { remote_auth: { auth_server: silentAuthServer, timeout_ms: TIMEOUT_MS } },
    'a.test': { url_signing: { type: 'A', key1: KEY1 } },
    'b.test': { url_signing: { type: 'B', key1: KEY1 } },
    'd.test': { url_signing: { type: 'D', key1: KEY1 } },
    'two-keys.test': { url_signing: { type: 'D', key1: KEY1, key2: KEY2 } },
    'scope.test': { url_signing: { type: 'A', key1: KEY1, scope } },
  };
}

const plain: Case = { name: 'plain proxy_pass', host: 'plain.test', target: '/video.mp4' };
const asked: Case[] = [
  { name: 'asked, empty answer', host: 'edge.test', target: '/video.mp4' },
  { name: 'asked, answer of 2 bytes', host: 'edge.test', target: '/video.mp4?body=1' },
  { name: 'out of scope', host: 'edge.test', target: '/page.html' },
];

function signed(type: SignOptions['type'], key: string, path = '/video.mp4'): string {
  return signUrl(path, { type, key });
}

function secureLink(path: string): string {
  const expires = Math.floor(Date.now() / 1000) + 1800;
  const md5 = createHash('md5').update(`${expires}${path} ${SECRET}`).digest('base64url');
  return `${path}?md5=${md5}&expires=${expires}`;
}

/** Signing has no wiring: it is measured once, with the hop. The URLs are signed now, for half an hour. */
export function casesOf(wiring: 'hop' | 'inline'): Case[] {
  if (wiring === 'inline') return [plain, ...asked];
  const a = { host: 'a.test', target: signed('A', KEY1) };
  return [
    plain,
    { name: 'nginx auth_request, empty answer', host: 'native.test', target: '/video.mp4' },
    { name: 'nginx auth_request, answer of 2 bytes', host: 'native.test', target: '/video.mp4?body=1' },
    ...asked,
    { name: 'nginx secure_link', host: 'secure-link.test', target: secureLink('/video.mp4') },
    { name: 'signed URL type A', ...a },
    { name: 'signed URL type A, pcre_jit on', ...a, isJit: true },
    { name: 'signed URL type B', host: 'b.test', target: signed('B', KEY1) },
    { name: 'signed URL type D', host: 'd.test', target: signed('D', KEY1) },
    { name: 'signed URL type D, by key2', host: 'two-keys.test', target: signed('D', KEY2) },
    { name: 'signed URL type A, out of scope', host: 'scope.test', target: signed('A', KEY1, '/page.html') },
    { name: 'unsigned, refused with 403', host: 'a.test', target: '/video.mp4', status: 403 },
  ];
}

/** Downloads whose memory is measured. Plain comes first. */
export function downloadsOf(wiring: 'hop' | 'inline'): Case[] {
  const one = { name: 'plain', host: 'plain.test', target: FILE };
  const ask = { name: `asked (${wiring})`, host: 'edge.test', target: FILE };
  if (wiring === 'inline') return [one, ask];
  return [
    one,
    { name: 'signed URL type A', host: 'a.test', target: signed('A', KEY1, FILE) },
    { name: 'nginx auth_request', host: 'native.test', target: FILE },
    ask,
  ];
}
