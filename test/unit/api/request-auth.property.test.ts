// What is put through the vendor's interface is what a GET answers, and what it lets through is a policy.
import fc from 'fast-check';
import { policyFromRequestAuth, requestAuthFrom } from '../../../src/api/request-auth';
import { parsePolicy } from '../../../src/policy/policy';

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const key = fc.stringMatching(/^[A-Za-z0-9]{6,32}$/);
const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/);
const path = fc.stringMatching(/^\/[A-Za-z0-9_]{1,20}(?:\.[a-z]{3}|\/\*)?$/);

const good = fc.record({
  type: fc.constantFrom('A', 'B', 'C', 'a', 'b', 'c'),
  key1: key,
  key2: optional(key),
  timeout: optional(fc.nat(630720000)),
  whiteList: optional(fc.uniqueArray(path, { maxLength: 20 })),
  signArg: optional(name),
  timeArg: optional(name),
  timestampMetric: optional(fc.constantFrom(10, 16, '10', '16', 'yyyyMMDDhhmm')),
  timestampFormat: optional(fc.constantFrom('dec', 'hex', 'yyyyMMDDhhmm')),
  delAuthKey: optional(fc.boolean()),
});

const current = fc.constantFrom<object>(
  { url_signing: false },
  { enabled: false, url_signing: { type: 'F', auth_key1: 'an-older-key', hash: 'sha256' } },
  { remote_auth: { auth_server: 'http://auth.example.com/' } },
  { url_signing: { type: 'B', key1: 'an-older-key', time_zone: '-05:00', scope: { file_types: 'mp4|flv' } } },
);

const formats: Record<string, string> = { 10: 'dec', 16: 'hex' };

/** As JSON leaves it: no undefined. */
const asSent = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

test('what was put is what is answered', () => {
  let taken = 0;
  fc.assert(
    fc.property(current, good, (policy, auth) => {
      const result = policyFromRequestAuth(policy, asSent({ requestAuth: auth }));
      if ('problems' in result) return;
      taken++;
      const text = JSON.stringify(result.policy);
      const parsed = parsePolicy(text, 'www.example.com.json');
      expect(parsed.issues).toEqual([]);
      const { requestAuth } = requestAuthFrom(parsed.policy!, false);
      const type = auth.type.toUpperCase();
      const written = auth.timestampFormat ?? auth.timestampMetric;
      const format = written === undefined ? undefined : (formats[written] ?? written);
      expect(requestAuth).toMatchObject(
        asSent({
          type,
          key1: auth.key1,
          key2: auth.key2,
          timeout: auth.timeout ?? 1800,
          whiteList: auth.whiteList?.length === 0 ? undefined : auth.whiteList,
          timestampFormat: format,
          delAuthKey: auth.delAuthKey ?? true,
          ...(type === 'C' && { signArg: auth.signArg ?? 'sign', timeArg: auth.timeArg ?? 't' }),
        }) as object,
      );
      // And put back, it changes nothing.
      expect(policyFromRequestAuth(result.policy, asSent({ requestAuth: [] }))).toHaveProperty('policy');
      const again = policyFromRequestAuth(result.policy, asSent({ requestAuth }));
      const reread = parsePolicy(
        JSON.stringify((again as { policy: object }).policy),
        'www.example.com.json',
      );
      expect(reread.policy).toEqual(parsed.policy);
    }),
    { numRuns: 1000 },
  );
  expect(taken).toBeGreaterThan(200);
});

const members = fc.constantFrom(
  ...['type', 'key1', 'key2', 'timeout', 'whiteList', 'signArg', 'timeArg', 'timestampFormat'],
  ...['timestampMetric', 'delAuthKey', 'preset', '__proto__', 'scope'],
);

test('whatever is put, it is a policy or a list of problems without a key', () => {
  fc.assert(
    fc.property(
      current,
      good,
      fc.dictionary(members, fc.oneof(fc.jsonValue(), fc.string(), path, fc.integer()), { maxKeys: 3 }),
      (policy, auth, odd) => {
        const body = asSent({ requestAuth: { ...(asSent(auth) as object), ...odd } });
        const result = policyFromRequestAuth(policy, body);
        if ('policy' in result) {
          expect(parsePolicy(JSON.stringify(result.policy), 'www.example.com.json').issues).toEqual([]);
          return;
        }
        expect(result.problems).not.toEqual([]);
        const words = JSON.stringify(result.problems);
        expect(words).not.toContain(auth.key1);
        for (const { pointer } of result.problems) expect(pointer).toMatch(/^\/requestAuth/);
      },
    ),
    { numRuns: 2000 },
  );
});
