import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { livePolicy, remoteShape } from '../../../src/policy/live-policy';
import { parsePolicy, type Policy } from '../../../src/policy/policy';
import { FakeEdge, READ } from './fake-edge';

const KEY = 'a-long-primary-key';
const SIGNED = { url_signing: { type: 'A', key1: KEY } };
const ASKED = {
  remote_auth: { auth_server: 'http://auth.test/a', add_headers: { 'X-Pass': 'hunter2-hunter2' } },
};
const AT = '/v1/policies/a.test';

const written = (policy: unknown): string => JSON.stringify(policy, null, 2) + '\n';
const tagOf = (text: string): string => `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"`;
const shapeOf = (policy: unknown): string =>
  remoteShape(parsePolicy(JSON.stringify(policy), 'a.test.json').policy as Policy);

let edge: FakeEdge;
const put = (value: unknown, headers: [string, string][] = []) =>
  edge.ask({ method: 'PUT', target: AT, value, headers });
const fileText = (domain = 'a.test'): string =>
  readFileSync(path.join(edge.folder, `${domain}.json`), 'utf8');
const everything = (): string[] => readdirSync(edge.folder, { recursive: true }).map(String).sort();

afterEach(() => edge.remove());

describe('PUT of a policy', () => {
  beforeEach(() => (edge = new FakeEdge()));

  test('writes the file, its compiled copy and the shared one, and nothing else', () => {
    const answer = put(SIGNED);
    const text = written(SIGNED);
    expect(answer.status).toBe(201);
    expect(answer.value).toEqual({
      domain: 'a.test',
      etag: tagOf(text),
      reload_required: true,
      reload_fields: [''],
    });
    expect(answer.headers['ETag']).toBe(tagOf(text));
    expect(fileText()).toBe(text);
    const live = livePolicy(parsePolicy(text, 'a.test.json').policy as Policy, text);
    expect(readFileSync(path.join(edge.folder, '.live/a.test'), 'utf8')).toBe(live);
    expect(edge.liveText('a.test')).toBe(live);
    expect(everything()).toEqual(['.live', '.live/a.test', 'a.test.json']);
    expect(statSync(path.join(edge.folder, 'a.test.json')).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(edge.folder, '.live/a.test')).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(edge.folder, '.live')).mode & 0o777).toBe(0o700);
    expect(edge.locks.entries.size).toBe(0);
  });

  test('over one that is there says 200, and needs no reload where the question stays', () => {
    edge.render(`a.test -\n`);
    put(SIGNED);
    const answer = put({ url_signing: { type: 'A', key1: 'another-primary-key' } });
    expect(answer.status).toBe(200);
    expect(answer.value).toMatchObject({ reload_required: false, reload_fields: [] });
  });

  test('names what waits for a reload', () => {
    edge.render(`b.test x\na.test ${shapeOf(ASKED)}\n`);
    expect(put(ASKED).value).toMatchObject({ reload_required: false, reload_fields: [] });
    const slower = { remote_auth: { ...ASKED.remote_auth, timeout_ms: 100 }, ...SIGNED };
    expect(put(slower).value).toMatchObject({
      reload_required: true,
      reload_fields: ['/remote_auth/timeout_ms'],
    });
    const laxer = { remote_auth: { ...ASKED.remote_auth, success_status: ['2xx', 304] } };
    expect(put(laxer).value).toMatchObject({ reload_required: false });
    // To ask nobody any more takes no reload.
    expect(put({ enabled: false, ...slower }).value).toMatchObject({ reload_required: false });
  });

  test('that would leave the domain open until the reload is refused', () => {
    edge.render('a.test -\n');
    put(SIGNED);
    const before = fileText();
    const answer = put(ASKED);
    expect(answer).toMatchObject({ status: 409, value: { code: 'ReloadRequired' } });
    expect(fileText()).toBe(before);
    expect(put({ ...SIGNED, ...ASKED }).status).toBe(200);
    edge.render(`a.test ${shapeOf(ASKED)}\n`);
    expect(put(ASKED).status).toBe(200);
  });

  test('that has a fault names each field, and changes nothing', () => {
    const answer = put({ url_signing: { type: 'A', key1: 'short' }, enabeld: true });
    expect(answer.status).toBe(400);
    expect(answer.value).toMatchObject({
      code: 'InappropriateJSON',
      requestId: '00000000-0000-0000-0000-000000000001',
      problems: expect.arrayContaining([
        expect.objectContaining({ pointer: '/url_signing/key1' }),
        expect.objectContaining({ pointer: '/enabeld' }),
      ]) as unknown,
    });
    expect(answer.text).not.toContain('"file"');
    expect(everything()).toEqual([]);
    expect(edge.changes).toEqual([]);
  });

  test('may name no auth server that is a domain of this edge, whatever its length', () => {
    edge.write('b.test', SIGNED);
    const asking = (host: string) => ({ ...SIGNED, remote_auth: { auth_server: `http://${host}` } });
    for (const host of ['a.test', 'b.test', 'B.TEST.'])
      expect(put(asking(host))).toMatchObject({
        status: 400,
        value: { problems: [{ pointer: '/remote_auth/auth_server' }] },
      });
    edge.allowed = 'b.test:80';
    expect(put(asking('b.test')).status).toBe(201);
    const longest = Array.from({ length: 4 }, () => 'x'.repeat(62)).join('.') + '.x';
    expect(put(asking(longest)).status).toBe(200);
  });

  test('repairs a file that somebody broke', () => {
    edge.write('a.test', '{"url_signing":');
    expect(edge.ask({ target: AT })).toMatchObject({ status: 409, value: { code: 'FaultyPolicyFile' } });
    expect(put(SIGNED).status).toBe(200);
    expect(edge.ask({ target: AT }).value).toEqual(SIGNED);
  });
});

