// Every type with every hash, timestamp format and place of the signature, and signed targets for them.
import type { SigningPolicy } from '../../../../src/core/signing/verify';
import { placesOf, type SignaturePlace, signTarget } from '../../../../src/core/signing/sign';
import type { TimestampFormat } from '../../../../src/core/signing/timestamp';
import { digest } from '../../../../src/sign/digest';

export interface Kind {
  name: string;
  rules: SigningPolicy;
  place: SignaturePlace;
}

const names = {
  A: ['auth_key', ''],
  B: ['', ''],
  C: ['KEY1', 'KEY2'],
  D: ['sign', 't'],
  F: ['sign', 'time'],
} as const;
const formatsOf = (type: keyof typeof names): TimestampFormat[] =>
  type === 'B' ? ['dec', 'hex', 'yyyyMMDDhhmm'] : ['dec', 'hex'];

export const kinds: Kind[] = (['A', 'B', 'C', 'D', 'F'] as const).flatMap((type) =>
  formatsOf(type).flatMap((timestampFormat) =>
    (['md5', 'sha256'] as const).flatMap((hash) =>
      placesOf(type).map((place) => ({
        name: `type ${type}, ${timestampFormat}, ${hash}, in the ${place}`,
        place,
        rules: {
          ...{ type, hash, timestampFormat, timeZone: 0, timeout: 630720000, maxFuture: 630720000 },
          ...{
            signArg: names[type][0],
            timeArg: names[type][1],
            scope: undefined,
            whiteList: [],
            methods: ['GET'],
          },
        },
      })),
    ),
  ),
);

/** A time in each spelling, near enough to one another for one clock. */
export const times: Record<TimestampFormat, string> = {
  dec: '1721029907',
  hex: '6694d513',
  yyyyMMDDhhmm: '202407150751',
};
export const now = 1721029907;

export function signed(
  { rules, place }: Kind,
  key: string,
  target: string,
  time = times[rules.timestampFormat],
): string {
  return signTarget(rules, key, target, { time, rand: '0', uid: '0', place }, digest);
}
