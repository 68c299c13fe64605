// Baidu AI Cloud CDN, Set the Access Authorization: its request bodies, and what a policy becomes of them.
import { policyFromRequestAuth, requestAuthFrom } from '../../../src/api/request-auth';
import { parsePolicy, type Policy } from '../../../src/policy/policy';

const K1 = 'JFSDKFJLS';
const K2 = 'JLFS2fjkd';
const remote = { auth_server: 'http://auth.example.com/' };
const signed = { url_signing: { type: 'D', key1: 'an-older-key' } };

function put(requestAuth: unknown, current: unknown = signed): Record<string, unknown> {
  const result = policyFromRequestAuth(current, { requestAuth });
  expect('problems' in result ? result.problems : []).toEqual([]);
  return (result as { policy: Record<string, unknown> }).policy;
}

function parsed(policy: unknown): Policy {
  const { policy: read, issues } = parsePolicy(JSON.stringify(policy), 'www.example.com.json');
  expect(issues).toEqual([]);
  return read!;
}

describe("the page's request examples", () => {
  test.each([
    [
      'example 1, type c with names',
      {
        type: 'c',
        key1: 'secretekey1',
        key2: 'secretekey2',
        timeout: 300,
        whiteList: ['/crossdomain.xml'],
        signArg: 'sign',
        timeArg: 't',
      },
      {
        preset: 'baidu',
        type: 'C',
        key1: 'secretekey1',
        key2: 'secretekey2',
        timeout: 300,
        white_list: ['/crossdomain.xml'],
        sign_arg: 'sign',
        time_arg: 't',
      },
    ],
    [
      'example 2, type B with a date',
      { type: 'B', key1: K1, key2: K2, delAuthKey: true, timeout: 1800, timestampMetric: 'yyyyMMDDhhmm' },
      {
        preset: 'baidu',
        type: 'B',
        key1: K1,
        key2: K2,
        timeout: 1800,
        timestamp_format: 'yyyyMMDDhhmm',
        keep_args_for_origin: false,
      },
    ],
    [
      'example 3, type A with decimal time',
      { type: 'A', key1: K1, key2: K2, delAuthKey: true, timeout: 1800, timestampMetric: 10 },
      {
        preset: 'baidu',
        type: 'A',
        key1: K1,
        key2: K2,
        timeout: 1800,
        timestamp_format: 'dec',
        keep_args_for_origin: false,
      },
    ],
  ])('%s', (_name, body, signing) => {
    expect(put(body)).toEqual({ url_signing: signing });
    parsed({ url_signing: signing });
  });

  test('example 4, an empty list, switches signing off in writing', () => {
    expect(put([])).toEqual({ url_signing: false });
  });
});

describe('what the operator wrote and the vendor cannot say', () => {
  const own = {
    scope: { exclude_paths: '/trailers/*' },
    deny_status: 404,
    methods: 'GET|HEAD',
    max_future: 60,
    time_zone: '+00:00',
    vendor_error_header: true,
  };
  const body = { type: 'A', key1: K1 };
  const written = { preset: 'baidu', type: 'A', key1: K1 };

  test('stays; what it can say is replaced', () => {
    const before = {
      ...own,
      preset: 'tencent',
      type: 'D',
      SecretKey: 'another-key',
      hash: 'sha256',
      timeout: 5,
      white_list: ['/x'],
      keep_args_for_origin: true,
    };
    const current = { $schema: '../policy.schema.json', remote_auth: remote, url_signing: before };
    expect(put(body, current)).toEqual({
      $schema: '../policy.schema.json',
      remote_auth: remote,
      url_signing: { ...written, ...own },
    });
    expect(current.url_signing).toBe(before);
  });

  test('a key file gives way to the key', () => {
    expect(put(body, { url_signing: { type: 'A', key_file: 'secret' } })).toEqual({ url_signing: written });
  });

  test.each([
    ['false', { url_signing: false }],
    ['absent beside remote_auth', { remote_auth: remote }],
  ])('url_signing may be %s', (_name, current) => {
    expect(put(body, current)).toEqual({ ...current, url_signing: written });
  });

  test('all of it goes when signing is switched off, remote_auth stays', () => {
    expect(put([], { remote_auth: remote, url_signing: own })).toEqual({
      remote_auth: remote,
      url_signing: false,
    });
  });
});