describe('a body that is no policy:', () => {
  beforeEach(() => (edge = new FakeEdge({ 'a.test': SIGNED })));

  test.each<[string, string | Buffer, number, string]>([
    ['nothing', '', 400, 'MalformedJSON'],
    ['spaces', '  ', 400, 'MalformedJSON'],
    ['half of it', '{"url_signing":{"type":"A"', 400, 'MalformedJSON'],
    ['a byte order mark', '\ufeff' + JSON.stringify(SIGNED), 400, 'MalformedJSON'],
    ['bytes that are not UTF-8', Buffer.from('{"$schema":"\xff"}', 'latin1'), 400, 'MalformedJSON'],
    ['an overlong slash', Buffer.from('{"$schema":"\xc0\xaf"}', 'latin1'), 400, 'MalformedJSON'],
    ['a surrogate in UTF-8', Buffer.from('{"$schema":"\xed\xa0\x80"}', 'latin1'), 400, 'MalformedJSON'],
    ['a raw NUL', '{"$schema":"\0"}', 400, 'MalformedJSON'],
    ['two values', '{} {}', 400, 'MalformedJSON'],
    ['a comment', '{/**/}', 400, 'MalformedJSON'],
    ['33 levels', '['.repeat(33) + ']'.repeat(33), 400, 'MalformedJSON'],
    ['32,768 levels', '['.repeat(32_768) + ']'.repeat(32_768), 400, 'MalformedJSON'],
    ['65,537 bytes', ' '.repeat(65_537), 413, 'RequestTooLarge'],
    ['null', 'null', 400, 'InappropriateJSON'],
    ['a list', '[]', 400, 'InappropriateJSON'],
    ['a text', '"x"', 400, 'InappropriateJSON'],
    ['an empty object', '{}', 400, 'InappropriateJSON'],
    ['a key twice', '{"enabled":false,"enabled":false}', 400, 'InappropriateJSON'],
    ['a key twice, once in disguise', '{"enabled":false,"\\u0065nabled":false}', 400, 'InappropriateJSON'],
    ['__proto__', '{"__proto__":{"enabled":false}}', 400, 'InappropriateJSON'],
    ['__proto__ beside a policy', '{"__proto__":{},"enabled":false}', 400, 'InappropriateJSON'],
    ['constructor', '{"constructor":{"prototype":{}},"enabled":false}', 400, 'InappropriateJSON'],
    [
      '__proto__ below',
      '{"url_signing":{"type":"A","__proto__":{"key1":"a-long-key"}}}',
      400,
      'InappropriateJSON',
    ],
    [
      'an escaped NUL in a key',
      '{"url_signing":{"type":"A","key1":"abcdef\\u0000"}}',
      400,
      'InappropriateJSON',
    ],
    ['a semicolon in a key', '{"url_signing":{"type":"A","key1":"abcdef;"}}', 400, 'InappropriateJSON'],
    ['64 KiB of lists', '[' + '[],'.repeat(21_000) + '[]]', 400, 'MalformedJSON'],
  ])('%s', (_, body, status, code) => {
    const before = everything();
    const answer = edge.ask({ method: 'PUT', target: AT, body });
    expect(answer).toMatchObject({ status, value: { code } });
    expect(answer.text.length).toBeLessThan(3_000);
    expect(everything()).toEqual(before);
    expect(fileText()).toBe(JSON.stringify(SIGNED));
    expect(edge.errors).toEqual([]);
  });

  test('exactly 65,536 bytes may be one', () => {
    const body = JSON.stringify(SIGNED).padEnd(65_536);
    expect(edge.ask({ method: 'PUT', target: AT, body }).status).toBe(200);
  });
});

