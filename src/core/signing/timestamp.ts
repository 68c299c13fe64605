/** The timestamp of a signed URL, in the three spellings that the vendors use. */

/** `dec`: 10 decimal digits; `hex`: 8 hexadecimal digits, both seconds since 1970; `yyyyMMDDhhmm`: 12 digits in the policy's time zone. */
export type TimestampFormat = 'dec' | 'hex' | 'yyyyMMDDhhmm';

/**
 * Unix seconds of 12 digits `yyyyMMDDhhmm`; NaN if they are no date. `timeZone`: minutes east of UTC. Reckoned without Date, which
 * costs nginx more than the hash does.
 */
export function readDate(text: string, timeZone: number): number {
  const digits = Number(text);
  const minute = digits % 100;
  const hour = ((digits - minute) / 100) % 100;
  const date = (digits - (digits % 10_000)) / 10_000;
  const day = date % 100;
  const month = ((date - day) / 100) % 100;
  const year = (date - (date % 10_000)) / 10_000;
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const daysOfMonth = month === 2 ? (isLeapYear ? 29 : 28) : 30 + ((month + (month >> 3)) & 1);
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= daysOfMonth && hour < 24 && minute < 60;
  if (!isDate) return NaN;
  // Years that begin in March end in the leap day; from March on, five months have 153 days.
  const y = month < 3 ? year - 1 : year;
  const m = month < 3 ? month + 9 : month - 3;
  const leapDays = ((y / 4) | 0) - ((y / 100) | 0) + ((y / 400) | 0);
  const days = y * 365 + leapDays + (((m * 153 + 2) / 5) | 0) + day - 719469;
  return ((days * 24 + hour) * 60 + minute - timeZone) * 60;
}

/** Minutes east of UTC: '-05:30' is -330. */
export function readZone(zone: string): number {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  return zone.charAt(0) === '-' && minutes > 0 ? -minutes : minutes;
}

/** Seconds at the end of the year 9999 UTC, less a day for time zones. */
const lastDate = 253402214400;

/** Spells unix seconds; throws for a time that the format cannot hold. The seconds of a `yyyyMMDDhhmm` are lost. */
export function writeTimestamp(unix: number, format: TimestampFormat, timeZone: number): string {
  const digits = { dec: 10, hex: 8, yyyyMMDDhhmm: 12 }[format];
  const last = { dec: 9999999999, hex: 0xffffffff, yyyyMMDDhhmm: lastDate }[format];
  const seconds = Math.floor(unix);
  if (!(seconds >= 0 && seconds <= last)) {
    throw new Error(`expected a time that ${format} can hold in ${digits} digits, received ${unix}`);
  }
  if (format !== 'yyyyMMDDhhmm') return seconds.toString(format === 'hex' ? 16 : 10).padStart(digits, '0');
  return new Date((seconds + timeZone * 60) * 1000).toISOString().replace(/\D/g, '').slice(0, digits);
}
