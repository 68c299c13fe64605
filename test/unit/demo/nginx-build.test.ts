import { whyNotInstallable } from '../../../demo/install-nginx.mjs';
import { isAtLeast, parseBuild, parseProbe } from '../../../demo/nginx-build.mjs';
import { choosePresent } from '../../../demo/nginx-image.mjs';

const head = (version: string) =>
  `nginx version: nginx/${version}\nTLS SNI support enabled\nconfigure arguments: `;

describe('the output of nginx -V', () => {
  test.each([
    [
      'Debian: dynamic modules',
      `${head('1.22.1')}--modules-path=/usr/lib/nginx/modules --with-http_auth_request_module --with-threads\n`,
      { version: '1.22.1', modulesPath: '/usr/lib/nginx/modules', hasAuthRequest: true, hasJs: false },
    ],
    [
      'njs built in, auth_request last on the line',
      `${head('1.31.0')}--add-module=/src/njs/nginx --with-http_auth_request_module`,
      { version: '1.31.0', modulesPath: undefined, hasAuthRequest: true, hasJs: true },
    ],
    [
      'njs as a dynamic module is not built in',
      `${head('1.29.1')}--add-dynamic-module=/src/njs/nginx --with-http_auth_request_module`,
      { version: '1.29.1', modulesPath: undefined, hasAuthRequest: true, hasJs: false },
    ],
    [
      'a quoted path, and no auth_request',
      `${head('1.26.3')}--modules-path='/opt/my nginx/modules' --with-http_v2_module\n`,
      { version: '1.26.3', modulesPath: '/opt/my nginx/modules', hasAuthRequest: false, hasJs: false },
    ],
    [
      'a distribution that adds its name to the version',
      'nginx version: nginx/1.24.0 (Ubuntu)\nconfigure arguments: --with-http_auth_request_module',
      { version: '1.24.0', modulesPath: undefined, hasAuthRequest: true, hasJs: false },
    ],
  ])('reads %s', (_name, output, build) => {
    expect(parseBuild(output)).toEqual(build);
  });

  test.each([['', 'nginx: not found', 'nginx version: unknown']])('is refused when it is %j', (output) => {
    expect(parseBuild(output)).toBeUndefined();
  });
});

describe("the probe's answer", () => {
  test('names both versions', () => {
    expect(parseProbe('nginx=1.22.1 njs=0.7.9')).toEqual({ nginxVersion: '1.22.1', njsVersion: '0.7.9' });
  });
  test.each(['', '<html>502', 'nginx=1.22.1 njs=', 'nginx=1.22.1 njs=0.7.9 more', '1.22.1 0.7.9'])(
    'is refused when it is %j',
    (answer) => {
      expect(parseProbe(answer)).toBeUndefined();
    },
  );
});

test.each([
  ['1.22.0', '1.22.0', true],
  ['1.21.9', '1.22.0', false],
  ['0.10.0', '0.7.9', true],
  ['0.7.8', '0.7.9', false],
  ['1.0.2', '0.8.9', true],
  ['1.22', '1.22.0', true],
])('version %s is at least %s: %s', (version, wanted, expected) => {
  expect(isAtLeast(version, wanted)).toBe(expected);
});

test.each([
  ['the official one first', ['nginx:1.29', 'nginx:latest', 'debian:12'], 'nginx:latest'],
  ['a release of the official one', ['edge-auth-test/debian-forky:1', 'nginx:1.22'], 'nginx:1.22'],
  [
    'one that the tests have built',
    ['debian:12', 'edge-auth-test/debian-forky:1'],
    'edge-auth-test/debian-forky:1',
  ],
  ['none of another name', ['nginx-proxy:latest', 'someone/nginx:latest', '<none>:<none>'], undefined],
])('takes an image that is present: %s', (_name, names, image) => {
  expect(choosePresent(names)).toBe(image);
});

describe('Debian packages are installed', () => {
  const debian = { platform: 'linux', release: 'NAME="Debian"\nID=debian\n', uid: 0 };
  test.each([
    ['on Debian as root', debian, ''],
    ['on Ubuntu as root', { ...debian, release: 'ID=ubuntu\nID_LIKE=debian\n' }, ''],
    ['on what is built on Ubuntu', { ...debian, release: 'ID=linuxmint\nID_LIKE="ubuntu debian"\n' }, ''],
    ['not by another user', { ...debian, uid: 1000 }, 'the user is not root (uid 1000)'],
    ['not elsewhere', { ...debian, release: 'ID=fedora\nNAME=notdebian\n' }, 'neither Debian nor Ubuntu'],
    ['not without os-release', { ...debian, release: '' }, 'neither Debian nor Ubuntu'],
    ['not on another system', { ...debian, platform: 'darwin' }, 'the platform is darwin'],
  ])('%s', (_name, machine, reason) => {
    const received = whyNotInstallable(machine);
    if (reason === '') expect(received).toBe('');
    else expect(received).toContain(reason);
  });
});