describe('If-Match and If-None-Match', () => {
  const now = tagOf(JSON.stringify(SIGNED));
  beforeEach(() => (edge = new FakeEdge({ 'a.test': SIGNED })));

  test.each<[string, [string, string][], number]>([
    ['the tag of the file', [['If-Match', now]], 200],
    ['a list with it', [['If-Match', `"x", ${now}`]], 200],
    [
      'two headers, one with it',
      [
        ['If-Match', '"x"'],
        ['if-match', now],
      ],
      200,
    ],
    ['any', [['If-Match', '*']], 200],
    ['another tag', [['If-Match', '"x"']], 412],
    ['the tag in weak form', [['If-Match', `W/${now}`]], 412],
    ['the tag without quotes', [['If-Match', now.slice(1, -1)]], 412],
    ['a part of the tag', [['If-Match', now.slice(0, -2) + '"']], 412],
    ['nothing', [['If-Match', '']], 412],
    ['none may be there', [['If-None-Match', '*']], 412],
    ['not this one', [['If-None-Match', now]], 412],
    ['not another one', [['If-None-Match', '"x"']], 200],
  ])('%s', (_, headers, status) => {
    for (const method of ['PUT', 'DELETE']) {
      const answer = edge.ask({ method, target: AT, value: SIGNED, headers });
      expect(answer.status).toBe(status);
      if (status === 412) expect(answer.value).toMatchObject({ code: 'PreconditionFailed' });
      expect(existsSync(path.join(edge.folder, 'a.test.json'))).toBe(method === 'PUT' || status === 412);
      edge.write('a.test', SIGNED);
    }
  });

  test.each<[string, [string, string][], number]>([
    ['any that is there', [['If-Match', '*']], 412],
    ['a tag', [['If-Match', now]], 412],
    ['none may be there', [['If-None-Match', '*']], 201],
  ])('of a domain without a policy: %s', (_, headers, status) => {
    const target = '/v1/policies/b.test';
    expect(edge.ask({ method: 'PUT', target, value: SIGNED, headers }).status).toBe(status);
  });
});

describe('GET of a policy', () => {
  const policy = {
    url_signing: { auth_type: 'type_a', auth_key1: KEY, SecretKey2: undefined },
    remote_auth: {
      auth_server: 'http://auth.test',
      add_headers: { 'X-Pass': 'hunter2-hunter2', 'X-Ip': '$remote_addr' },
      add_args: 'token=$arg_token|pass=hunter3-hunter3',
    },
  };
  beforeEach(() => (edge = new FakeEdge({ 'a.test': policy })));

  test('with a token that may write says everything', () => {
    const answer = edge.ask({ target: AT });
    expect(answer.value).toEqual(policy);
    expect(answer.headers).toMatchObject({
      ETag: tagOf(JSON.stringify(policy)),
      'X-Edge-Auth-Reload-Required': 'true',
      'Content-Type': 'application/json; charset=utf-8',
    });
    edge.render(`a.test ${shapeOf(policy)}\n`);
    expect(edge.ask({ target: AT }).headers['X-Edge-Auth-Reload-Required']).toBe('false');
  });

  test('with a token that may only read keeps the secrets, and cannot be put back', () => {
    const answer = edge.ask({ target: AT, token: READ });
    expect(answer.value).toEqual({
      url_signing: { auth_type: 'type_a', auth_key1: '••••••' },
      remote_auth: {
        ...policy.remote_auth,
        add_headers: { 'X-Pass': '••••••', 'X-Ip': '$remote_addr' },
        add_args: '••••••',
      },
    });
    expect(put(answer.value)).toMatchObject({ status: 400 });
  });

  test.each<[string, number]>([
    [tagOf(JSON.stringify(policy)), 304],
    ['W/' + tagOf(JSON.stringify(policy)), 304],
    ['*', 304],
    ['"x"', 200],
  ])('If-None-Match %s: %d', (tag, status) => {
    const answer = edge.ask({ target: AT, headers: [['If-None-Match', tag]] });
    expect(answer.status).toBe(status);
    expect(answer.text === '').toBe(status === 304);
    expect(answer.headers['ETag']).toBe(tagOf(JSON.stringify(policy)));
  });

  test('of a domain without one', () => {
    expect(edge.ask({ target: '/v1/policies/b.test' })).toMatchObject({
      status: 404,
      value: { code: 'NoSuchDomain' },
    });
  });
});

