// The vendors' printed examples through each part: the hash, the signed URL, the verdict. test/integration replays them inside nginx.
import { matchForm } from '../../../src/core/signing/form';
import { signTarget } from '../../../src/core/signing/sign';
import { writeTimestamp } from '../../../src/core/signing/timestamp';
import { hashedText, type SigningVerdict, verifyUrl } from '../../../src/core/signing/verify';
import { buildSigned } from '../../../src/sign/build-signed';
import { digest, isDigest } from '../../../src/sign/digest';
import { signUrl } from '../../../src/sign/sign';
import { isOurSpelling, named, policyOf, requestOf, targetOf, unixOf, type Vector } from './vector';

const judge = (vector: Vector, now: number, changed: object = {}): SigningVerdict =>
  verifyUrl(
    { ...policyOf(vector), ...changed },
    [vector.key],
    'GET',
    targetOf(vector.signed_url),
    now,
    isDigest,
  );

test('every type, form, hash and spelling of time has an example', () => {
  const vectors = named.map(([, vector]) => vector);
  expect(new Set(vectors.map(({ type, form }) => type + form))).toEqual(
    new Set(['Aargs', 'Bpath', 'Cpath', 'Cargs', 'Dargs', 'Fargs']),
  );
  expect(new Set(vectors.map(({ hash }) => hash))).toEqual(new Set(['md5', 'sha256']));
  expect(new Set(vectors.map(({ timestamp_format }) => timestamp_format)).size).toBe(3);
  expect(new Set(named.map(([name]) => name)).size).toBe(named.length);
});

describe.each(named)('%s', (_name, vector) => {
  test('hashes the text that is printed', () => {
    const { parts } = matchForm(policyOf(vector), targetOf(vector.signed_url));
    expect(hashedText(policyOf(vector).type, parts!, vector.key)).toBe(vector.text);
    expect(parts!.hash).toBe(vector.expected_hash);
    expect(digest(policyOf(vector).hash, vector.text)).toBe(vector.expected_hash);
  });

  test('is signed as printed', () => {
    const choice = {
      time: vector.timestamp,
      rand: vector.rand,
      uid: vector.uid,
      place: vector.form as 'path',
    };
    const target = targetOf(vector.url);
    expect(signTarget(policyOf(vector), vector.key, target, choice, digest)).toBe(
      targetOf(vector.signed_url),
    );
  });

  test('opens in the second of signing, as the clean URL', () => {
    expect(judge(vector, unixOf(vector))).toMatchObject({
      decision: 'allow',
      reason: 'signed',
      cleanTarget: targetOf(vector.url),
    });
  });

  test('opens in the last second of the timeout, and not in the next', () => {
    expect(judge(vector, unixOf(vector) + 1800).reason).toBe('signed');
    expect(judge(vector, unixOf(vector) + 1801).reason).toBe('expired');
    expect(judge(vector, unixOf(vector), { timeout: 0 }).reason).toBe('signed');
    expect(judge(vector, unixOf(vector) + 1, { timeout: 0 }).reason).toBe('expired');
  });

  test('opens max_future before its time, and not a second earlier', () => {
    expect(judge(vector, unixOf(vector) - 60, { maxFuture: 60 }).reason).toBe('signed');
    expect(judge(vector, unixOf(vector) - 61, { maxFuture: 60 }).reason).toBe('not_yet_valid');
    expect(judge(vector, unixOf(vector) - 1, { maxFuture: 0 }).reason).toBe('not_yet_valid');
  });

  test('does not open with another key', () => {
    const judgeWith = (keys: string[]) =>
      verifyUrl(policyOf(vector), keys, 'GET', targetOf(vector.signed_url), unixOf(vector), isDigest).reason;
    expect(judgeWith(['another-key'])).toBe('bad_signature');
    expect(judgeWith(['another-key', vector.key])).toBe('signed');
  });

  test('opens for its methods alone', () => {
    const judgeBy = (method: string) =>
      verifyUrl(
        policyOf(vector),
        [vector.key],
        method,
        targetOf(vector.signed_url),
        unixOf(vector),
        isDigest,
      );
    expect(judgeBy('HEAD').reason).toBe('signed');
    expect(judgeBy('POST')).toMatchObject({ decision: 'deny', reason: 'method_not_allowed' });
  });
});

describe.each(named.filter(([, vector]) => isOurSpelling(vector)))('%s', (_name, vector) => {
  test('is what the signer makes at that time', () => {
    const { origin, target } = buildSigned(vector.url, requestOf(vector));
    expect(origin + target).toBe(vector.signed_url);
  });

  test('is what the library makes at that time', () => {
    const { type, hash, signArg, timeArg, timestampFormat } = policyOf(vector);
    const url = signUrl(vector.url, {
      type,
      key: vector.key,
      hash,
      timestampFormat,
      ...(signArg === '' ? {} : { signArg }),
      ...(timeArg === '' ? {} : { timeArg }),
      ...(type === 'A' ? { rand: vector.rand, uid: vector.uid } : {}),
      at: new Date(unixOf(vector) * 1000),
      form: vector.form as 'path',
    });
    expect(url).toBe(vector.signed_url);
  });
});

describe('writeTimestamp', () => {
  test.each([
    ['dec', 0, '0000000000'],
    ['dec', 9999999999, '9999999999'],
    ['dec', 1700000000.9, '1700000000'],
    ['hex', 0, '00000000'],
    ['hex', 4294967295, 'ffffffff'],
    ['yyyyMMDDhhmm', 1700000000, '202311150613'],
    ['yyyyMMDDhhmm', 0, '197001010800'],
    ['yyyyMMDDhhmm', 253402214400, '999912310800'],
  ] as const)('spells in %s the second %d as %s', (format, unix, text) => {
    expect(writeTimestamp(unix, format, 480)).toBe(text);
  });

  test.each([
    ['dec', 10000000000],
    ['dec', -1],
    ['dec', NaN],
    ['dec', Infinity],
    ['hex', 4294967296],
    ['yyyyMMDDhhmm', -1],
    ['yyyyMMDDhhmm', 253402214401],
    ['yyyyMMDDhhmm', 1700000000000],
    ['yyyyMMDDhhmm', NaN],
  ] as const)('refuses in %s the second %d', (format, unix) => {
    expect(() => writeTimestamp(unix, format, 480)).toThrow(
      `expected a time that ${format} can hold in ${{ dec: 10, hex: 8, yyyyMMDDhhmm: 12 }[format]} digits, received ${unix}`,
    );
  });
});
