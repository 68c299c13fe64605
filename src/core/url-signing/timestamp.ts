/** The timestamp of a signed URL, in the three spellings that the vendors use. */

/** `dec`: 10 decimal digits; `hex`: 8 hexadecimal digits, both seconds since 1970; `yyyyMMDDhhmm`: 12 digits in the policy's time zone. */
export type TimestampFormat = 'dec' | 'hex' | 'yyyyMMDDhhmm';

/** Unix seconds of 12 digits `yyyyMMDDhhmm`; NaN if they are no date. `timeZone`: minutes east of UTC. */
export function readDate(text: string, timeZone: number): number {
  const year = Number(text.slice(0, 4));
  const month = Number(text.slice(4, 6));
  const day = Number(text.slice(6, 8));
  const hour = Number(text.slice(8, 10));
  const minute = Number(text.slice(10));
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute));
  // Date.UTC takes years below 100 for those of the twentieth century, and the 31st of June for the first of July.
  const isReal =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    hour < 24 &&
    minute < 60;
  return isReal ? date.getTime() / 1000 - timeZone * 60 : NaN;
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
