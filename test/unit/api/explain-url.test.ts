// POST /v1/policies/{domain}/verify says what `edge-auth explain` says.
import { createHash } from 'node:crypto';
import { explainUrl } from '../../../src/api/explain-url';
import { parsePolicy, type Policy } from '../../../src/policy/policy';
import { runHere } from '../signing/in-process';
import { AT, KEY1, KEY2, openPolicyFolder } from '../signing/policy-folder';
import { named, policyFileOf, unixOf } from '../signing/vector';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const A = `/a?auth_key=${AT}-0-0-${md5(`/a-${AT}-0-0-${KEY1}`)}`;
const C = `/${md5(`${KEY1}/a6553f100`)}/6553f100/a`;

function policyOf(written: object): Policy {
  const { policy, issues } = parsePolicy(JSON.stringify(written), 'www.example.com.json');
  expect(issues).toEqual([]);
  return policy!;
}
const a = policyOf({ url_signing: { type: 'A', key1: KEY1, key2: KEY2 } });
const explain = (request: unknown, policy = a, now = AT) => {
  const answer = explainUrl(policy, policy.urlSigning!.keys, request, now);
  for (const key of [KEY1, KEY2]) expect(JSON.stringify(answer)).not.toContain(key);
  return answer;
};

const folder = openPolicyFolder(runHere);
afterAll(() => folder.remove());

/** The lines of the CLI's output as steps, the file's name as the domain. */
function stepsOf(stdout: string, file: string): object[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => ({
      step: line.slice(0, 12).trimEnd(),
      text: line.slice(13).replace(file, 'www.example.com'),
    }));
}

test.each<[string, object, object, string, string?]>([
  ['a URL of type A', { type: 'A' }, {}, A],
  ['one that has expired', { type: 'A' }, { at: AT + 1801 }, A],
  ['another method', { type: 'A' }, { method: 'POST' }, A],
  ['a path form of type C', { type: 'C' }, {}, `https://www.example.com${C}?b=1`],
  ['another hash', { type: 'A' }, {}, A.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))],
  ['no signature', { type: 'C' }, {}, '/a'],
  ['a path that is served as another', { type: 'A' }, {}, A.replace('/a', '//a')],
  ['the white list', { type: 'A', white_list: ['/a'] }, {}, '/a?b=1'],
  ['a space', { type: 'A' }, {}, `${A}&c=d e`],
  ['a fragment', { type: 'A' }, {}, `${A}#x`],
  ['two of one argument', { type: 'A' }, {}, `${A}&auth_key=1`],
  ['what no terminal shows', { type: 'A' }, {}, `/\u200b\u202e?x`],
  ['a common mistake', { type: 'A' }, {}, `/%E8%A7%86?auth_key=${AT}-0-0-${md5(`/视-${AT}-0-0-${KEY1}`)}`],
])('it says the same as the command line about %s', async (_name, signing, request, url) => {
  const keys = { key1: KEY1, key2: KEY2 };
  const file = folder.put('www.example.com.json', { url_signing: { ...keys, ...signing } });
  const { at = AT, method = 'GET' } = request as { at?: number; method?: string };
  const { stdout } = await runHere(
    ...['explain', '--policy', file, '--at', String(at), '--method', method],
    url,
  );
  const { stdout: verdict } = await runHere(
    ...['verify', '--policy', file, '--at', String(at), '--method', method],
    url,
  );
  const { verdict: decision, ...more } = JSON.parse(verdict) as Record<string, unknown>;
  expect(explain({ url, ...request }, policyOf({ url_signing: { ...keys, ...signing } }))).toEqual({
    decision,
    ...more,
    steps: stepsOf(stdout, file),
  });
});

test.each(named)('it allows %s', (_name, vector) => {
  const policy = policyOf(policyFileOf(vector));
  const request = { url: vector.signed_url, at: unixOf(vector) };
  const answer = explainUrl(policy, policy.urlSigning!.keys, request, 0);
  expect(answer).toMatchObject({ decision: 'allow', reason: 'signed', clean_url: vector.url });
});

test('the hash that would be right is not told', () => {
  const wrong = `/a?auth_key=${AT}-0-0-${'0'.repeat(32)}`;
  const told = JSON.stringify(explain({ url: wrong }));
  expect(told).toContain('<key1>');
  for (const key of [KEY1, KEY2]) expect(told).not.toContain(md5(`/a-${AT}-0-0-${key}`));
});

test('a policy that is switched off is judged as if it were on, and says so', () => {
  const policy = policyOf({ enabled: false, url_signing: { type: 'A', key1: KEY1 } });
  const off = { step: 'switched off', text: expect.stringContaining('allows every request') as string };
  expect(explain({ url: '/a' }, policy)).toMatchObject({
    decision: 'deny',
    steps: [off, {}, {}, {}, {}, {}, {}, {}, {}],
  });
});

describe('the clock', () => {
  test.each<[string, unknown, string]>([
    ['is now unless given', undefined, 'allow'],
    ['is unix seconds', AT + 1800, 'allow'],
    ['is unix seconds as text', String(AT + 1801), 'deny'],
    ['is a date in UTC', '2023-11-14T22:43:20Z', 'allow'],
    ['is a date in another zone', '2023-11-15T06:43:21+08:00', 'deny'],
    ['is at the beginning', 0, 'deny'],
  ])('%s', (_name, at, decision) => {
    expect(explain({ url: A, ...(at !== undefined && { at }) }, a, AT + 0.9)).toMatchObject({ decision });
  });
});

describe('it refuses', () => {
  test.each<[string, unknown, string[]]>([
    ['null', null, ['', '/url']],
    ['a list', [], ['', '/url']],
    ['no url', {}, ['/url']],
    ['a number as url', { url: 5 }, ['/url']],
    ['another scheme', { url: 'ftp://a/b' }, ['/url']],
    ['a relative URL', { url: 'a' }, ['/url']],
    ['an empty text', { url: '' }, ['/url']],
    ['a newline at the end', { url: `${A}\n` }, ['/url']],
    ['a NUL', { url: '/\u0000' }, ['/url']],
    ['a space in the host', { url: 'http://a b/' }, ['/url']],
    ['a backslash in the host', { url: 'http://a\\b/' }, ['/url']],
    ['a method in lower case', { url: '/a', method: 'get' }, ['/method']],
    ['a method with a newline', { url: '/a', method: 'GET\n' }, ['/method']],
    ['a list as method', { url: '/a', method: ['GET'] }, ['/method']],
    ['a time that is none', { url: '/a', at: 'now' }, ['/at']],
    ['a date without a zone', { url: '/a', at: '2026-01-02T03:04:05' }, ['/at']],
    ['a time before 1970', { url: '/a', at: -1 }, ['/at']],
    ['a fraction', { url: '/a', at: 1.5 }, ['/at']],
    ['null as time', { url: '/a', at: null }, ['/at']],
    ['13 digits', { url: '/a', at: 1e12 }, ['/at']],
    ['an unknown member', { url: '/a', policy: {} }, ['/policy']],
    ['all at once', { url: 1, method: 1, at: 'x', 'a/b': 1 }, ['/a~1b', '/url', '/method', '/at']],
  ])('%s', (_name, request, pointers) => {
    const answer = explain(request) as { problems: { pointer: string }[] };
    expect(answer.problems.map(({ pointer }) => pointer)).toEqual(pointers);
  });

  test('a policy without url_signing', () => {
    const remote = policyOf({ remote_auth: { auth_server: 'http://a' } });
    expect(explainUrl(remote, [], { url: '/a' }, AT)).toMatchObject({ problems: [{ pointer: '' }] });
  });
});
