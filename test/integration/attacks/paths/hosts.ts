interface HostCase {
  name: string;
  /** '' sends no Host line. */
  host: string;
  target?: string;
  head?: string;
  /** The X-Forwarded-Host that the auth server gets; absent where it is not asked. */
  told?: string;
  status?: number;
  /** Newer nginx answers 400 itself. */
  mayRefuse?: boolean;
}

/** The auth server denies everything: what matters is whether it is asked, and about which host. */
export const hosts: HostCase[] = [
  { name: 'the domain', host: 'append.test', told: 'append.test' },
  { name: 'CVE-2026-48794: capitals', host: 'APPEND.Test', told: 'APPEND.Test' },
  { name: 'k8s #119629: a final dot', host: 'append.test.', told: 'append.test.' },
  { name: 'oathkeeper #1003: a port', host: 'append.test:443', told: 'append.test:443' },
  { name: 'a final dot and a port', host: 'append.test.:443', told: 'append.test.:443' },
  {
    name: 'carapaceproxy #614: the absolute form names another host than Host',
    host: 'other.test',
    target: 'http://append.test/x',
    told: 'append.test',
  },
  {
    name: 'carapaceproxy #614: the absolute form leads away from the domain',
    host: 'append.test',
    target: 'http://nobody.test/x',
    told: 'nobody.test',
  },
  { name: 'no Host', host: '', status: 400 },
  { name: 'an empty Host', host: ' ', status: 400 },
  { name: 'two Hosts', host: 'append.test', head: 'Host: nobody.test\r\n', status: 400 },
  { name: 'a Host with a path', host: 'append.test/x', status: 400 },
  { name: 'a Host with a space', host: 'append.test x', status: 400 },
  { name: 'a Host with a user name', host: 'a@append.test', told: 'a@append.test', mayRefuse: true },
  { name: 'an unknown Host', host: 'unknown.test', told: 'unknown.test' },
  {
    name: 'X-Forwarded-Host beside it',
    host: 'append.test',
    head: 'X-Forwarded-Host: a\r\nX_Forwarded_Host: a\r\n',
    told: 'append.test',
  },
  { name: 'a Host of 7,000 bytes', host: 'a'.repeat(7000), told: 'a'.repeat(7000) },
];
