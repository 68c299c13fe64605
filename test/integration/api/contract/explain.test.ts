// nginx's engines judge and explain a URL with the words of Node.
import { explainUrl } from '../../../../src/api/explain-url';
import { parsePolicy, type Policy } from '../../../../src/policy/policy';
import { named, policyFileOf, unixOf } from '../../../unit/signing/vector';
import { isAtLeast, runtimes } from '../../harness/runtimes';
import { type ApiEdge, startApiEdge } from './api-edge';
import { signedPolicy } from './requests';

const json = { 'content-type': 'application/json' };

/** URLs that differ from the signed one in a way that each step tells about. */
function variants(url: string): string[] {
  return [
    url,
    url.replace(/[0-9a-f](?=[^0-9a-f]*$)/, (digit) => (digit === '0' ? '1' : '0')),
    url.replace(/[0-9a-f]{32,64}/, (hash) => hash.toUpperCase()),
    url.replace(/[0-9a-f]{32,64}/, (hash) => hash.slice(1)),
    url.replace(/(\/[^/?]*)(\?|$)/, '/.$1$2'),
    `${url}${url.includes('?') ? '&' : '?'}${url.split('?')[1] ?? 'a=b'}`,
    `${url}#x`,
    `${url} y`,
    url.replace(/\?.*/, ''),
    '/視/é%20%zz\u200b?=&&a',
    `http://www.example.com?${'a=b&'.repeat(2000)}`,
  ];
}

describe.each(runtimes.filter(({ njsVersion }) => isAtLeast(njsVersion, '0.8.0')))(
  'verify on $name',
  (runtime) => {
    let api: ApiEdge;
    beforeAll(async () => {
      ({ api } = await startApiEdge(runtime, { 'signed.test': signedPolicy, 'put.test': signedPolicy }));
    });
    afterAll(() => api?.stop());

    test.each(named)('says the same about %s', async (_name, vector) => {
      const body = JSON.stringify(policyFileOf(vector));
      const put = await api.ask('PUT', '/v1/policies/put.test', { headers: json, body });
      expect(put.status).toBe(200);
      const policy = parsePolicy(body, 'put.test.json').policy as Policy;
      const requests = variants(vector.signed_url).flatMap((url) => [
        { url, at: unixOf(vector) + 60 },
        { url, at: unixOf(vector) + 1801, method: 'HEAD' },
      ]);
      for (const request of [...requests, { url: vector.signed_url, at: 0, method: 'POST' }]) {
        const target = '/v1/policies/put.test/verify';
        const reply = await api.ask('POST', target, { headers: json, body: JSON.stringify(request) });
        const inNode = explainUrl(policy, policy.urlSigning!.keys, request, 0);
        expect({ request, answer: JSON.parse(reply.body) as unknown }).toEqual({ request, answer: inNode });
      }
    });

    test('and the error log is clean', async () => {
      expect(await api.edge.errors()).toEqual([]);
    });
  },
);
