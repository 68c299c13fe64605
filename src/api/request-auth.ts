/**
 * Baidu AI Cloud CDN, Set the Access Authorization: the `requestAuth` of its API, to and from `url_signing` of a policy. Nothing here
 * reads or writes a file.
 */

import { describe, pointerTo } from '../policy/issue';
import { parsePolicy, type Policy, type UrlSigning } from '../policy/policy';
import { describeKey } from '../policy/signing-keys';
import { isObject } from '../policy/vendor-forms';
import type { Problem } from './answer';
import { masked } from './secrets';

type Members = Record<string, unknown>;
type Add = (pointer: string, expected: string, received: string) => void;

const AT = '/requestAuth';

/** What a vendor's body cannot say stays as the operator wrote it. */
const kept = ['scope', 'deny_status', 'methods', 'max_future', 'time_zone', 'vendor_error_header'];

/** Our names of the vendor's fields. */
const names: Record<string, string> = {
  type: 'type',
  key1: 'key1',
  key2: 'key2',
  timeout: 'timeout',
  whiteList: 'white_list',
  signArg: 'sign_arg',
  timeArg: 'time_arg',
  timestampFormat: 'timestamp_format',
  timestampMetric: 'timestamp_format',
  delAuthKey: 'keep_args_for_origin',
};

interface Rule {
  expected: string;
  fits: (value: unknown) => boolean;
  isSecret?: boolean;
}

const key: Rule = {
  expected: 'a key of 6-32 letters and digits',
  fits: (value) => typeof value === 'string' && /^[A-Za-z0-9]{6,32}$/.test(value),
  isSecret: true,
};
const text: Rule = { expected: 'a text', fits: (value) => typeof value === 'string' };

/** The vendor's limits; what is narrower in ours is left to `parsePolicy`. */
const rules: Record<string, Rule> = {
  type: {
    expected: '"A", "B" or "C"',
    fits: (value) => typeof value === 'string' && /^[ABCabc]$/.test(value),
  },
  key1: key,
  key2: key,
  timeout: { expected: 'a whole number of seconds', fits: (value) => typeof value === 'number' },
  whiteList: { expected: 'a list of paths', fits: (value) => Array.isArray(value) },
  signArg: text,
  timeArg: text,
  timestampFormat: {
    expected: '"dec", "hex" or "yyyyMMDDhhmm"',
    fits: (value) => value === 'dec' || value === 'hex' || value === 'yyyyMMDDhhmm',
  },
  timestampMetric: {
    expected: '10, 16 or "yyyyMMDDhhmm"',
    fits: (value) => [10, 16, '10', '16', 'yyyyMMDDhhmm'].includes(value as string),
  },
  delAuthKey: { expected: 'true or false', fits: (value) => typeof value === 'boolean' },
};

/**
 * The policy file's object after a PUT. `current`: what the file says now. `body`: `{"requestAuth": {…}}`, or `{"requestAuth": []}` to switch
 * signing off. Problems point into the body, or with '' at the policy that stands there; no key is in them. `signArg` and `timeArg` count
 * for type C alone, as the vendor's page says; beside A and B they are let through and mean nothing, since scripts send all members
 * whatever the type is.
 */
export function policyFromRequestAuth(
  current: unknown,
  body: unknown,
): { policy: Members } | { problems: Problem[] } {
  const problems: Problem[] = [];
  const add: Add = (pointer, expected, received) => problems.push({ pointer, expected, received });
  const auth = readBody(body, add);
  if (!isObject(current)) add('', 'a policy file with an object', kindOf(current));
  if (problems.length > 0 || !isObject(current)) return { problems: withoutSecrets(problems, body, current) };
  if (Array.isArray(auth)) return { policy: { ...current, url_signing: false } };
  const isOff = current['enabled'] === false;
  if (isOff && current['remote_auth'] !== undefined) {
    const also = 'since remote_auth, which stands beside it, would be switched on as well';
    add(AT, `"enabled": true in the policy, set through /v1/policies, ${also}`, '"enabled": false');
  }
  const before = isObject(current['url_signing']) ? current['url_signing'] : {};
  const signing = { ...signingFrom(auth as Members), ...only(kept, before) };
  const policy = { ...current, ...(isOff && { enabled: true }), url_signing: signing };
  if (problems.length === 0) reportFaults(policy, auth as Members, add);
  return problems.length > 0 ? { problems: withoutSecrets(problems, body, current) } : { policy };
}

/** The value of `requestAuth`, checked member by member. */
function readBody(body: unknown, add: Add): unknown {
  if (!isObject(body)) {
    add('', 'an object with requestAuth', kindOf(body));
    return undefined;
  }
  Object.keys(body).forEach((name) => {
    if (name !== 'requestAuth') add(pointerTo(name), 'requestAuth alone', 'another member');
  });
  const auth = Object.hasOwn(body, 'requestAuth') ? body['requestAuth'] : undefined;
  if (Array.isArray(auth) && auth.length === 0) return auth;
  if (!isObject(auth)) {
    const received = Array.isArray(auth) ? 'a list that is not empty' : kindOf(auth);
    add(AT, 'an object with type and key1, or [] to switch URL signing off', received);
    return undefined;
  }
  Object.keys(auth).forEach((name) => readMember(name, auth[name], add));
  ['type', 'key1'].forEach((name) => {
    if (!Object.hasOwn(auth, name)) add(`${AT}/${name}`, rules[name]!.expected, 'nothing');
  });
  const { timestampFormat, timestampMetric } = auth;
  const isTwice = timestampFormat !== undefined && timestampMetric !== undefined;
  if (isTwice && formatOf(timestampFormat) !== formatOf(timestampMetric)) {
    const given = `${shown(timestampFormat)} and ${shown(timestampMetric)}`;
    add(`${AT}/timestampMetric`, 'the format that timestampFormat says, or one of the two', given);
  }
  return auth;
}