describe('GET of the list', () => {
  test('is sorted, in pages, and of policies only', () => {
    const domains = ['b.test', 'a.test', 'c.test', 'a-a.test', '1.test'];
    edge = new FakeEdge(Object.fromEntries(domains.map((domain) => [domain, SIGNED])));
    for (const name of ['.d.test.tmp', '.e.test.json', 'README.md', 'Upper.test.json', 'no domain.json'])
      writeFileSync(path.join(edge.folder, name), '');
    mkdirSync(path.join(edge.folder, '.live'));
    const sorted = [...domains].sort();
    expect(edge.ask({ target: '/v1/policies' }).value).toEqual({ domains: sorted });
    expect(edge.ask({ target: '/v1/policies?limit=2' }).value).toEqual({
      domains: sorted.slice(0, 2),
      next: sorted[1],
    });
    const rest = edge.ask({ target: `/v1/policies?limit=3&after=${sorted[1]?.toUpperCase()}` });
    expect(rest.value).toEqual({ domains: sorted.slice(2) });
    expect(edge.ask({ target: '/v1/policies?after=z.test' }).value).toEqual({ domains: [] });
  });
});

describe('DELETE of a policy', () => {
  test('closes the domain, and leaves nothing behind', () => {
    edge = new FakeEdge();
    put(SIGNED);
    writeFileSync(path.join(edge.folder, '.live/.a.test.next'), 'of a change that was killed');
    const answer = edge.ask({ method: 'DELETE', target: AT });
    expect(answer).toMatchObject({ status: 200, value: { domain: 'a.test', reload_required: true } });
    expect(everything()).toEqual(['.live']);
    expect(edge.liveText('a.test')).toBe('missing');
    expect(edge.ask({ method: 'DELETE', target: AT })).toMatchObject({ status: 404 });
    expect(edge.locks.entries.size).toBe(0);
  });
});

describe('when something is in the way', () => {
  beforeEach(() => (edge = new FakeEdge({ 'a.test': SIGNED })));

  test('another writer has the domain', () => {
    edge.locks.add('a.test', 'another request');
    for (const method of ['PUT', 'DELETE'])
      expect(edge.ask({ method, target: AT, value: SIGNED })).toMatchObject({
        status: 409,
        value: { code: 'Conflict' },
      });
    expect(edge.locks.get('a.test')).toBe('another request');
    expect(edge.ask({ method: 'PUT', target: '/v1/policies/b.test', value: SIGNED }).status).toBe(201);
  });

  test('what a killed writer left is no obstacle, and does not stay', () => {
    mkdirSync(path.join(edge.folder, '.live'));
    for (const name of ['.live/.a.test.tmp', '.live/.a.test.next', '.a.test.tmp'])
      writeFileSync(path.join(edge.folder, name), 'half of', { mode: 0o666 });
    expect(put({ ...SIGNED, enabled: false }).status).toBe(200);
    expect(everything()).toEqual(['.live', '.live/a.test', 'a.test.json']);
    expect(statSync(path.join(edge.folder, 'a.test.json')).mode & 0o777).toBe(0o600);
  });

  test('the policy file cannot be replaced: 500, and nothing is left behind', () => {
    mkdirSync(path.join(edge.folder, '.a.test.tmp/x'), { recursive: true });
    const before = everything();
    const answer = put({ ...SIGNED, enabled: false });
    expect(answer).toMatchObject({ status: 500, value: { code: 'InternalError' } });
    expect(answer.text).not.toContain(edge.folder);
    expect(everything()).toEqual([...before, '.live'].sort());
    expect(fileText()).toBe(JSON.stringify(SIGNED));
    expect(edge.liveText('a.test')).toBeUndefined();
    expect(edge.changes).toEqual([]);
    expect(edge.errors).toHaveLength(1);
    expect(edge.locks.entries.size).toBe(0);
  });

  test('the compiled copy cannot take its place: the change is made, under its other name', () => {
    mkdirSync(path.join(edge.folder, '.live/a.test/x'), { recursive: true });
    expect(put({ ...SIGNED, enabled: false }).status).toBe(200);
    expect(JSON.parse(fileText())).toMatchObject({ enabled: false });
    expect(readFileSync(path.join(edge.folder, '.live/.a.test.next'), 'utf8')).toBe(edge.liveText('a.test'));
    expect(edge.errors.join()).toMatch(/the change is made/);
  });

  test('shared memory is full: what it held before is gone', () => {
    put(SIGNED);
    edge.live.set = () => {
      throw new Error('SharedMemoryError');
    };
    expect(put({ ...SIGNED, enabled: false }).status).toBe(200);
    expect(edge.liveText('a.test')).toBeUndefined();
    expect(edge.errors.join()).toMatch(/SharedMemoryError/);
  });

  test('the folder is gone', () => {
    edge.remove();
    expect(edge.ask({ target: '/v1/policies' })).toMatchObject({ status: 500 });
    expect(edge.ask({ target: AT })).toMatchObject({ status: 404 });
    expect(put(SIGNED)).toMatchObject({ status: 500 });
  });
});

