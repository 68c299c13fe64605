/** The rows of the bench, and what the edge has to know for them. */
import { createHash } from 'node:crypto';
import { signUrl, type SignOptions } from '../../src/sign/sign';

export interface Case {
  name: string;
  host: string;
  target: string;
  /** What the edge answers. Default: 200. */
  status?: number;
  /** Which nginx is asked. Default: fixed. */
  side?: SideName;
  /** The case that differs in nothing but that its policy is read from the conf. */
  beside?: string;
}

/** The edge itself, the same with `pcre_jit on`, the same with live policies, and the last with several workers. */
export type SideName = 'fixed' | 'jit' | 'live' | 'crowd';

/** A download that is in flight while memory is measured. */
export const FILE = '/files/video.mp4';
export const FILE_BYTES = 1_000_000;
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
    'off.test': { enabled: false, url_signing: { type: 'A', key1: KEY1 } },
    'changed.test': { url_signing: { type: 'A', key1: KEY1 } },
  };
}

/** What changes where policies are live, after the conf was rendered. */
export const policiesSince = { 'changed.test': { url_signing: { type: 'D', key1: KEY1 } } };

const plain: Case = { name: 'plain proxy_pass', host: 'plain.test', target: '/video.mp4' };
const askedEmpty: Case = { name: 'asked, empty answer', host: 'edge.test', target: '/video.mp4' };
const askedNot: Case = { name: 'out of scope', host: 'edge.test', target: '/page.html' };
const asked: Case[] = [
  askedEmpty,
  { name: 'asked, answer of 2 bytes', host: 'edge.test', target: '/video.mp4?body=1' },
  askedNot,
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
export function casesOf(wiring: 'hop' | 'inline', isLive: boolean): Case[] {
  const live = (cases: Case[]): Case[] => (isLive ? cases.map(liveOf) : []);
  if (wiring === 'inline') return [plain, ...asked, ...live([askedEmpty, askedNot])];
  const a: Case = { name: 'signed URL type A', host: 'a.test', target: signed('A', KEY1) };
  const d: Case = { name: 'signed URL type D', host: 'd.test', target: signed('D', KEY1) };
  const key2 = { name: 'signed URL type D, by key2', host: 'two-keys.test', target: signed('D', KEY2) };
  const outOfScope = {
    name: 'signed URL type A, out of scope',
    host: 'scope.test',
    target: signed('A', KEY1, '/page.html'),
  };
  const refused = { name: 'unsigned, refused with 403', host: 'a.test', target: '/video.mp4', status: 403 };
  return [
    plain,
    { name: 'nginx auth_request, empty answer', host: 'native.test', target: '/video.mp4' },
    { name: 'nginx auth_request, answer of 2 bytes', host: 'native.test', target: '/video.mp4?body=1' },
    ...asked,
    { name: 'nginx secure_link', host: 'secure-link.test', target: secureLink('/video.mp4') },
    a,
    { ...a, name: 'signed URL type A, pcre_jit on', side: 'jit' },
    { name: 'signed URL type B', host: 'b.test', target: signed('B', KEY1) },
    d,
    key2,
    outOfScope,
    refused,
    ...live([askedEmpty, askedNot, a, d, outOfScope, refused]),
    ...live([{ ...plain, name: 'switched off', host: 'off.test', beside: plain.name }]),
    ...live([{ ...d, name: 'signed URL, type A until a change', host: 'changed.test', beside: d.name }]),
  ];
}

function liveOf(one: Case): Case {
  return { beside: one.name, ...one, name: `live: ${one.name}`, side: 'live' };
}

/** Downloads whose memory is measured. Plain comes first. */
export function downloadsOf(wiring: 'hop' | 'inline', isLive: boolean): Case[] {
  const live = (one: Case): Case[] => (isLive ? [one, liveOf(one)] : [one]);
  const one = { name: 'plain', host: 'plain.test', target: FILE };
  const ask = live({ name: `asked (${wiring})`, host: 'edge.test', target: FILE });
  if (wiring === 'inline') return [one, ...ask];
  const signing = { name: 'signed URL type A', host: 'a.test', target: signed('A', KEY1, FILE) };
  const native = { name: 'nginx auth_request', host: 'native.test', target: FILE };
  return [one, ...live(signing), native, ...ask];
}
