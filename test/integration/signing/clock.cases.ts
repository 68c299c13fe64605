export interface ClockCase {
  name: string;
  domain: string;
  /** Seconds from now, or the timestamp as it is spelled. */
  at: number | string;
  /** `signed`, or the reason of the refusal. */
  becomes: string;
  /** Minutes east of UTC of the signer. Default: 480. */
  zone?: number;
}

/** The sites: type, what they are given, and which signers sign for them. 60 s of validity and 60 s of lead unless said. */
export const clockSites = {
  'dec.test': { type: 'D' },
  'hex.test': { type: 'F' },
  'date.test': { type: 'B', timeout: 240 },
  'utc.test': { type: 'B', timeout: 240, time_zone: '+00:00' },
  'west.test': { type: 'B', timeout: 240, time_zone: '-05:30' },
  'east.test': { type: 'B', timeout: 240, time_zone: '+14:00' },
  'minute.test': { type: 'B', timeout: 59 },
  'old.test': { type: 'B', timeout: 630720000, max_future: 0 },
  'far.test': { type: 'D', timeout: 0, max_future: 630720000 },
} as const;

const inSeconds = ['dec.test', 'hex.test'].flatMap((domain): ClockCase[] => [
  { name: 'just valid', domain, at: -57, becomes: 'signed' },
  { name: 'just expired', domain, at: -61, becomes: 'expired' },
  { name: 'long expired', domain, at: 0x10000000 - Math.floor(Date.now() / 1000), becomes: 'expired' },
  { name: 'as far ahead as it may be', domain, at: 60, becomes: 'signed' },
  { name: 'too far ahead', domain, at: 64, becomes: 'not_yet_valid' },
]);

const inMinutes: ClockCase[] = [
  { name: 'now', domain: 'date.test', at: 0, becomes: 'signed' },
  { name: 'three minutes ago', domain: 'date.test', at: -178, becomes: 'signed' },
  { name: 'more than five minutes ago', domain: 'date.test', at: -302, becomes: 'expired' },
  { name: 'in the next minute', domain: 'date.test', at: 55, becomes: 'signed' },
  { name: 'in three minutes', domain: 'date.test', at: 180, becomes: 'not_yet_valid' },
  { name: 'life counts from the start of the minute', domain: 'minute.test', at: 0, becomes: 'signed' },
  { name: 'and not from its second', domain: 'minute.test', at: -60, becomes: 'expired' },
  { name: 'in UTC', domain: 'utc.test', at: 0, zone: 0, becomes: 'signed' },
  { name: 'at -05:30', domain: 'west.test', at: 0, zone: -330, becomes: 'signed' },
  { name: 'at +14:00', domain: 'east.test', at: 0, zone: 840, becomes: 'signed' },
  { name: 'a time of China where UTC is read', domain: 'utc.test', at: 0, becomes: 'not_yet_valid' },
  { name: 'a time of China at -05:30', domain: 'west.test', at: 0, becomes: 'not_yet_valid' },
  { name: 'a time of China at +14:00', domain: 'east.test', at: 0, becomes: 'expired' },
];

const spelledDates: ClockCase[] = (
  [
    ['a leap day', '202402290000', 'signed'],
    ['the last minute of a year', '202312312359', 'signed'],
    ['month 13', '202613010000', 'malformed'],
    ['month 0', '202600010000', 'malformed'],
    ['day 0', '202601000000', 'malformed'],
    ['the 30th of February', '202602300000', 'malformed'],
    ['the 29th of February of another year', '202502290000', 'malformed'],
    ['the 31st of June', '202506310000', 'malformed'],
    ['hour 24', '202501012400', 'malformed'],
    ['minute 60', '202501010060', 'malformed'],
    ['the year 0', '000001010000', 'malformed'],
    ['the year 99', '009901010000', 'malformed'],
    ['before 1970', '197001010759', 'malformed'],
    ['the first minute of 1970', '197001010800', 'expired'],
    ['the last minute that can be spelled', '999912312359', 'not_yet_valid'],
    ['11 digits', '20250101000', 'malformed'],
    ['13 digits', '2025010100000', 'malformed'],
    ['10 digits', '1735660800', 'malformed'],
    ['a letter', '20250101000a', 'malformed'],
  ] as const
).map(([name, at, becomes]) => ({ name, domain: 'old.test', at, becomes }));

const spelledSeconds: ClockCase[] = (
  [
    ['the highest', 'far.test', '9999999999', 'not_yet_valid'],
    ['zero', 'far.test', '0000000000', 'expired'],
    ['9 digits', 'far.test', '999999999', 'malformed'],
    ['11 digits', 'far.test', '19999999990', 'malformed'],
    ['a leading zero too many', 'far.test', '01999999999', 'malformed'],
    ['a plus sign', 'far.test', '+1999999999', 'malformed'],
    ['a minus sign', 'far.test', '-199999999', 'malformed'],
    ['a fraction', 'far.test', '19999999.9', 'malformed'],
    ['an exponent', 'far.test', '1999999e99', 'malformed'],
    ['hexadecimal digits', 'far.test', '7735940f', 'malformed'],
    ['a prefix of hexadecimal numbers', 'hex.test', '0x7735940f', 'malformed'],
    ['7 hexadecimal digits', 'hex.test', '7735940', 'malformed'],
    ['9 hexadecimal digits', 'hex.test', '07735940f', 'malformed'],
    ['a letter beyond f', 'hex.test', '7735940g', 'malformed'],
    ['the highest of 8 hexadecimal digits', 'hex.test', 'ffffffff', 'not_yet_valid'],
    ['the highest in capitals', 'hex.test', 'FFFFFFFF', 'not_yet_valid'],
    ['zero in 8 hexadecimal digits', 'hex.test', '00000000', 'expired'],
  ] as const
).map(([name, domain, at, becomes]) => ({ name, domain, at, becomes }));

export const clockTables = { inSeconds, inMinutes, spelledDates, spelledSeconds };