function readMember(name: string, value: unknown, add: Add): void {
  const rule = Object.hasOwn(rules, name) ? rules[name]! : undefined;
  if (rule === undefined) {
    add(AT + pointerTo(name), `a known member: ${Object.keys(rules).join(', ')}`, 'another one');
  } else if (!rule.fits(value)) {
    add(`${AT}/${name}`, rule.expected, rule.isSecret ? describeKey(value) : shown(value));
  }
}

function formatOf(value: unknown): unknown {
  return value === 10 || value === '10' ? 'dec' : value === 16 || value === '16' ? 'hex' : value;
}

/** `auth` fits the rules. */
function signingFrom(auth: Members): Members {
  const type = (auth['type'] as string).toUpperCase();
  const format = formatOf(auth['timestampFormat'] ?? auth['timestampMetric']);
  return {
    preset: 'baidu',
    type,
    ...only(['key1', 'key2', 'timeout'], auth),
    ...(auth['whiteList'] !== undefined && { white_list: auth['whiteList'] }),
    ...(type === 'C' && auth['signArg'] !== undefined && { sign_arg: auth['signArg'] }),
    ...(type === 'C' && auth['timeArg'] !== undefined && { time_arg: auth['timeArg'] }),
    ...(format !== undefined && { timestamp_format: format }),
    ...(auth['delAuthKey'] !== undefined && { keep_args_for_origin: !auth['delAuthKey'] }),
  };
}

function only(members: string[], of: Members): Members {
  const found: Members = {};
  members.forEach((name) => {
    if (Object.hasOwn(of, name)) found[name] = of[name];
  });
  return found;
}

/** What the policy says beyond the vendor's limits: ranges, paths, two keys that do not go together. */
function reportFaults(policy: Members, auth: Members, add: Add): void {
  parsePolicy(JSON.stringify(policy), 'any.example.json').issues.forEach(
    ({ pointer, expected, received }) => {
      const [, section, field = '', ...below] = pointer.split('/');
      const name = Object.keys(names).find((one) => names[one] === field && auth[one] !== undefined);
      if (section === 'url_signing' && name !== undefined && !kept.includes(field)) {
        add([AT, name, ...below].join('/'), expected, received);
      } else {
        add('', `a policy file without a fault, which has in ${pointer}: ${expected}`, received);
      }
    },
  );
}

/** Says what a value is and gives nothing of it away. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function shown(value: unknown): string {
  return typeof value === 'object' && value !== null ? kindOf(value) : describe(value);
}

/** Whoever pastes a key into another field does not read it in a log, either. */
function withoutSecrets(problems: Problem[], body: unknown, current: unknown): Problem[] {
  const members = [isObject(body) && body['requestAuth'], isObject(current) && current['url_signing']];
  const secrets = members
    .flatMap((one) => (isObject(one) ? [one['key1'], one['key2']] : []))
    .filter((one): one is string => typeof one === 'string' && one.length > 5);
  const clean = (words: string): string =>
    secrets.reduce((left, secret) => left.split(secret).join('…'), words);
  return problems.map(({ pointer, expected, received }) => ({
    pointer: clean(pointer),
    expected: clean(expected),
    received: clean(received),
  }));
}

export interface RequestAuth {
  /** In upper case; `D` and `F`, which the vendor does not have, only where the policy was written in our own words. */
  type: UrlSigning['type'];
  /** Absent where the policy has a key file that was not read. */
  key1?: string;
  key2?: string;
  timeout: number;
  whiteList?: string[];
  signArg?: string;
  timeArg?: string;
  timestampFormat: UrlSigning['timestampFormat'];
  timestampMetric: 10 | 16 | 'yyyyMMDDhhmm';
  delAuthKey: boolean;
}

/** What a GET answers; `[]` where no signature is asked for. */
export function requestAuthFrom(policy: Policy, isMasked: boolean): { requestAuth: RequestAuth | [] } {
  const signing = policy.urlSigning;
  if (!policy.enabled || signing === undefined) return { requestAuth: [] };
  const [key1, key2] = signing.keys.map((one) => (isMasked ? masked : one));
  return {
    requestAuth: {
      type: signing.type,
      ...(key1 !== undefined && { key1 }),
      ...(key2 !== undefined && { key2 }),
      timeout: signing.timeout,
      ...(signing.whiteList.length > 0 && { whiteList: signing.whiteList }),
      ...(signing.timeArg !== '' && { signArg: signing.signArg, timeArg: signing.timeArg }),
      timestampFormat: signing.timestampFormat,
      timestampMetric: ({ dec: 10, hex: 16, yyyyMMDDhhmm: 'yyyyMMDDhhmm' } as const)[signing.timestampFormat],
      delAuthKey: !signing.keepArgsForOrigin,
    },
  };
}
