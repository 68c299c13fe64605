/** Which releases of njs there are. */

import { compareReleases, type Release } from './options';

/** Minor release → its last patch, of those that are supported: the first is 0.7.9. */
const known: Record<string, number> = { '0.7': 12, '0.8': 10, '0.9': 9, '1.0': 2 };
const oldest: Release = [0, 7, 9];
const newest: Release = [1, 0, 2];

/**
 * A release from three numbers, or what was expected instead. Refused is what njs never was and what is older than 0.7.9. Of what comes after the
 * newest known one, all up to 1.9.20 may be: njs has never had a minor or patch above 12, while nginx's own versions, which are taken for njs's,
 * have minors of 22 and more.
 */
export function parseRelease(text: string): Release | { expected: string } {
  const [, major, minor, patch] = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text) ?? [];
  if (major === undefined) return { expected: 'expected three numbers, such as 0.8.9' };
  const release: Release = [Number(major), Number(minor), Number(patch)];
  if (compareReleases(release, oldest) < 0) return { expected: 'expected njs 0.7.9 or later' };
  const last = known[`${release[0]}.${release[1]}`];
  const isOld = last !== undefined && release[2] <= last;
  const isLater =
    compareReleases(release, newest) > 0 && release[0] === 1 && release[1] < 10 && release[2] <= 20;
  if (isOld || isLater) return release;
  const isNginx = release[0] === 1 && release[1] > 12;
  return {
    expected: isNginx
      ? "expected a release of njs, received what looks like nginx's own version"
      : 'expected a release of njs that exists, such as 0.7.9, 0.8.9 or 1.0.2',
  };
}
