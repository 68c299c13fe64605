// The guard as nginx gets it, in Node: it compares numbers first, so each digit has to count, also those beyond a number's precision.
import { join } from 'node:path';
import { lineStart } from '../../../src/core/signing/check';
import { digest } from '../../../src/sign/digest';
import { distFolder, ensureBuilt } from '../cli/run-cli';

let verify: (r: { variables: Record<string, string> }) => string;

beforeAll(async () => {
  await ensureBuilt();
  const bundle = (await import(join(distFolder, 'nginx/edge_auth.js'))) as {
    default: { verify: typeof verify };
  };
  verify = bundle.default.verify;
}, 60_000);

describe.each([
  // The hash of the second path begins with zeros, which a number does not show.
  { hash: 'md5', path: '/video.mp4', zeros: '/video-247.mp4' },
  { hash: 'sha256', path: '/video.mp4', zeros: '/video-626.mp4' },
] as const)('$hash', ({ hash, path, zeros }) => {
  const time = String(Math.floor(Date.now() / 1000));
  const start = lineStart({
    type: 'A',
    hash,
    signArg: 'auth_key',
    timeArg: '',
    timestampFormat: 'dec',
    timeZone: 0,
    timeout: 630_720_000,
    maxFuture: 0,
  });
  const textOf = (of: string): string => `${of}-0-0-key`;
  const outcome = (text: string, hex: string, second = ''): string =>
    verify({
      variables: {
        edge_auth_signed: start + time + hex + text,
        edge_auth_signed_again: second && start + time + second + text,
      },
    });
  const text = textOf(path);
  const right = digest(hash, text);

  test('the right hash is right', () => {
    expect(outcome(text, right)).toBe('signed');
  });

  test.each(Array.from({ length: right.length }, (_, at) => at))('digit %i counts', (at) => {
    const digit = ((parseInt(right[at]!, 16) + 1) % 16).toString(16);
    const wrong = right.slice(0, at) + digit + right.slice(at + 1);
    expect(outcome(text, wrong)).toBe('bad_signature');
    expect(outcome(text, wrong, wrong)).toBe('bad_signature');
    expect(outcome(text, wrong, right)).toBe('signed');
  });

  test.each([
    ['with what is no digit', `g${right.slice(1)}`],
    ['upper case', right.toUpperCase()],
    ['all zeros', '0'.repeat(right.length)],
    ['spaces', ' '.repeat(right.length)],
    ['not a number', 'x'.repeat(right.length)],
  ])('%s is wrong', (_, wrong) => {
    expect(outcome(text, wrong)).toBe('bad_signature');
  });

  test('zeros in front count', () => {
    const other = textOf(zeros);
    const withZeros = digest(hash, other);
    expect(withZeros).toMatch(/^00/);
    expect(outcome(other, withZeros)).toBe('signed');
    expect(outcome(other, `${withZeros.slice(2)}00`)).toBe('bad_signature');
    expect(outcome(other, `10${withZeros.slice(2)}`)).toBe('bad_signature');
  });
});
