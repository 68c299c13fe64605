// Who has a token that may read, and wants keys, or to change something.
import { createHash } from 'node:crypto';
import type { ClientReply, ClientRequest } from '../../harness/client';
import { sign } from '../../signing/signer';
import { leastMs } from '../../harness/in-time';
import { type ApiEdge, FOLDER, READ, startApiEdge } from '../contract/api-edge';
import { expectQuiet, faulty, json, KEY, onAble, PASSWORD, policies } from './attack-edge';

const reading = { authorization: `Bearer ${READ}` };
const verify = '/v1/policies/signed.test/verify';

onAble('a reader and the API on $name, which needs njs 0.8.0', (runtime) => {
  let api: ApiEdge;
  let files: string[];
  let workers: number[];

  beforeAll(async () => {
    ({ api } = await startApiEdge(runtime, policies));
    [files, workers] = [await api.files(), await api.edge.workerPids()];
  });
  afterAll(() => api?.stop());

  const ask = (method: string, target: string, request: Partial<ClientRequest> = {}): Promise<ClientReply> =>
    api.ask(method, target, { ...request, headers: { ...reading, ...request.headers } });
  const judge = async (question: object): Promise<Record<string, unknown>> => {
    const reply = await ask('POST', verify, { headers: json, body: JSON.stringify(question) });
    return JSON.parse(reply.body) as Record<string, unknown>;
  };
  const everything = ({ body, headers }: ClientReply): string => body + JSON.stringify(headers);

  test.each([
    '/v1/policies/signed.test',
    '/v1/policies/asked.test',
    '/v2/domain/signed.test/config?requestAuth',
    '/v1/policies',
  ])('reads no secret in %s', async (target) => {
    for (const method of ['GET', 'HEAD']) {
      const reply = await ask(method, target);
      expect(reply.status).toBe(200);
      expect(everything(reply)).not.toContain(KEY);
      expect(everything(reply)).not.toContain(PASSWORD);
    }
  });

  test('has no digest against which keys could be tried on a computer of their own', async () => {
    const text = (await api.edge.exec(`cat ${FOLDER}/signed.test.json`)).stdout;
    const own = createHash('sha256').update(text).digest('hex').slice(0, 32);
    const tagged = await ask('GET', '/v1/policies/signed.test');
    expect(tagged.headers['etag']).toMatch(/^"[0-9a-f]{32}"$/);
    expect(everything(tagged)).not.toContain(own);
    const headers = { 'if-none-match': `"${own}"` };
    expect(await ask('GET', '/v1/policies/signed.test', { headers })).toMatchObject({ status: 200 });
    const again = { 'if-none-match': String(tagged.headers['etag']) };
    expect(await ask('GET', '/v1/policies/signed.test', { headers: again })).toMatchObject({ status: 304 });
    expect((await api.ask('GET', '/v1/policies/signed.test')).headers['etag']).toBe(`"${own}"`);
  });

  test.each(faulty)('learns nothing of a file with %s', async (_name, text) => {
    await api.edge.exec(['sh', '-c', 'printf %s "$1" > "$2"', 'sh', text, `${FOLDER}/faulty.test.json`]);
    const targets = ['/v1/policies/faulty.test', '/v2/domain/faulty.test/config?requestAuth'];
    const replies = await Promise.all(targets.map((target) => ask('GET', target)));
    replies.push(
      await ask('POST', '/v1/policies/faulty.test/verify', { headers: json, body: '{"url":"/a"}' }),
    );
    for (const reply of replies) {
      expect(reply.status).toBe(409);
      expect(everything(reply)).not.toMatch(new RegExp(`${KEY}|${PASSWORD}|"a"`));
    }
    const owner = await api.ask('GET', '/v1/policies/faulty.test');
    expect(JSON.parse(owner.body)).toMatchObject({ code: 'FaultyPolicyFile' });
    await api.edge.exec([
      'sh',
      '-c',
      'printf %s "$1" > "$2"',
      'sh',
      JSON.stringify(policies['faulty.test']),
      `${FOLDER}/faulty.test.json`,
    ]);
  });

  test('is told no hash that would be right, nor how much of one is', async () => {
    const signed = { url: sign('/a.mp4', { type: 'A', key: KEY }, 1700000000), at: 1700000000 };
    expect(await judge(signed)).toMatchObject({ decision: 'allow' });
    const hash = /[0-9a-f]{32}/.exec(signed.url)![0];
    const wrong = hash.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    const [near, far] = await Promise.all(
      [wrong, '0'.repeat(32)].map((other) => judge({ ...signed, url: signed.url.replace(hash, other) })),
    );
    expect(near).toMatchObject({ decision: 'deny', reason: 'bad_signature' });
    expect(JSON.stringify(near)).not.toContain(hash);
    expect(JSON.stringify(near).replaceAll(wrong, '#')).toBe(
      JSON.stringify(far).replaceAll('0'.repeat(32), '#'),
    );
  });

  test.each([
    ['segments', '/a'.repeat(4090)],
    ['arguments', `/?${'a&'.repeat(4090)}`],
    ['signatures', `/?${'auth_key=1700000000-0-0-0&'.repeat(310)}`],
    ['encoded signs', '/%2e%2e'.repeat(1160)],
    ['dot segments', '/..'.repeat(2700)],
    ['asterisks', `/${'*'.repeat(8000)}`],
    ['dashes', `/?auth_key=${'1-'.repeat(4000)}`],
    ['characters beyond ASCII', `/${'é'.repeat(8000)}`],
  ])('cannot occupy a worker with a URL of 8 KB of %s', async (_name, url) => {
    const timed = async () => {
      const start = performance.now();
      expect(await judge({ url })).toHaveProperty('decision');
      return { ms: performance.now() - start };
    };
    expect(await leastMs(4_000, await timed(), timed)).toBeLessThan(4_000);
  });

  test('cannot have a longer one judged', async () => {
    expect(await judge({ url: '/' + 'a/'.repeat(30000) })).toMatchObject({ code: 'InappropriateJSON' });
  });

  test.each(['PUT', 'DELETE', 'POST', 'PATCH'])(
    'changes nothing by %s, under whatever name',
    async (method) => {
      const overrides = {
        'x-http-method-override': 'PUT',
        'x-http-method': 'PUT',
        'x-method-override': 'PUT',
        'x-original-url': '/v1/policies/signed.test',
      };
      const body = method === 'DELETE' ? {} : { body: '{"url_signing":false}' };
      for (const target of ['/v1/policies/signed.test', '/v2/domain/signed.test/config?requestAuth']) {
        const reply = await ask(method, target, { headers: { ...json, ...overrides }, ...body });
        expect([403, 405]).toContain(reply.status);
        expect(
          await ask('GET', `${target}${target.includes('?') ? '&' : '?'}_method=PUT`, { headers: overrides }),
        ).toMatchObject({ status: 400 });
      }
      expect(await api.files()).toEqual(files);
    },
  );

  test('nothing of it is an error of the edge', () => expectQuiet(api, workers));
});