describe('enabled false', () => {
  const body = { type: 'A', key1: K1 };

  test('becomes true where nothing but url_signing would be switched on', () => {
    expect(put(body, { enabled: false, ...signed })).toMatchObject({ enabled: true });
    expect(put(body, { enabled: false, url_signing: false })).toMatchObject({ enabled: true });
  });

  test('is a reason to refuse beside remote_auth', () => {
    expect(policyFromRequestAuth({ enabled: false, remote_auth: remote }, { requestAuth: body })).toEqual({
      problems: [
        {
          pointer: '/requestAuth',
          expected: expect.stringMatching(/^"enabled": true in the policy.*remote_auth.*as well$/) as string,
          received: '"enabled": false',
        },
      ],
    });
  });

  test('stays when signing is switched off', () => {
    const current = { enabled: false, remote_auth: remote };
    expect(put([], current)).toEqual({ ...current, url_signing: false });
  });
});

describe('members that are let through', () => {
  test.each([
    ['timestampMetric 16', { type: 'A', timestampMetric: 16 }, 'hex'],
    ['timestampMetric "16"', { type: 'C', timestampMetric: '16' }, 'hex'],
    ['timestampMetric "10"', { type: 'B', timestampMetric: '10' }, 'dec'],
    ['timestampFormat hex', { type: 'A', timestampFormat: 'hex' }, 'hex'],
    ['both, alike', { type: 'A', timestampFormat: 'hex', timestampMetric: '16' }, 'hex'],
    ['neither, type A', { type: 'a' }, 'dec'],
    ['neither, type B', { type: 'b' }, 'yyyyMMDDhhmm'],
    ['neither, type C', { type: 'C' }, 'dec'],
  ])('%s', (_name, body, format) => {
    const policy = parsed(put({ ...body, key1: K1 }));
    expect(policy.urlSigning).toMatchObject({ type: body.type.toUpperCase(), timestampFormat: format });
  });

  test.each(['A', 'B'])('signArg and timeArg have no effect on type %s, whatever they say', (type) => {
    const policy = put({ type, key1: K1, signArg: 's s', timeArg: 's s' });
    expect(policy).toEqual({ url_signing: { preset: 'baidu', type, key1: K1 } });
  });

  test.each([
    [true, false],
    [false, true],
  ])('delAuthKey %s means that the origin sees the arguments: %s', (delAuthKey, keep) => {
    const { urlSigning } = parsed(put({ type: 'A', key1: K1, delAuthKey }));
    expect(urlSigning!.keepArgsForOrigin).toBe(keep);
  });

  test.each([
    ['6 characters', 'abcDE1'],
    ['32 characters', 'a'.repeat(32)],
  ])('a key of %s', (_name, key1) => {
    expect(put({ type: 'A', key1 })).toMatchObject({ url_signing: { key1 } });
  });
});

