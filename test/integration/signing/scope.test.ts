import { denialBody } from '../harness/denial';
import { runtimes } from '../harness/runtimes';
import { inPath, withArguments } from './scope.cases';
import { startSigningEdge, type SigningEdge } from './signing-edge';
import { KEY1 } from './site';
import type { Signer } from './signer';

describe.each(runtimes)('which requests need a signature, on $name', (runtime) => {
  let edge: SigningEdge;
  let values: Record<string, string>;

  beforeAll(async () => {
    const signing = {
      scope: { paths: ['/private/*'], exclude_methods: ['OPTIONS'] },
      white_list: ['/crossdomain.xml', '/private/open/*'],
    };
    const typesOnly = { scope: { file_types: ['mp4'] }, white_list: '/free.mp4' };
    edge = await startSigningEdge({
      runtime,
      sites: {
        'a.test': { signing: { type: 'A', ...signing } },
        'b.test': { signing: { type: 'B', ...signing } },
        'types.test': { signing: { type: 'D', ...typesOnly } },
        'posts.test': { signing: { type: 'A', methods: 'GET|POST' } },
      },
    });
    const make = (signer: Signer, suffix: string) => ({
      [`${suffix}sig`]: edge.sign('/private/x', { ...signer, type: 'A' }).split('?')[1] ?? '',
      [`${suffix}pre`]: edge.sign('/private/x', { ...signer, type: 'B' }).replace('/private/x', ''),
    });
    values = {
      ...make({ type: 'A', key: KEY1 }, ''),
      ...make({ type: 'A', key: 'no-key-of-this-site' }, 'bad'),
    };
    values['pubpre'] = edge.sign('/public/x', { type: 'B', key: KEY1 }).replace('/public/x', '');
    values['BADPRE'] = values['badpre']!.toUpperCase();
  });
  beforeEach(() => edge.origin.clear());
  afterAll(() => edge?.stop());

  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '?');
  const received = () => edge.origin.requests.map(({ rawHead }) => rawHead.split(' HTTP/')[0]);

  describe.each([
    ['a.test', withArguments],
    ['b.test', inPath],
  ])('%s', (domain, cases) => {
    test.each(cases)('$name', async ({ target, method, verdict, origin }) => {
      const reply = await edge.ask(domain, fill(target), { method });
      expect(reply).toMatchObject({ status: origin === undefined ? 403 : 200, verdict });
      expect(received()).toEqual(origin === undefined ? [] : [`${method} ${fill(origin)}`]);
      if (origin === undefined) expect(reply.body).toEqual(denialBody(reply.status));
    });
  });

  test.each([
    ['GET', '/a.mp4', 403, 'deny no_signature'],
    ['GET', '/a.MP4', 403, 'deny no_signature'],
    ['GET', '/a.mp4/b', 403, 'deny no_signature'],
    ['GET', '/a.mp4;b', 403, 'deny no_signature'],
    ['GET', '/a.txt', 200, 'allow out_of_scope'],
    ['GET', '/a.txt?b.mp4', 200, 'allow out_of_scope'],
    ['GET', '/free.mp4', 200, 'allow white_list'],
    ['GET', '/Free.mp4', 403, 'deny no_signature'],
  ])('file types: %s %s is answered %d (%s)', async (method, target, status, verdict) => {
    expect(await edge.ask('types.test', target, { method })).toMatchObject({ status, verdict });
  });

  test.each([
    ['GET', 200, 'allow signed'],
    ['POST', 200, 'allow signed'],
    ['HEAD', 403, 'deny method_not_allowed'],
    ['OPTIONS', 403, 'deny method_not_allowed'],
    ['PATCH', 403, 'deny method_not_allowed'],
    ['PURGE', 403, 'deny method_not_allowed'],
    ['GETS', 403, 'deny method_not_allowed'],
  ])('methods GET and POST: %s is answered %d (%s)', async (method, status, verdict) => {
    const body = method === 'POST' ? 'a body' : '';
    const reply = await edge.ask('posts.test', fill('/private/x?{sig}'), { method, body });
    expect(reply).toMatchObject({ status, verdict });
    expect(edge.origin.requests.map((request) => request.body.toString())).toEqual(
      status === 200 ? [body] : [],
    );
  });

  test('the error log is clean', () => edge.expectCleanLogs());
});
