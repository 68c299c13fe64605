// The edges on which the attacks run: every runtime that has the API.
import { isAtLeast, runtimes } from '../../harness/runtimes';
import type { ApiEdge } from '../contract/api-edge';

export const KEY = 'a-key-nobody-reads';
export const PASSWORD = 'a-pass-word-nobody-reads';

/** `signed.test` is the one domain that the loaded conf serves. */
export const policies: Record<string, object> = {
  'signed.test': { url_signing: { type: 'A', key1: KEY, key2: `${KEY.toUpperCase()}-2` } },
  'asked.test': {
    remote_auth: { auth_server: 'http://203.0.113.7/auth', add_headers: { Authorization: PASSWORD } },
  },
  'faulty.test': { url_signing: { type: 'A', key1: KEY } },
};

/** By hand, with the mistakes that people make. */
export const faulty: [string, string][] = [
  ['a key under a name that is none', `{"url_signing":{"type":"A","secret":"${KEY}"}}`],
  ['a key in the field beside', `{"url_signing":{"type":"${KEY}","key1":"some-other-key"}}`],
  ['a key without quotes', `{"url_signing":{"type":"A","key1":${KEY}}}`],
  [
    'a policy that is encoded twice',
    JSON.stringify(JSON.stringify({ url_signing: { type: 'A', key1: KEY } })),
  ],
  [
    'a password with a dollar sign',
    `{"remote_auth":{"auth_server":"http://203.0.113.7","add_headers":{"Authorization":"${PASSWORD}$x"}}}`,
  ],
];

const able = runtimes.filter(({ njsVersion }) => isAtLeast(njsVersion, '0.8.0'));

// Before that release nginx has no API: bookworm alone skips, and says so.
export const onAble = able.length > 0 ? describe.each(able) : describe.skip.each(runtimes);

export const json = { 'content-type': 'application/json' };

/** nginx says it where a zone is full; policies are read from their files then. */
const isFull = /ngx_slab_alloc\(\) failed: no memory in js shared zone/;

/** No worker ended, and no line of ours in the log. */
export async function expectQuiet(api: ApiEdge, workers: number[]): Promise<void> {
  expect(await api.edge.workerPids()).toEqual(workers);
  const lines = (await api.edge.rawErrorLog()).split('\n');
  expect(
    lines.filter(
      (line) => !isFull.test(line) && /edge-auth: API|js exception|\[(?:crit|alert|emerg)\]/.test(line),
    ),
  ).toEqual([]);
}