describe('is refused', () => {
  const good = { type: 'C', key1: K1 };
  const without = (name: string) =>
    Object.fromEntries(Object.entries(good).filter(([member]) => member !== name));
  test.each<[string, unknown, string, RegExp]>([
    ['no object', 5, '', /requestAuth/],
    ['null', null, '', /requestAuth/],
    ['a list', [], '', /requestAuth/],
    ['an empty object', {}, '/requestAuth', /an object with type and key1, or \[\]/],
    [
      'requestAuth with a space',
      { requestAuth: [], 'requestAuth ': [] },
      '/requestAuth ',
      /requestAuth alone/,
    ],
    ['another member beside it', { requestAuth: good, x: 1 }, '/x', /requestAuth alone/],
    ['null as requestAuth', { requestAuth: null }, '/requestAuth', /an object/],
    ['false as requestAuth', { requestAuth: false }, '/requestAuth', /an object/],
    ['a list that is not empty', { requestAuth: [good] }, '/requestAuth', /\[\] to switch/],
    ['no type', { requestAuth: without('type') }, '/requestAuth/type', /^"A", "B" or "C"$/],
    ['no key1', { requestAuth: without('key1') }, '/requestAuth/key1', /6-32 letters and digits/],
    ['type D', { requestAuth: { ...good, type: 'D' } }, '/requestAuth/type', /^"A", "B" or "C"$/],
    ['type AB', { requestAuth: { ...good, type: 'AB' } }, '/requestAuth/type', /^"A", "B" or "C"$/],
    ['a list as type', { requestAuth: { ...good, type: ['A'] } }, '/requestAuth/type', /^"A"/],
    ['a key of 5', { requestAuth: { ...good, key1: 'abcde' } }, '/requestAuth/key1', /6-32/],
    ['a key of 33', { requestAuth: { ...good, key2: 'a'.repeat(33) } }, '/requestAuth/key2', /6-32/],
    ['a key with a hyphen', { requestAuth: { ...good, key1: 'abc-def' } }, '/requestAuth/key1', /6-32/],
    ['a key and a newline', { requestAuth: { ...good, key1: 'abcdef\n' } }, '/requestAuth/key1', /6-32/],
    ['key2 null', { requestAuth: { ...good, key2: null } }, '/requestAuth/key2', /6-32/],
    ['the key twice', { requestAuth: { ...good, key2: K1 } }, '/requestAuth/key2', /two keys/],
    ['a key that begins so', { requestAuth: { ...good, key2: K1 + 'x' } }, '/requestAuth/key2', /two/],
    ['timeout as text', { requestAuth: { ...good, timeout: '300' } }, '/requestAuth/timeout', /seconds/],
    ['timeout -1', { requestAuth: { ...good, timeout: -1 } }, '/requestAuth/timeout', /0-630720000/],
    ['timeout 630720001', { requestAuth: { ...good, timeout: 630720001 } }, '/requestAuth/timeout', /0-6/],
    ['timeout 1.5', { requestAuth: { ...good, timeout: 1.5 } }, '/requestAuth/timeout', /whole number/],
    ['whiteList as text', { requestAuth: { ...good, whiteList: '/a' } }, '/requestAuth/whiteList', /a list/],
    [
      'a path without a slash',
      { requestAuth: { ...good, whiteList: ['/a', 'b'] } },
      '/requestAuth/whiteList/1',
      /a path/,
    ],
    [
      'a path twice',
      { requestAuth: { ...good, whiteList: ['/a', '/a'] } },
      '/requestAuth/whiteList/1',
      /once/,
    ],
    [
      'a path with conf syntax',
      { requestAuth: { ...good, whiteList: ['/a;}'] } },
      '/requestAuth/whiteList/0',
      /a path/,
    ],
    [
      '1001 paths',
      { requestAuth: { ...good, whiteList: Array.from({ length: 1001 }, (_, i) => `/${i}`) } },
      '/requestAuth/whiteList',
      /paths/,
    ],
    [
      'signArg 5 on type A',
      { requestAuth: { ...good, type: 'A', signArg: 5 } },
      '/requestAuth/signArg',
      /text/,
    ],
    ['signArg with a dash', { requestAuth: { ...good, signArg: 'a-b' } }, '/requestAuth/signArg', /a name/],
    ['timeArg empty', { requestAuth: { ...good, timeArg: '' } }, '/requestAuth/timeArg', /a name/],
    [
      'one name for both',
      { requestAuth: { ...good, signArg: 'x', timeArg: 'x' } },
      '/requestAuth/timeArg',
      /two names/,
    ],
    ['signArg t alone', { requestAuth: { ...good, signArg: 't' } }, '/requestAuth/signArg', /two names/],
    [
      'a date on type C',
      { requestAuth: { ...good, timestampMetric: 'yyyyMMDDhhmm' } },
      '/requestAuth/timestampMetric',
      /only type B/,
    ],
    [
      'a date on type A',
      { requestAuth: { ...good, type: 'a', timestampFormat: 'yyyyMMDDhhmm' } },
      '/requestAuth/timestampFormat',
      /only type B/,
    ],
    [
      'timestampMetric 8',
      { requestAuth: { ...good, timestampMetric: 8 } },
      '/requestAuth/timestampMetric',
      /10/,
    ],
    [
      'timestampMetric dec',
      { requestAuth: { ...good, timestampMetric: 'dec' } },
      '/requestAuth/timestampMetric',
      /10, 16/,
    ],
    [
      'timestampFormat 10',
      { requestAuth: { ...good, timestampFormat: 10 } },
      '/requestAuth/timestampFormat',
      /"dec"/,
    ],
    [
      'two formats',
      { requestAuth: { ...good, timestampFormat: 'dec', timestampMetric: 16 } },
      '/requestAuth/timestampMetric',
      /timestampFormat/,
    ],
    ['delAuthKey 1', { requestAuth: { ...good, delAuthKey: 1 } }, '/requestAuth/delAuthKey', /true or false/],
    ['an unknown member', { requestAuth: { ...good, ttl: 1 } }, '/requestAuth/ttl', /known member: type, /],
    ['our own name', { requestAuth: { ...good, sign_arg: 'x' } }, '/requestAuth/sign_arg', /known member/],
    ['a slash in a name', { requestAuth: { ...good, 'a/~b': 1 } }, '/requestAuth/a~1~0b', /known member/],
    [
      '__proto__',
      { requestAuth: JSON.parse(`{"type":"A","key1":"${K1}","__proto__":{"x":1}}`) as unknown },
      '/requestAuth/__proto__',
      /known member/,
    ],
    ['constructor', { requestAuth: { ...good, constructor: 1 } }, '/requestAuth/constructor', /known member/],
  ])('%s', (_name, body, pointer, expected) => {
    const result = policyFromRequestAuth(signed, body);
    expect(result).toEqual({
      problems: [
        {
          pointer,
          expected: expect.stringMatching(expected) as string,
          received: expect.any(String) as string,
        },
      ],
    });
  });

  test('every fault is told at once', () => {
    const body = { requestAuth: { type: 'E', key1: 'x', timeout: '5', more: 1 } };
    const result = policyFromRequestAuth(signed, body) as { problems: { pointer: string }[] };
    expect(result.problems.map(({ pointer }) => pointer)).toEqual(
      ['type', 'key1', 'timeout', 'more'].map((name) => `/requestAuth/${name}`),
    );
  });

  test.each([
    ['that is no object', []],
    ['with a fault beside url_signing', { remote_auth: { ...remote, timeout_ms: 0 } }],
    ['with a fault in a field that stays', { url_signing: { deny_status: 1 } }],
  ])('a policy %s, which no pointer of the body leads to', (_name, current) => {
    const result = policyFromRequestAuth(current, { requestAuth: { type: 'A', key1: K1 } });
    expect(result).toMatchObject({ problems: [{ pointer: '' }] });
  });

  test('without a key in any problem, wherever it was put', () => {
    const secrets = ['aFirstSecret1', 'aSecondSecret2', 'an-older-key'];
    const [key1, key2, old] = secrets as [string, string, string];
    const requestAuth = {
      type: key1,
      key1: `${key1}-`,
      key2,
      timeout: key2,
      whiteList: [`/${key2}`],
      signArg: { key1 },
      [key2]: old,
      timestampFormat: key2,
    };
    const bodies = [
      { requestAuth },
      { requestAuth: [requestAuth] },
      { requestAuth: { type: 'A', key1, whiteList: [key1, `/${key1}`, `/${key1}`] } },
      { requestAuth: { type: 'A', key1, key2: key1 } },
      { requestAuth: { type: 'C', key1, signArg: old, timeArg: `${key1}?` } },
    ];
    for (const body of bodies) {
      const result = policyFromRequestAuth(signed, body);
      expect(result).toHaveProperty('problems');
      for (const secret of secrets.slice(1)) expect(JSON.stringify(result)).not.toContain(secret);
    }
    expect(JSON.stringify(bodies.slice(1).map((body) => policyFromRequestAuth(signed, body)))).not.toContain(
      key1,
    );
  });
});

