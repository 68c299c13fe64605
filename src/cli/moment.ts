import { InvalidArgumentError } from 'commander';
import { readDate } from '../core/url-signing/timestamp';

/** `--at`: unix seconds, or a date and time with a zone, such as 2026-01-02T03:04:05Z or 2026-01-02T03:04+08:00. */
export function parseMoment(value: string): number {
  if (/^\d{1,12}$/.test(value)) return Number(value);
  const [, minute, seconds = '0', hours, minutes = '0'] =
    /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(?::([0-5]\d)(?:\.\d+)?)?(?:Z|([+-]\d{2}):?([0-5]\d))$/i.exec(value) ??
    [];
  if (minute !== undefined) {
    const sign = hours?.startsWith('-') ? -1 : 1;
    const zone = hours === undefined ? 0 : Number(hours) * 60 + sign * Number(minutes);
    const time = readDate(minute.replace(/\D/g, ''), zone) + Number(seconds);
    if (time >= 0) return time;
  }
  throw new InvalidArgumentError(
    'expected unix seconds or a date and time since 1970 with its zone, such as 2026-01-02T03:04:05Z',
  );
}

export function currentSecond(): number {
  return Math.floor(Date.now() / 1000);
}

/** 2026-01-02T03:04:05Z; the number itself where no date is that late. */
export function isoOf(unix: number): string {
  const date = new Date(unix * 1000);
  return Number.isNaN(date.getTime()) ? String(unix) : date.toISOString().replace('.000', '');
}
