// What a crash, a full disk or a hand left in the folder, each state of it: which policy is in force then, and that the next change of the
// API puts all in order.
import { chmodSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { livePolicy } from '../../../src/policy/live-policy';
import { parsePolicy } from '../../../src/policy/policy';
import { send } from '../harness/client';
import { sign } from '../signing/signer';
import { onLiveRuntimes, startLiveEdge, type LiveEdge } from './live-edge';

const keys = {
  old: 'the-key-of-before',
  new: 'the-key-of-after',
  next: 'the-key-of-the-api',
  other: 'a-key-of-another',
};
type Which = keyof typeof keys;
const policyOf = (which: Which) => ({ url_signing: { type: 'A', key1: keys[which] } });
/** As the API and the set-up write it. */
const textOf = (which: Which) => JSON.stringify(policyOf(which), null, 2) + '\n';
const compiledOf = (which: Which) => {
  const { policy } = parsePolicy(textOf(which), 'any.test.json');
  if (!policy) throw new Error(`expected a policy for ${which}`);
  return livePolicy(policy, textOf(which));
};
const half = (text: string) => text.slice(0, text.length / 2);

/** Each state begins as the old policy, compiled. */
class Folder {
  constructor(
    private readonly live: LiveEdge,
    readonly domain: string,
  ) {}
  policy(text: string | undefined) {
    if (text === undefined) rmSync(this.live.file(`${this.domain}.json`));
    else this.live.write(`${this.domain}.json`, text);
  }
  compiled(text: string | undefined, name = this.domain) {
    if (text === undefined) rmSync(this.live.file(`.live/${name}`));
    else this.live.write(`.live/${name}`, text);
  }
  next(text: string) {
    this.compiled(text, `.${this.domain}.next`);
  }
  temporary(policy: string, compiled: string) {
    this.live.write(`.${this.domain}.tmp`, policy);
    this.live.write(`.live/.${this.domain}.tmp`, compiled);
  }
  folderInPlaceOf(name: string) {
    rmSync(this.live.file(name), { force: true });
    mkdirSync(this.live.file(name));
  }
  unreadable(name: string) {
    chmodSync(this.live.file(name), 0);
  }
}

interface State {
  name: string;
  leave: (folder: Folder) => void;
  /** Whose key opens; none: everything is denied. */
  opens: Which | 'none';
  reason?: string;
  /** What the API answers to the next PUT. Default: 200. */
  put?: number;
  /** The copy of a change finds its place. Default: true. */
  keepsCopy?: boolean;
}

const damaged = (name: string, text: string): State => ({
  name,
  leave: (folder) => folder.compiled(text),
  opens: 'none',
  reason: 'policy_invalid',
});
const states: State[] = [
  { name: 'nothing was left', leave: () => {}, opens: 'old' },
  { name: 'killed in the copy', leave: (f) => f.temporary('', half(compiledOf('new'))), opens: 'old' },
  { name: 'killed after the copy', leave: (f) => f.next(compiledOf('new')), opens: 'old' },
  {
    name: 'killed in the policy',
    leave: (f) => (f.next(compiledOf('new')), f.temporary(half(textOf('new')), '')),
    opens: 'old',
  },
  {
    name: 'killed after the policy',
    leave: (f) => (f.next(compiledOf('new')), f.policy(textOf('new'))),
    opens: 'new',
  },
  {
    name: 'killed after the policy, and no copy before',
    leave: (f) => (f.next(compiledOf('new')), f.policy(textOf('new')), f.compiled(undefined)),
    opens: 'new',
  },
  {
    name: 'killed before memory',
    leave: (f) => (f.compiled(compiledOf('new')), f.policy(textOf('new'))),
    opens: 'new',
  },
  {
    name: 'killed after the policy, the copy before is damaged',
    leave: (f) => (f.next(compiledOf('new')), f.policy(textOf('new')), f.compiled(half(compiledOf('old')))),
    opens: 'new',
  },
  {
    name: 'the copy under the next name is damaged',
    leave: (f) => (f.next(half(compiledOf('new'))), f.policy(textOf('new'))),
    opens: 'old',
  },
  { name: 'edited by hand', leave: (f) => f.policy(textOf('new')), opens: 'old' },
  { name: 'edited by hand to what is no JSON', leave: (f) => f.policy('{"url_signing": {'), opens: 'old' },
  { name: 'edited by hand to nothing', leave: (f) => f.policy(''), opens: 'old' },
  {
    name: 'edited by hand, and no copy',
    leave: (f) => (f.policy(textOf('new')), f.compiled(undefined)),
    opens: 'none',
    reason: 'policy_invalid',
  },
  {
    name: 'no copy',
    leave: (f) => f.compiled(undefined),
    opens: 'none',
    reason: 'policy_invalid',
  },
  damaged('an empty copy', ''),
  damaged('half a copy', half(compiledOf('old'))),
  damaged('a copy without its last line', compiledOf('old').slice(0, -4)),
  damaged('a copy without its last byte', compiledOf('old').slice(0, -1)),
  damaged('a copy of one line', compiledOf('old').split('\n')[0] ?? ''),
  damaged('a copy with a byte more', compiledOf('old') + 'x'),
  damaged('a copy of zeros, as a power failure leaves it', '\0'.repeat(compiledOf('old').length)),
  damaged('the word missing', 'missing'),
  {
    name: 'the policy is gone',
    leave: (f) => f.policy(undefined),
    opens: 'none',
    reason: 'policy_missing',
    put: 201,
  },
  {
    name: 'killed in a DELETE',
    leave: (f) => (f.policy(undefined), f.next(compiledOf('new'))),
    opens: 'none',
    reason: 'policy_missing',
    put: 201,
  },
  {
    name: 'nobody may read the copy',
    leave: (f) => f.unreadable(`.live/${f.domain}`),
    opens: 'none',
    reason: 'policy_invalid',
  },
  {
    name: 'nobody may read the policy',
    leave: (f) => f.unreadable(`${f.domain}.json`),
    opens: 'none',
    reason: 'policy_invalid',
    put: 500,
  },
  {
    name: 'the policy is a folder',
    leave: (f) => f.folderInPlaceOf(`${f.domain}.json`),
    opens: 'none',
    reason: 'policy_invalid',
    put: 500,
  },
  {
    name: 'the copy is a folder',
    leave: (f) => f.folderInPlaceOf(`.live/${f.domain}`),
    opens: 'none',
    reason: 'policy_invalid',
    keepsCopy: false,
  },
  {
    name: 'the copy of a policy that another one is the copy of, too',
    leave: (f) => (f.policy(textOf('other')), f.compiled(compiledOf('other'))),
    opens: 'other',
  },
];

const rows = states.map((state, i) => ({
  reason: 'bad_signature',
  put: 200,
  keepsCopy: true,
  ...state,
  domain: `s${i}.test`,
}));
const extra = ['failing.test', 'control.test'];
const serverOf = (domain: string) => `
    server {
        listen 8080;
        server_name ${domain};
        add_header X-Reason "$edge_auth_decision $edge_auth_reason" always;
        include edge-auth/servers/${domain}.conf;
        location / { proxy_pass http://127.0.0.1:8090; }
    }`;

onLiveRuntimes('what a crash leaves', (runtime) => {
  let live: LiveEdge;
  const ask = async (domain: string, which: Which) => {
    const path = sign('/x', { type: 'A', key: keys[which] });
    const { status, headers } = await send({ port: live.port, path, headers: { host: domain } });
    return `${status} ${String(headers['x-reason'])}`;
  };
  /** Every key, and none. */
  const inForce = async (domain: string) => ({
    old: await ask(domain, 'old'),
    new: await ask(domain, 'new'),
    next: await ask(domain, 'next'),
    other: await ask(domain, 'other'),
    unsigned: (await send({ port: live.port, path: '/x', headers: { host: domain } })).status,
  });
  const expected = (opens: Which | 'none', reason: string) => ({
    ...Object.fromEntries(
      Object.keys(keys).map((which) => [which, which === opens ? '200 allow signed' : `403 deny ${reason}`]),
    ),
    unsigned: 403,
  });

  beforeAll(async () => {
    const domains = [...rows.map(({ domain }) => domain), ...extra];
    live = await startLiveEdge({
      runtime,
      workers: 2,
      policies: Object.fromEntries(domains.map((domain) => [domain, policyOf('old')])),
      servers: domains.map(serverOf).join(''),
    });
    await live.control('kill');
    for (const { domain, leave } of rows) leave(new Folder(live, domain));
    const killed = new Folder(live, 'failing.test');
    killed.next(compiledOf('new'));
    killed.policy(textOf('new'));
    expect(await live.control('start')).toBe('');
  });
  afterAll(() => live?.stop(true));

  test.each(rows)('$name: $opens', async ({ domain, opens, reason, put, keepsCopy }) => {
    expect(await inForce(domain)).toEqual(expected(opens, reason));
    const answer = await live.api('PUT', `/v1/policies/${domain}`, policyOf('next'));
    expect([answer.status, answer.body]).toEqual([put, answer.body]);
    if (put < 300) {
      // Memory has it at once, whatever stands in the place of the copy.
      expect(await inForce(domain)).toEqual(expected('next', 'bad_signature'));
      if (keepsCopy)
        expect(live.names().filter((name) => name.includes(domain))).toEqual([
          `.live/${domain}`,
          `${domain}.json`,
        ]);
      expect(live.read(`${domain}.json`)).toBe(textOf('next'));
    } else expect(await inForce(domain)).toEqual(expected(opens, reason));
  });

  test('after the workers have read the files again it is as the API left it', async () => {
    await live.reread();
    for (const { domain, put, opens, reason, keepsCopy } of rows)
      expect([domain, await inForce(domain)]).toEqual([
        domain,
        put < 300 && keepsCopy ? expected('next', 'bad_signature') : expected(opens, reason),
      ]);
  });

  test('a change that fails after another one was killed does not bring back the policy before both', async () => {
    const folder = new Folder(live, 'failing.test');
    expect(await inForce(folder.domain)).toEqual(expected('new', 'bad_signature'));
    // The policy cannot be written: a folder stands where its temporary file belongs.
    mkdirSync(live.file(`.${folder.domain}.tmp`));
    expect((await live.api('PUT', `/v1/policies/${folder.domain}`, policyOf('next'))).status).toBe(500);
    await live.reread();
    expect(await inForce(folder.domain)).toEqual(expected('new', 'bad_signature'));
    rmSync(live.file(`.${folder.domain}.tmp`), { recursive: true });
    await live.put(folder.domain, policyOf('next'));
    expect(await inForce(folder.domain)).toEqual(expected('next', 'bad_signature'));
  });

  test.each(['.', '.live'])('no room in %s: 500, and the policy before stays in force', async (name) => {
    const domain = 'control.test';
    await live.put(domain, policyOf('old'));
    const before = live.names();
    chmodSync(live.file(name), 0o500);
    const answer = await live.api('PUT', `/v1/policies/${domain}`, policyOf('new'));
    chmodSync(live.file(name), 0o700);
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([500, { code: 'InternalError' }]);
    expect(live.names()).toEqual(before);
    expect(await inForce(domain)).toEqual(expected('old', 'bad_signature'));
  });

  test('without the folder of copies everything is denied, and a change makes it again', async () => {
    await live.reread();
    expect(await inForce('control.test')).toEqual(expected('old', 'bad_signature'));
    renameSync(live.file('.live'), live.file('.gone'));
    await live.reread();
    expect(await inForce('control.test')).toEqual(expected('none', 'policy_invalid'));
    await live.put('control.test', policyOf('new'));
    expect(await inForce('control.test')).toEqual(expected('new', 'bad_signature'));
    rmSync(live.file('.live'), { recursive: true });
    renameSync(live.file('.gone'), live.file('.live'));
  });

  test('no line of the log holds a key', async () => {
    const log = await live.edge.rawErrorLog();
    expect(Object.values(keys).filter((key) => log.includes(key))).toEqual([]);
  });
});