describe('what a GET answers', () => {
  const of = (policy: object, isMasked = false) => requestAuthFrom(parsed(policy), isMasked);

  test.each([
    ['url_signing is false', { url_signing: false }],
    ['there is only remote_auth', { remote_auth: remote }],
    ['the policy is switched off', { enabled: false, ...signed }],
  ])('[] where %s', (_name, policy) => {
    expect(of(policy)).toEqual({ requestAuth: [] });
  });

  const full = { type: 'C', key1: K1, key2: K2, timeout: 300, whiteList: ['/crossdomain.xml'] };
  const shown = { ...full, signArg: 'sign', timeArg: 't', timestampFormat: 'dec', timestampMetric: 10 };

  test('every member for type C', () => {
    expect(of(put(full))).toEqual({ requestAuth: { ...shown, delAuthKey: true } });
  });

  test('keys as dots that no PUT takes', () => {
    const answer = of(put(full), true);
    expect(answer).toEqual({ requestAuth: { ...shown, key1: '••••••', key2: '••••••', delAuthKey: true } });
    expect(policyFromRequestAuth(signed, answer)).toHaveProperty('problems');
  });

  test('no optional member that is not there, nor a key that was not read', () => {
    expect(of({ url_signing: { type: 'b', key_file: 'x' } })).toEqual({
      requestAuth: {
        type: 'B',
        timeout: 1800,
        timestampFormat: 'yyyyMMDDhhmm',
        timestampMetric: 'yyyyMMDDhhmm',
        delAuthKey: true,
      },
    });
  });
});
