import { sendHttp2 } from '../harness/client';
import { runtimes } from '../harness/runtimes';
import { HTTP2_PORT, startCachedEdge, type CachedEdge } from './cached-edge';
import { aliases, apartCases, policies, togetherCases, type KeyCase } from './keys.cases';

describe.each(runtimes)('keys of decisions, on $name', (runtime) => {
  let edge: CachedEdge;
  beforeAll(async () => {
    edge = await startCachedEdge(runtime, { policies, aliases, http: 'underscores_in_headers on;' });
  });
  beforeEach(() => {
    edge.server.answer({}).clear();
    edge.origin.clear();
  });
  afterAll(() => edge?.stop());

  const ask = ({ domain }: KeyCase, asked: KeyCase['first']) =>
    edge.ask(asked.domain ?? domain, asked.target, asked.lines, asked.method);

  test.each(apartCases)('$name ($domain): is asked about anew', async (one) => {
    expect((await ask(one, one.first)).status).toBe(200);
    expect(edge.server.requests).toHaveLength(1);
    edge.server.answer({ status: 403 });
    edge.origin.clear();
    expect((await ask(one, one.second)).status).toBe(403);
    expect(edge.origin.requests).toEqual([]);
    // What was denied in its place does not stand for the first one either.
    expect((await ask(one, one.first)).status).toBe(200);
  });

  test.each(togetherCases)('$name ($domain): shares the decision', async (one) => {
    await ask(one, one.first);
    edge.server.answer({ status: 403 });
    expect((await ask(one, one.second)).status).toBe(200);
    expect(edge.server.requests).toHaveLength(1);
  });

  test('a header with _ for - stands for one with - only if the auth server was told so', async () => {
    await edge.ask('header.test', '/', ['X_Doc: told']);
    const told = edge.server.requests[0]?.headers['x-doc'];
    expect([undefined, 'told']).toContain(told);
    edge.server.answer({ status: 403 });
    expect((await edge.ask('header.test', '/', ['X-Doc: told'])).status).toBe(told ? 200 : 403);
  });

  test('the cookies of HTTP/2, each in a field of its own, are those of one header', async () => {
    await edge.ask('cookie.test', '/', ['Cookie: x=1; sid=two']);
    edge.server.answer({ status: 403 });
    const ask = (...cookie: string[]) =>
      sendHttp2({ port: edge.edge.port(HTTP2_PORT), headers: { host: 'cookie.test', cookie } });
    expect((await ask('y=1', 'sid=two')).status).toBe(200);
    expect((await ask('sid=two', 'sid=other')).status).toBe(403);
    expect((await ask('sid=other', 'sid=two')).status).toBe(403);
  });
});
