/** Moments as people write and read them. */

import { readDate } from '../signing/timestamp';

/** What `readMoment` reads, in words. */
export const momentForm =
  'unix seconds or a date and time since 1970 with its zone, such as 2026-01-02T03:04:05Z';

/** Unix seconds of such a text, or of a date and time with a zone, such as 2026-01-02T03:04+08:00; NaN where it is neither. */
export function readMoment(value: string): number {
  if (/^[0-9]{1,12}$/.test(value)) return Number(value);
  const found =
    /^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2})(?::([0-5][0-9])(?:\.[0-9]+)?)?(?:Z|([+-][0-9]{2}):?([0-5][0-9]))$/i.exec(
      value,
    );
  if (found === null) return NaN;
  const hours = found[3];
  const sign = hours !== undefined && hours.charAt(0) === '-' ? -1 : 1;
  const zone = hours === undefined ? 0 : Number(hours) * 60 + sign * Number(found[4]);
  const minute = (found[1] as string).replace(/[^0-9]/g, '');
  const time = readDate(minute, zone) + Number(found[2] === undefined ? 0 : found[2]);
  return time >= 0 ? time : NaN;
}

/** 2026-01-02T03:04:05Z; the number itself where no date is that late. */
export function isoOf(unix: number): string {
  const date = new Date(unix * 1000);
  return isNaN(date.getTime()) ? String(unix) : date.toISOString().replace('.000', '');
}
