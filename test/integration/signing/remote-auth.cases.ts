import type { Site } from './site';

/** The auth server's address is `{auth}`. */
export const remoteSites: Record<string, Site> = {
  'a.test': { signing: { type: 'A' }, remote: { auth_server: '{auth}/check', auth_path: 'append' } },
  'b.test': { signing: { type: 'B' }, remote: { auth_server: '{auth}/check', auth_path: 'append' } },
  'd.test': { signing: { type: 'D' }, remote: { auth_server: '{auth}/check' } },
  'kept.test': {
    signing: { type: 'A', keep_args_for_origin: true },
    remote: { auth_server: '{auth}/check', auth_path: 'append' },
  },
  'args.test': {
    signing: { type: 'A' },
    remote: {
      auth_server: '{auth}/check',
      keep_args: ['auth_key', 'a'],
      add_args: { sig: '$arg_auth_key', b: '$arg_b', whole: '$request_uri', path: '$uri' },
      add_headers: { 'X-Sig': '[$arg_auth_key]', 'X-Target': '$request_uri' },
    },
  },
  'scoped.test': {
    signing: { type: 'B', scope: { paths: ['/signed/*', '/both/*'] }, white_list: ['/signed/free'] },
    remote: { auth_server: '{auth}/check', scope: { paths: ['/asked/*', '/both/*', '/signed/free'] } },
  },
  'index.test': {
    signing: { type: 'A' },
    remote: { auth_server: '{auth}/check', auth_path: 'append' },
    lines: `
      root /srv/www;
      index absent.html index.txt;
      location /tried/ { try_files $uri /absent.txt /index/index.txt; }
      location /returned { return 200 "returned"; }`,
  },
};

interface AskedCase {
  name: string;
  domain: string;
  /** Signed as the site's type says; `{sig}` stands for the arguments. */
  target: string;
  /** The request target of the question. */
  asks: string;
  /** The request target in X-Forwarded-Uri, and what the origin receives. */
  clean: string;
}

export const askedCases: AskedCase[] = [
  { name: 'type A', domain: 'a.test', target: '/v.mp4', asks: '/check/v.mp4', clean: '/v.mp4' },
  {
    name: 'type A and other arguments',
    domain: 'a.test',
    target: '/v?a=1&{sig}&b=%2F',
    asks: '/check/v?a=1&b=%2F',
    clean: '/v?a=1&b=%2F',
  },
  { name: 'type B', domain: 'b.test', target: '/v.mp4?a=1', asks: '/check/v.mp4?a=1', clean: '/v.mp4?a=1' },
  {
    name: 'type B and an encoded path',
    domain: 'b.test',
    target: '/caf%C3%A9/a%20b',
    asks: '/check/caf%C3%A9/a%20b',
    clean: '/caf%C3%A9/a%20b',
  },
  { name: 'type D', domain: 'd.test', target: '/v?x=1&{sig}', asks: '/check?x=1', clean: '/v?x=1' },
];

interface ScopedCase {
  name: string;
  target: string;
  isSigned?: boolean;
  /** How often the auth server is asked. */
  asked: number;
  status: number;
}

/** scoped.test; what is signed is signed for its own path. */
export const scopedCases: ScopedCase[] = [
  { name: 'in no scope', target: '/free', asked: 0, status: 200 },
  { name: 'to be signed', target: '/signed/x', asked: 0, status: 403 },
  { name: 'to be signed, and signed', target: '/signed/x', isSigned: true, asked: 0, status: 200 },
  { name: 'to be asked about', target: '/asked/x', asked: 1, status: 200 },
  { name: 'to be asked about, and signed', target: '/asked/x', isSigned: true, asked: 1, status: 200 },
  { name: 'both, and unsigned', target: '/both/x', asked: 0, status: 403 },
  { name: 'both, and signed', target: '/both/x', isSigned: true, asked: 1, status: 200 },
  { name: 'on the white list, to be asked about', target: '/signed/free', asked: 1, status: 200 },
];