describe('a key file', () => {
  const policy = { url_signing: { type: 'A', key_file: 'a.key' } };
  beforeEach(() => {
    edge = new FakeEdge({ 'a.test': policy });
    writeFileSync(path.join(edge.folder, 'a.key'), KEY + '\n');
  });

  test('that the policy names stays, and its key is compiled', () => {
    expect(put({ url_signing: { ...policy.url_signing, timeout: 5 } }).status).toBe(200);
    expect(edge.liveText('a.test')).toContain(KEY);
    expect(edge.ask({ target: AT }).text).not.toContain(KEY);
  });

  test.each(['/etc/passwd', '../a.key', './a.key', 'b.key', '/dev/stdin'])('is not changed to %s', (file) => {
    const answer = put({ url_signing: { type: 'A', key_file: file } });
    expect(answer).toMatchObject({
      status: 400,
      value: { problems: [{ pointer: '/url_signing/key_file' }] },
    });
    const created = edge.ask({
      method: 'PUT',
      target: '/v1/policies/b.test',
      value: { url_signing: { type: 'A', key_file: 'a.key' } },
    });
    expect(created.status).toBe(400);
  });

  test('that is no key file: nothing is changed, and its path is not told', () => {
    for (const content of ['no key', 'x'.repeat(301)]) {
      writeFileSync(path.join(edge.folder, 'a.key'), content);
      const answer = put({ url_signing: { ...policy.url_signing, timeout: 5 } });
      expect(answer).toMatchObject({ status: 409, value: { code: 'KeyFileUnreadable' } });
      expect(answer.text).not.toContain(edge.folder);
      expect(fileText()).toBe(JSON.stringify(policy));
    }
  });
});

describe('the log of changes', () => {
  test('says who, what, and nothing secret', () => {
    edge = new FakeEdge({ 'a.test': SIGNED });
    const before = tagOf(fileText()).slice(1, -1);
    const answer = put({ url_signing: { type: 'A', key1: 'another-primary-key', timeout: 60 }, ...ASKED });
    const line = edge.changes[0] as string;
    expect(JSON.parse(line)).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown,
      request_id: '00000000-0000-0000-0000-000000000001',
      who: expect.stringMatching(/^write [0-9a-f]{8} 127\.0\.0\.1$/) as unknown,
      method: 'PUT',
      path: AT,
      domain: 'a.test',
      before,
      after: answer.headers['ETag']?.slice(1, -1),
      changes: [
        { pointer: '/url_signing/key1', before: '…', after: '…' },
        { pointer: '/url_signing/timeout', after: 60 },
        { pointer: '/remote_auth/auth_server', after: 'http://auth.test/a' },
        { pointer: '/remote_auth/add_headers/X-Pass', after: '…' },
      ],
      changes_left_out: 0,
    });
    expect(line).not.toMatch(/primary|hunter/);
    edge.ask({ method: 'DELETE', target: AT });
    expect(JSON.parse(edge.changes[1] as string)).toMatchObject({ method: 'DELETE', after: null });
  });

  test('has nothing that a terminal obeys', () => {
    edge = new FakeEdge();
    put({ enabled: false, $schema: 'a\u009b31m\u202e\u{e0041}\u007f' });
    expect(edge.changes[0]).toMatch(/^[ -~…]+$/);
    expect(JSON.parse(edge.changes[0] as string)).toMatchObject({
      changes: [{ pointer: '/enabled' }, { pointer: '/$schema', after: 'a\u009b31m\u202e\u{e0041}\u007f' }],
    });
  });

  test('has no line for what was not changed', () => {
    edge = new FakeEdge({ 'a.test': SIGNED });
    edge.ask({ target: AT });
    put({});
    put(SIGNED, [['If-Match', '"x"']]);
    expect(edge.changes).toEqual([]);
  });
});
