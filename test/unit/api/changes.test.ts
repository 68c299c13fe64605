import { changesBetween } from '../../../src/api/changes';

const KEY = 'a-long-primary-key';
const NEXT = 'the-key-after-that';

describe('what is different between two policies:', () => {
  test.each<[string, unknown, unknown, unknown[]]>([
    ['nothing', { enabled: false }, { enabled: false }, []],
    ['a new policy', undefined, { enabled: false }, [{ pointer: '/enabled', after: false }]],
    ['one that is gone', { enabled: false }, undefined, [{ pointer: '/enabled', before: false }]],
    [
      'a key is told by its place',
      { url_signing: { key1: KEY } },
      { url_signing: { key1: NEXT } },
      [{ pointer: '/url_signing/key1', before: '…', after: '…' }],
    ],
    [
      'a key under a name of a vendor',
      { url_signing: { SecretKey: KEY } },
      { url_signing: { auth_key1: NEXT } },
      [
        { pointer: '/url_signing/SecretKey', before: '…' },
        { pointer: '/url_signing/auth_key1', after: '…' },
      ],
    ],
    [
      'signing goes, in writing',
      { url_signing: { type: 'A', key1: KEY } },
      { url_signing: false },
      [
        { pointer: '/url_signing', after: false },
        { pointer: '/url_signing/type', before: 'A' },
        { pointer: '/url_signing/key1', before: '…' },
      ],
    ],
    [
      'a list is one value',
      { url_signing: { white_list: ['/a'] } },
      { url_signing: { white_list: ['/a', '/b'] } },
      [{ pointer: '/url_signing/white_list', before: ['/a'], after: ['/a', '/b'] }],
    ],
    [
      'a password in a header, and a variable',
      { remote_auth: { add_headers: { 'X-Pass': KEY, 'X-Ip': '$remote_addr' } } },
      { remote_auth: { add_headers: { 'X-Pass': NEXT, 'X-Ip': '$http_host' } } },
      [
        { pointer: '/remote_auth/add_headers/X-Pass', before: '…', after: '…' },
        { pointer: '/remote_auth/add_headers/X-Ip', before: '$remote_addr', after: '$http_host' },
      ],
    ],
    [
      'a header of text and a variable',
      {},
      { remote_auth: { add_args: { a: `${KEY}$arg_x` } } },
      [{ pointer: '/remote_auth/add_args/a', after: '…' }],
    ],
    [
      'the same password in the form of one text',
      { remote_auth: { add_args: { pass: KEY } } },
      { remote_auth: { add_args: `pass=${NEXT}` } },
      [
        { pointer: '/remote_auth/add_args', after: '…' },
        { pointer: '/remote_auth/add_args/pass', before: '…' },
      ],
    ],
    [
      'headers that are called like what every object has',
      { remote_auth: { add_headers: {} } },
      { remote_auth: { add_headers: { constructor: '$uri', 'to~String/': '$uri' } } },
      [
        { pointer: '/remote_auth/add_headers/constructor', after: '$uri' },
        { pointer: '/remote_auth/add_headers/to~0String~1', after: '$uri' },
      ],
    ],
  ])('%s', (_, before, after, expected) => {
    const changes = changesBetween(before, after);
    expect(changes).toEqual(expected);
    expect(JSON.stringify(changes)).not.toMatch(/primary|after-that/);
  });
});
